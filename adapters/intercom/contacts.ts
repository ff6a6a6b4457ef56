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
  track,
  unixSeconds,
} from "../../src/contract/adapter.ts";

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
    email: claimed(c?.email),
    phone: c?.phone,
    ids: [personId("contact", c?.id), ...references],
  });
}

/** Traits of a contact. */
export function profile(c: Contact): Draft {
  return identify(personOf(c), {
    name: c.name,
    created_at: c.signed_up_at ?? c.created_at,
    role: c.role ?? c.type,
    last_seen_at: c.last_seen_at,
  });
}

/** A contact that is new, or new in this role. */
export function onContact(event: string) {
  return on(contact, (c) => [profile(c), track(personOf(c), event)]);
}

/** A choice about a channel, at the time of the event. */
export function onChoice(channel: Channel, state: "subscribed" | "unsubscribed") {
  return on(subscriber, (c, { event }: MapContext<unknown>) => consent(personOf(c), { channel, state, at: event.occurredAt }));
}

/** An added or removed tag. */
export function onTag(event: string) {
  return on(tagging, ({ tag, contact: c }) => track(personOf(c), event, { tag_id: tag.id, tag: tag.name }));
}
