/**
 * Intercom's conversations and tickets.
 */
import * as z from "zod";
import { on } from "../../src/contract/define.ts";
import { type Properties, pick, track } from "../../src/contract/drafts.ts";
import { type PersonFacts, reference } from "../../src/contract/facts.ts";
import { id, maybe, text } from "../../src/contract/fields.ts";
import { contact, personOf } from "./contacts.ts";

const list = z.object({ contacts: z.array(contact) }).nullish();

/** In version 1 of the API a conversation had one `user`. */
const conversation = z
  .object({
    id,
    contacts: list,
    user: contact.nullish(),
    source: z.object({ type: maybe.text, subject: maybe.text, author: contact.nullish().catch(null) }).nullish(),
    state: maybe.text,
    conversation_rating: z.object({ rating: maybe.integer, remark: maybe.text }).nullish(),
  })
  .transform(({ contacts, user, ...c }) => ({ ...c, contact: user ?? contacts?.contacts[0] }));

type Conversation = z.output<typeof conversation>;

const ticket = z.object({
  id,
  ticket_id: maybe.id,
  contacts: list,
  category: maybe.text,
  ticket_state: z.union([text, z.object({ category: maybe.text }).transform((state) => state.category)]).nullish(),
  ticket_type: z.object({ name: maybe.text }).nullish(),
});

/** A step of a conversation, told of the contact whom it is with. */
export function onConversation(event: string) {
  return on(conversation, (c) => track(partnerOf(c), event, about(c)));
}

/** What the contact thought of a conversation. */
export const onRating = on(conversation, (c) =>
  track(partnerOf(c), "Conversation Rated", { ...about(c), ...pick(c.conversation_rating, "rating", "remark") }),
);

/** A step of a ticket, told of the contact who opened it. */
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

/** Whom the conversation is with. A list of contacts does not tell users from leads; the author of the first message does, if it is the same. */
function partnerOf({ id, contact: c, source }: Conversation): PersonFacts {
  const author = source?.author?.id === c?.id ? source?.author : null;
  return personOf(c && author ? { ...author, external_id: c.external_id } : c, reference("conversation", id));
}

function about({ id: conversation_id, source, state }: Conversation): Properties {
  return { conversation_id, channel: source?.type, subject: source?.subject || null, state };
}
