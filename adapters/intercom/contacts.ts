/**
 * Intercom's contacts, tags and subscriptions.
 */
import * as z from "zod";
import type { Channel, Draft, MapContext, Maybe, PersonFacts, reference } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  consent,
  decisive,
  each,
  id,
  identify,
  isoTime,
  maybe,
  on,
  optional,
  person,
  personId,
  unixSeconds,
  verified,
} from "../../src/contract/adapter.ts";
import {
  attributionIn,
  contactCreated,
  customFields,
  ownEvents,
  userSignedUp,
  withCustom,
} from "../../src/vocabulary/adapter.ts";
import type { INTERCOM } from "./plan.schema.ts";

const own = ownEvents<typeof INTERCOM>();

const { text } = maybe;

/** Seconds since 1970, or ISO 8601. */
const time = optional(z.union([unixSeconds, isoTime]));

/** A contact. In version 1 of the API the external id was called `user_id`, and the role was the type. */
export const contact = z
  .object({
    id,
    role: decisive(anyText),
    ...each(text, "type", "external_id", "user_id", "email", "phone", "name"),
    ...each(time, "created_at", "signed_up_at", "last_seen_at"),
    ...each(maybe.boolean, "has_hard_bounced", "marked_email_as_spam"),
    ...each(text, "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
    custom_attributes: optional(z.looseObject({})),
  })
  .transform(({ user_id, ...c }) => ({
    ...c,
    external_id: c.external_id || user_id,
    isUser: c.role ? c.role === "user" : c.type === "user",
  }));

type Contact = z.output<typeof contact>;

const tagging = z.object({ tag: z.object({ id, name: text }), contact });

/** The contact, or a subscription that contains it. */
const subscriber = z.union([z.object({ contact }).transform((s) => s.contact), contact]);

/** The person of a contact, with further `references`. */
export function personOf(c: Maybe<Contact>, ...references: readonly ReturnType<typeof reference>[]): PersonFacts {
  return person({
    record: c?.isUser ? { external_id: c.external_id } : null,
    // A lead typed it; of a user the company's own code told it.
    email: c?.isUser ? verified(c.email) : claimed(c?.email),
    phone: c?.phone,
    ids: [personId("contact", c?.id), ...references],
  });
}

/** Traits of a contact. */
function profile(c: Contact): Draft {
  return identify(personOf(c), {
    name: c.name,
    created_at: c.signed_up_at ?? c.created_at,
    role: c.role ?? c.type,
    last_seen_at: c.last_seen_at,
  });
}

function profileWithRefusals(c: Contact, { event }: MapContext<unknown>): readonly Draft[] {
  const because = c.marked_email_as_spam ? "complaint" : c.has_hard_bounced ? "hard_bounce" : null;
  const optOut = { channel: "email", state: "unsubscribed", at: event.occurredAt } as const;
  return [profile(c), ...(because ? [consent(personOf(c), { ...optOut, because })] : [])];
}

/** The contact's profile, whether mail to it was refused for good, and an event, if any. */
function onContact(eventOf: (c: Contact) => readonly Draft[]) {
  return on(contact, (c, context: MapContext<unknown>) =>
    withCustom([...profileWithRefusals(c, context), ...eventOf(c)], customFields("custom_attributes", c.custom_attributes)),
  );
}

/** A new contact: a user or a lead. */
export const onCreated = onContact((c) => [contactCreated(personOf(c), { contact_kind: c.role ?? c.type, ...attributionIn(c) })]);

/** A lead that became a user. */
export const onSignedUp = onContact((c) => [userSignedUp(personOf(c), attributionIn(c))]);

/** A changed contact. */
export const onChanged = onContact(() => []);

/** A choice about a channel, at the time of the event. A user makes it behind a link of their own. */
export function onChoice(channel: Channel, state: "subscribed" | "unsubscribed") {
  return on(subscriber, (c, { event }: MapContext<unknown>) =>
    consent(personOf(c), { channel, state, at: event.occurredAt, ...(c.isUser ? { trust: "verified" } : {}) }),
  );
}

/** An added or removed tag. */
export function onTag(event: keyof (typeof INTERCOM)["events"]) {
  return on(tagging, ({ tag, contact: c }) => own(event)(personOf(c), { tag_id: tag.id, tag: tag.name }));
}
