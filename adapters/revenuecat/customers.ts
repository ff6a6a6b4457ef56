/**
 * RevenueCat's customers, transfers of purchases, and experiments.
 */
import * as z from "zod";
import type { CustomField, Draft, Maybe, PersonFacts, PersonInput } from "../../src/contract/adapter.ts";
import {
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
  verified,
} from "../../src/contract/adapter.ts";
import { type Attribution, attribution, attributionIn, customFields, ownEvents } from "../../src/vocabulary/adapter.ts";
import type { REVENUECAT } from "./plan.schema.ts";

const own = ownEvents<typeof REVENUECAT>();

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
  subscriber_attributes: optional(z.object(each(attribute, "$email", "$displayName", "$phoneNumber")).catchall(attribute)),
});

type Customer = z.output<typeof customer>;

const transfer = z.object({ transferred_from: z.array(id), transferred_to: z.array(id), store: text });

const enrollment = customer.extend({
  ...each(text, "experiment_id", "experiment_variant", "offering_id"),
  experiment_enrolled_at_ms: maybe.unixMilliseconds,
});

/** The person's traits. */
export function identified(c: Customer): readonly Draft[] {
  const { $displayName } = c.subscriber_attributes ?? {};
  return [{ ...identify(personOf(c), { name: $displayName?.value, country_code: c.country_code }), ...customOf(c) }];
}

/** Attributes that the app sets, as candidates for `custom_fields`; reserved ones begin with `$`. */
export function customOf(c: Customer): { readonly custom: readonly CustomField[] } {
  const ownAttributes = attributesOf(c).filter(([name]) => !name.startsWith("$"));
  return { custom: customFields("subscriber_attributes", Object.fromEntries(ownAttributes)) };
}

/**
 * Where the person came from, by reserved attributes or the app's own ones.
 * @see https://www.revenuecat.com/docs/customers/customer-attributes
 */
export function attributionOf(c: Customer): Attribution {
  const all = new Map(attributesOf(c));
  const reserved = {
    utm_source: all.get("$mediaSource"),
    utm_campaign: all.get("$campaign"),
    utm_term: all.get("$keyword"),
    utm_content: all.get("$creative") ?? all.get("$ad"),
  };
  return attribution(attributionIn(reserved), attributionIn(Object.fromEntries(all)));
}

/**
 * A transfer of purchases: one event for each of the two. Whoever had no user id yet is the person that the purchases go to; a user whose
 * purchases go to another may be someone else on the same device.
 */
export const onTransfer = on(transfer, (t) => [
  own("Purchases Transferred")(holderOf(t.transferred_from), { direction: "away", affiliation: t.store }),
  own("Purchases Transferred")(holderOf(t.transferred_to, { merged: visitorsIn(t.transferred_from) }), {
    direction: "here",
    affiliation: t.store,
  }),
]);

function visitorsIn(ids: readonly string[]) {
  const anonymous = ids.filter((one) => one.startsWith(ANONYMOUS));
  return anonymous.slice(0, MOST_IDS).map((one) => personId("app_user", one));
}

/** A person enrolled in an experiment. */
export const onEnrollment = on(enrollment, (e) => [
  ...identified(e),
  own("Experiment Enrolled")(
    personOf(e),
    {
      experiment_id: e.experiment_id,
      variant: e.experiment_variant,
      offering_id: e.offering_id,
      enrolled_at: e.experiment_enrolled_at_ms,
    },
    customOf(e),
  ),
]);

function attributesOf(c: Customer): readonly (readonly [string, string])[] {
  return Object.entries(c.subscriber_attributes ?? {}).flatMap(([name, found]) => (found?.value ? [[name, found.value]] : []));
}

/** The person of an event. Ids that the app has given before, the last one aside, count only where the last one says nothing. */
export function personOf(c: Customer): PersonFacts {
  const { $email, $phoneNumber } = c.subscriber_attributes ?? {};
  const isNamed = c.app_user_id && !c.app_user_id.startsWith(ANONYMOUS);
  const others = [c.original_app_user_id, ...(c.aliases ?? [])].filter((one) => !isNamed || one?.startsWith(ANONYMOUS));
  return holderOf([c.app_user_id, ...others], { email: verified($email?.value), phone: $phoneNumber?.value });
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
