/**
 * Intercom's tickets.
 */
import * as z from "zod";
import type { Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { decisive, each, id, maybe, on, optional, reference, text } from "../../src/contract/adapter.ts";
import {
  customFields,
  fold,
  type Maker,
  ticketRated,
  ticketReopened,
  ticketReplied,
  ticketSolved,
  ticketUpdated,
} from "../../src/vocabulary/adapter.ts";
import { personOf } from "./contacts.ts";
import { partners, rating } from "./conversations.ts";

/** A word, or since API version 2.12 an object that has it. */
const state = z.union([text, z.object({ category: maybe.text }).transform(({ category }) => category)]);

const part = z.object({
  ...each(maybe.id, "id"),
  ...each(optional(state), "ticket_state", "previous_ticket_state"),
});

const ticket = z
  .object({
    id,
    ticket_id: maybe.id,
    contacts: partners,
    ticket_state: decisive(state),
    ticket_type: optional(z.object({ name: maybe.text })),
    ticket_attributes: optional(z.looseObject({ _default_title_: maybe.text })),
    ticket_parts: optional(z.object({ ticket_parts: z.array(part) })),
    conversation_rating: rating,
  })
  .transform(({ ticket_parts, ...t }) => ({ ...t, last: ticket_parts?.ticket_parts.at(-1) }));

type Ticket = z.output<typeof ticket>;

/** A ticket event, about the contact who opened it. */
export function onTicket(make: Maker<ReturnType<typeof about>>) {
  return on(ticket, (t) => make(partnerOf(t), about(t), customOf(t)));
}

/** A new state. The last part of the ticket, where it is told, has the one before. */
export const onState = on(ticket, (t) => {
  const { status, ...rest } = about(t);
  const previous_status = t.last?.ticket_state === t.ticket_state ? statusOf(t.last?.previous_ticket_state) : undefined;
  const facts = { ...rest, status, previous_status };
  if (status === "solved") return ticketSolved(partnerOf(t), facts, customOf(t));
  if (previous_status === "solved") return ticketReopened(partnerOf(t), facts, customOf(t));
  return ticketUpdated(partnerOf(t), { ...facts, changed: ["status"] }, customOf(t));
});

/** An answer on a ticket. */
export function onTicketReply(author: "customer" | "agent") {
  return on(ticket, (t) => ticketReplied(partnerOf(t), { ...about(t), author, message_id: t.last?.id }, customOf(t)));
}

/** The contact's rating of a ticket. */
export const onTicketRating = on(ticket, (t) => {
  const { rating, remark: comment, teammate } = t.conversation_rating ?? {};
  return ticketRated(partnerOf(t), { ...about(t), rating, comment, agent_id: teammate?.id }, customOf(t));
});

function partnerOf(t: Ticket): PersonFacts {
  return personOf(t.contacts?.contacts[0], reference("ticket", t.id));
}

function about(t: Ticket) {
  return {
    ticket_id: t.ticket_id ?? t.id,
    subject: t.ticket_attributes?._default_title_,
    status: statusOf(t.ticket_state),
    status_raw: t.ticket_state,
    ticket_kind: t.ticket_type?.name,
  };
}

function statusOf(state: Maybe<string>) {
  return fold(state, { submitted: "new", in_progress: "open", waiting_on_customer: "pending", resolved: "solved" });
}

function customOf(t: Ticket) {
  const { _default_title_, _default_description_, ...fields } = t.ticket_attributes ?? {};
  return { custom: customFields("ticket_attributes", fields) };
}
