/**
 * Eventbrite: who gets tickets, and who comes.
 *
 * A webhook is not signed, and holds no more than the address of an order or an attendee at Eventbrite's API: both are looked up.
 *
 * @see https://www.eventbrite.com/platform/docs/webhooks
 */
import * as z from "zod";
import { defineAdapter, ignore, ignoring, text } from "../src/contract/adapter.ts";
import { pathToken } from "../src/contract/verify.ts";
import { meetingAttended, meetingBooked, meetingCancelled } from "../src/vocabulary/adapter.ts";
import { lookup, onRegistration, recordAt } from "./eventbrite/registrations.ts";

export default defineAdapter({
  id: "eventbrite",
  name: "Eventbrite",
  secret: {
    format: /^[\w-]{16,}$/,
    hint: "Last part of this source's URL: at least 16 random letters and digits, chosen by you",
    demo: "tributary_demo_eventbrite_0123456789",
  },
  verify: pathToken(),
  webhook: z.object({ body: z.object({ api_url: text, config: z.object({ action: text }) }) }),
  // The same action on the same record is told in the same words: it counts once.
  events: ({ body: { api_url, config } }, { bodyHash, receivedAt: occurredAt }) => {
    const at = recordAt(api_url);
    const event = { type: config.action, occurredAt, test: false, data: at };
    return at
      ? [{ ...event, id: `${config.action}:${at.id.replace(".", ":")}` }]
      : [{ ...event, id: `${config.action}:${bodyHash}`, ignore: "not about an order or an attendee" }];
  },
  handlers: {
    "order.placed": onRegistration(meetingBooked),
    "order.refunded": onRegistration((who, about, more) =>
      meetingCancelled(who, { ...about, cancellation_reason: "refunded" }, more),
    ),
    "attendee.checked_in": onRegistration(meetingAttended),
    ...ignoring("does not say what changed", "order.updated attendee.updated"),
    ...ignoring("scanned at the exit", "attendee.checked_out"),
    ...ignoring("a connection test", "test"),
  },
  otherwise: ignore("about the event, not a person"),
  lookup,
});
