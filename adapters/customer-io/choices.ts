/**
 * Customer.io's people and their subscription choices.
 */
import * as z from "zod";
import type { Channel, PersonFacts } from "../../src/contract/adapter.ts";
import { backed, claimed, consent, decisive, each, maybe, on, optional, person, personId } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import type { CUSTOMER_IO } from "./plan.schema.ts";

const own = ownEvents<typeof CUSTOMER_IO>();

const CHANNELS: ReadonlyMap<string, Channel> = new Map(
  (["email", "sms", "push", "in_app", "whatsapp"] as const).map((channel) => [channel, channel]),
);

/** Metrics that are not about a message. */
const CHOICES: ReadonlySet<string> = new Set(["subscribed", "cio_subscription_preferences_changed"]);

/** The person of a report. */
export const customer = z.object({
  customer_id: maybe.id,
  identifiers: optional(z.looseObject({ ...each(maybe.id, "id", "cio_id"), email: maybe.text })),
  email_address: maybe.text,
});

const choices = decisive(z.record(z.string().regex(/^\w{1,50}$/), optional(z.boolean())));

/** The changes, as JSON in a text; only if the webhook has Body Content on. */
const preferences = customer.extend({
  content: decisive(
    z
      .string()
      .transform((json, context) => {
        try {
          return JSON.parse(json);
        } catch {
          context.addIssue("not JSON");
          return z.NEVER;
        }
      })
      .pipe(z.object({ topics: choices, channels: choices })),
  ),
});

/**
 * Is it a person's choice? Then its `object_type` is the channel of the message that led there, `customer` only where none did. What is
 * reported of an e-mail with an unsubscribe has the same name, but no `email_address`.
 * @see https://docs.customer.io/integrations/api/webhooks/
 */
export function isChoice(metric: string, data: object): boolean {
  return CHOICES.has(metric) || (metric === "unsubscribed" && "email_address" in data);
}

/** The person in the sending workspace; the address may come from a form. */
export function personOf(c: z.output<typeof customer>): PersonFacts {
  return person({
    record: c,
    email: c.identifiers?.email ? backed(c.identifiers.email) : claimed(c.email_address),
    ids: [personId("customer", c.identifiers?.cio_id ?? c.customer_id)],
  });
}

/** The global choice that Customer.io had before topics, taken as a choice about e-mail. */
export function onChoice(event: "Customer Subscribed" | "Customer Unsubscribed", state: "subscribed" | "unsubscribed") {
  return on(customer, (c, { event: { occurredAt: at } }) => [
    consent(personOf(c), { channel: "email", state, at, trust: "verified" }),
    own(event)(personOf(c), {}),
  ]);
}

/** Choices about channels and topics, made behind a link of the person's own. A choice about a topic is taken as one about its e-mails. */
export const onPreferences = on(preferences, (c, { event: { occurredAt: at } }) => {
  const facts = personOf(c);
  const stateOf = (isOn: boolean) => (isOn ? "subscribed" : "unsubscribed");
  const ofChannels = Object.entries(c.content?.channels ?? {}).flatMap(([name, isOn]) => {
    const channel = CHANNELS.get(name);
    return channel && typeof isOn === "boolean" ? [consent(facts, { channel, state: stateOf(isOn), at, trust: "verified" })] : [];
  });
  const ofTopics = Object.entries(c.content?.topics ?? {}).flatMap(([topic, isOn]) =>
    typeof isOn === "boolean" ? [consent(facts, { channel: "email", state: stateOf(isOn), at, topic, trust: "verified" })] : [],
  );
  return [...ofChannels, ...ofTopics, own("Customer Preferences Changed")(facts, {})];
});
