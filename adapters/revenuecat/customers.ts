/**
 * RevenueCat's customers, transfers of purchases, and experiments.
 */
import * as z from "zod";
import type { Draft, Maybe, PersonFacts, PersonInput, Properties } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  id,
  identify,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  track,
} from "../../src/contract/adapter.ts";

const { text } = maybe;

/** Made by the SDK if the app sets no user id. */
const ANONYMOUS = "$RCAnonymousID:";

/** Maximum number of ids read for a person. */
const MOST_IDS = 20;

/** A subscriber attribute. */
const attribute = optional(z.object({ value: text }));

/** The person of an event. */
export const customer = z.object({
  app_user_id: decisive(id),
  original_app_user_id: maybe.id,
  aliases: optional(list(id)),
  country_code: text,
  subscriber_attributes: optional(z.object(each(attribute, "$email", "$displayName", "$phoneNumber"))),
});

type Customer = z.output<typeof customer>;

const transfer = z.object({ transferred_from: z.array(id), transferred_to: z.array(id), store: text });

const enrollment = customer.extend({
  ...each(text, "experiment_id", "experiment_variant", "offering_id"),
  experiment_enrolled_at_ms: maybe.unixMilliseconds,
});

/** An event with the person's traits. */
export function said(c: Customer, event: string, properties: Properties): readonly Draft[] {
  const owner = personOf(c);
  const { $displayName } = c.subscriber_attributes ?? {};
  return [identify(owner, { name: $displayName?.value, country_code: c.country_code }), track(owner, event, properties)];
}

/** A transfer of purchases: one event for each of the two people. */
export function onTransfer(event: string) {
  return on(transfer, (t) => [
    track(holderOf(t.transferred_from), event, { direction: "away", store: t.store }),
    track(holderOf(t.transferred_to), event, { direction: "here", store: t.store }),
  ]);
}

/** A person enrolled in an experiment. */
export function onEnrollment(event: string) {
  return on(enrollment, (e) =>
    said(e, event, {
      experiment_id: e.experiment_id,
      variant: e.experiment_variant,
      offering_id: e.offering_id,
      enrolled_at: e.experiment_enrolled_at_ms,
    }),
  );
}

/** Ids that the app has given before, the last one aside, count only where the last one says nothing. */
function personOf(c: Customer): PersonFacts {
  const { $email, $phoneNumber } = c.subscriber_attributes ?? {};
  const isNamed = c.app_user_id && !c.app_user_id.startsWith(ANONYMOUS);
  const others = [c.original_app_user_id, ...(c.aliases ?? [])].filter((one) => !isNamed || one?.startsWith(ANONYMOUS));
  return holderOf([c.app_user_id, ...others], { email: claimed($email?.value), phone: $phoneNumber?.value });
}

/** The holder of these ids. Of those that the app gave one is the user id; of several none, for they may be two people's. */
function holderOf(known: readonly Maybe<string>[], details: PersonInput = {}): PersonFacts {
  const own = [...new Set(known.filter((one) => typeof one === "string"))].slice(0, MOST_IDS);
  const [named, ...others] = own.filter((one) => !one.startsWith(ANONYMOUS));
  return person({
    ...details,
    record: { app_user_id: others.length === 0 ? named : undefined },
    ids: own.map((one) => personId("app_user", one)),
  });
}
