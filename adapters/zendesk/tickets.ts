/**
 * Zendesk's tickets, as its own events name them.
 */
import * as z from "zod";
import type { MapResult, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import {
  decisive,
  each,
  id,
  ignore,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { fold, ticketCreated, ticketReopened, ticketReplied, ticketSolved, ticketUpdated } from "../../src/vocabulary/adapter.ts";

const ticket = z.object({
  id,
  requester_id: id,
  ...each(maybe.text, "status", "priority", "type", "subject"),
  ...each(maybe.id, "assignee_id"),
  tags: optional(list(text)),
  via: optional(z.object({ channel: maybe.text })),
});

type Ticket = z.output<typeof ticket>;

const statusChange = ticket.extend({ change: z.object({ current: text, previous: decisive(text) }) });

const comment = ticket.extend({
  change: z.object({
    comment: z.object({
      id: maybe.id,
      is_public: decisive(z.boolean()),
      author: z.object({ id, is_staff: decisive(z.boolean()) }),
    }),
  }),
});

/** A created ticket. */
export const onCreated = on(ticket, (t) => ticketCreated(requesterOf(t), about(t)));

/** A new status. */
export const onStatusChange = on(statusChange, ({ change: { current, previous }, ...t }): MapResult => {
  const facts = { ...about(t), status: statusOf(current), status_raw: wordOf(current), previous_status: statusOf(previous) };
  if (facts.status === "closed") return ignore("a solved ticket that is closed");
  if (facts.status === "solved") return ticketSolved(requesterOf(t), facts);
  if (facts.previous_status === "solved") return ticketReopened(requesterOf(t), facts);
  return ticketUpdated(requesterOf(t), { ...facts, changed: ["status"] });
});

/** A reply of the requester. */
export const onComment = on(comment, ({ change: { comment: c }, ...t }) =>
  c.author.id === t.requester_id && c.is_public && !c.author.is_staff
    ? ticketReplied(requesterOf(t), { ...about(t), author: "customer", message_id: c.id })
    : ignore("not the requester's own reply"),
);

/** A status in the words of the plan. `hold` waits for a third party. */
export function statusOf(status: Maybe<string>) {
  return fold(status, {
    new: "new",
    open: "open",
    hold: "open",
    "on-hold": "open",
    pending: "pending",
    solved: "solved",
    closed: "closed",
  });
}

/** Events shout what placeholders write in title case. */
export function wordOf(word: Maybe<string>): Maybe<string> {
  return word?.toLowerCase();
}

function requesterOf(t: Ticket): PersonFacts {
  return person({ ids: [personId("user", t.requester_id), reference("ticket", t.id)] });
}

function about(t: Ticket) {
  return {
    ticket_id: t.id,
    subject: t.subject,
    status: statusOf(t.status),
    status_raw: wordOf(t.status),
    priority: wordOf(t.priority),
    ticket_kind: wordOf(t.type),
    channel: t.via?.channel,
    agent_id: t.assignee_id,
    tags: t.tags,
  };
}
