/**
 * Zendesk's tickets, as its own events name them and as a trigger does.
 */
import * as z from "zod";
import type { MapResult, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  id,
  ignore,
  maybe,
  on,
  optional,
  person,
  personId,
  reference,
  text,
  track,
} from "../../src/contract/adapter.ts";

const ticket = z.object({
  id,
  requester_id: id,
  ...each(maybe.text, "status", "priority", "type"),
  via: optional(z.object({ channel: maybe.text })),
});

type Ticket = z.output<typeof ticket>;

const statusChange = ticket.extend({ change: z.object({ current: text, previous: decisive(text) }) });

const comment = ticket.extend({
  change: z.object({
    comment: z.object({
      is_public: decisive(z.boolean()),
      author: z.object({ id, is_staff: decisive(z.boolean()) }),
    }),
  }),
});

/** Zendesk's placeholders are text, and empty for missing values. */
const triggered = z.object({
  trigger: text.pipe(z.string().regex(/^[A-Z][A-Za-z0-9]*( [A-Z0-9][A-Za-z0-9]*)+$/)),
  ticket: z.object({ id, ...each(maybe.text, "status", "priority", "channel") }),
  requester: z.object({ id, email: maybe.text, external_id: maybe.text }),
});

/** A created ticket. */
export const onCreated = on(ticket, (t) => track(requesterOf(t), "Ticket Created", about(t)));

/** A solved or reopened ticket. */
export const onStatusChange = on(statusChange, ({ change: { current, previous }, ...t }): MapResult => {
  const [before, after] = [previous?.toUpperCase(), current.toUpperCase()];
  if (after === "SOLVED") return track(requesterOf(t), "Ticket Solved", about(t));
  if (after === "CLOSED") return ignore("a solved ticket that is closed");
  return before === "SOLVED" ? track(requesterOf(t), "Ticket Reopened", about(t)) : ignore("an intermediate step of a ticket");
});

/** A reply of the requester. */
export const onComment = on(comment, ({ change: { comment: c }, ...t }) =>
  c.author.id === t.requester_id && c.is_public && !c.author.is_staff
    ? track(requesterOf(t), "Ticket Replied", about(t))
    : ignore("not the requester's own reply"),
);

/** A trigger's webhook; the trigger's text names the event. */
export const onTrigger = on(triggered, ({ trigger, ticket: t, requester: { id, email, external_id } }) => {
  const ids = [personId("user", id), reference("ticket", t.id)];
  return track(person({ record: { external_id }, email: claimed(email), ids }), trigger, {
    ticket_id: t.id,
    status: t.status?.toLowerCase(),
    priority: t.priority?.toLowerCase(),
    channel: t.channel,
  });
});

function requesterOf(t: Ticket): PersonFacts {
  return person({ ids: [personId("user", t.requester_id), reference("ticket", t.id)] });
}

function about(t: Ticket): Properties {
  return {
    ticket_id: t.id,
    status: t.status?.toLowerCase(),
    priority: t.priority?.toLowerCase(),
    type: t.type?.toLowerCase(),
    channel: t.via?.channel,
  };
}
