/**
 * Webhooks that a trigger or an automation of Zendesk's calls, with the body that the set-up steps give.
 */
import * as z from "zod";
import type { Maybe } from "../../src/contract/adapter.ts";
import { backed, each, id, maybe, on, person, personId, reference, text } from "../../src/contract/adapter.ts";
import {
  ownEvents,
  ticketCreated,
  ticketRated,
  ticketReopened,
  ticketReplied,
  ticketSolved,
  ticketUpdated,
} from "../../src/vocabulary/adapter.ts";
import type { ZENDESK } from "./plan.schema.ts";
import { statusOf, wordOf } from "./tickets.ts";

const own = ownEvents<typeof ZENDESK>();

/** Zendesk's placeholders are text, and empty for missing values. Tags are separated by spaces. */
const triggered = z.object({
  trigger: text.pipe(z.string().trim().min(1).max(100)),
  ticket: z.object({ id, ...each(maybe.text, "status", "priority", "channel", "subject", "tags", "rating", "comment") }),
  requester: z.object({ id, email: maybe.text, external_id: maybe.text }),
});

type Ticket = z.output<typeof triggered>["ticket"];

/** Events of the plan by what a trigger may call them. */
const TOLD = new Map([
  ["ticket created", ticketCreated],
  ["ticket updated", ticketUpdated],
  ["ticket replied", ticketReplied],
  ["ticket solved", ticketSolved],
  ["ticket reopened", ticketReopened],
] as const);

/** A trigger's webhook: its text is the name of an event of the plan, or says what an event of Zendesk's own is about. */
export const onTrigger = on(triggered, ({ trigger, ticket: t, requester: { id, email, external_id } }) => {
  const ids = [personId("user", id), reference("ticket", t.id)];
  const who = person({ record: { external_id }, email: backed(email), ids });
  const name = trigger.toLowerCase();
  if (name === "ticket rated") {
    return ticketRated(who, { ...about(t), rating: ratingOf(t.rating), rating_raw: t.rating, comment: t.comment });
  }
  for (const [told, make] of TOLD) if (told === name) return make(who, about(t));
  return own("Ticket Trigger Fired")(who, { ...about(t), trigger });
});

function about(t: Ticket) {
  return {
    ticket_id: t.id,
    subject: t.subject,
    status: statusOf(t.status),
    status_raw: wordOf(t.status),
    priority: wordOf(t.priority),
    channel: t.channel,
    tags: t.tags?.split(/\s+/).filter((tag) => tag !== ""),
  };
}

/** Good and bad as the ends of the scale from 1 to 5, which newer surveys have. */
function ratingOf(given: Maybe<string>): number | undefined {
  const word = given?.trim().toLowerCase() ?? "";
  if (/^[1-5]$/.test(word)) return Number(word);
  return word.startsWith("good") ? 5 : word.startsWith("bad") ? 1 : undefined;
}
