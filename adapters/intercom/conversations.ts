/**
 * Intercom's conversations and tickets.
 */
import * as z from "zod";
import type { PersonFacts, Properties } from "../../src/contract/adapter.ts";
import { id, maybe, on, optional, pick, reference, text, track } from "../../src/contract/adapter.ts";
import { contact, personOf } from "./contacts.ts";

const partners = optional(z.object({ contacts: z.array(contact) }));

/** In version 1 of the API a conversation had one `user`. */
const conversation = z
  .object({
    id,
    contacts: partners,
    user: optional(contact),
    source: optional(z.object({ type: maybe.text, subject: maybe.text, author: optional(contact) })),
    state: maybe.text,
    conversation_rating: optional(z.object({ rating: maybe.integer, remark: maybe.text })),
  })
  .transform(({ contacts, user, ...c }) => ({ ...c, contact: user ?? contacts?.contacts[0] }));

type Conversation = z.output<typeof conversation>;

const ticket = z.object({
  id,
  ticket_id: maybe.id,
  contacts: partners,
  category: maybe.text,
  ticket_state: optional(z.union([text, z.object({ category: maybe.text }).transform((state) => state.category)])),
  ticket_type: optional(z.object({ name: maybe.text })),
});

/** A conversation event, about its contact. */
export function onConversation(event: string) {
  return on(conversation, (c) => track(partnerOf(c), event, about(c)));
}

/** The contact's rating of a conversation. */
export const onRating = on(conversation, (c) =>
  track(partnerOf(c), "Conversation Rated", { ...about(c), ...pick(c.conversation_rating, "rating", "remark") }),
);

/** A ticket event, about the contact who opened it. */
export function onTicket(event: string) {
  return on(ticket, (t) =>
    track(personOf(t.contacts?.contacts[0], reference("ticket", t.id)), event, {
      ticket_id: t.ticket_id ?? t.id,
      category: t.category,
      state: t.ticket_state,
      ticket_type: t.ticket_type?.name,
    }),
  );
}

/** The contact of a conversation. The list of contacts has no roles; the author of the first message has, if it is the same contact. */
function partnerOf({ id, contact: c, source }: Conversation): PersonFacts {
  const author = source?.author?.id === c?.id ? source?.author : null;
  return personOf(c && author ? { ...author, external_id: c.external_id } : c, reference("conversation", id));
}

function about({ id: conversation_id, source, state }: Conversation): Properties {
  return { conversation_id, channel: source?.type, subject: source?.subject || null, state };
}
