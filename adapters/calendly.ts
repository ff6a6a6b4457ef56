/**
 * Calendly: who books, moves, cancels or misses a meeting, and answers of routing forms.
 *
 * A rescheduled meeting causes two webhooks: the new booking is taken, the cancelled one ignored.
 *
 * @see https://developer.calendly.com/docs/api-guides/see-how-webhook-payloads-change-when-invitees-reschedule-events
 */
import * as z from "zod";
import { decisive, defineAdapter, id, ignore, ignoring, isoTime, maybe, on, text } from "../src/contract/adapter.ts";
import { hmac, keyed } from "../src/contract/verify.ts";
import { cancelled, invitee, onBooked, onMissed, onNotMissed } from "./calendly/bookings.ts";
import { onSubmission } from "./calendly/routing-forms.ts";

export default defineAdapter({
  id: "calendly",
  name: "Calendly",
  givesUp: { hours: 24 },
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing key of the webhook subscription",
    demo: "tributary_demo_calendly_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "calendly-webhook-signature",
    encoding: "hex",
    covers: "body",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 180,
  }),
  webhook: z.object({
    body: z.object({
      event: text,
      created_at: isoTime,
      payload: z.looseObject({
        uri: maybe.id,
        no_show: decisive(z.object({ uri: id })),
      }),
    }),
  }),
  // Each booking has an invitee of its own, and each time it is marked as missed a no-show.
  events: ({ body: { event: type, created_at: occurredAt, payload: data } }, { bodyHash }) => [
    { id: `${type}:${data.no_show?.uri ?? data.uri ?? bodyHash}`, type, occurredAt, test: false, data },
  ],
  handlers: {
    "invitee.created": onBooked,
    "invitee.canceled": on(invitee, (i) => (i.rescheduled ? ignore("rescheduled: covered by invitee.created") : cancelled(i))),
    "invitee_no_show.created": onMissed,
    "invitee_no_show.deleted": onNotMissed,
    "routing_form_submission.created": onSubmission,
    ...ignoring("about the calendar, not a person", "event_type.created event_type.deleted event_type.updated"),
    // @see https://developer.calendly.com/api-docs/calendly-api/webhooks/get-sample-webhook-data
    ...ignoring("Calendly's own address book; a booking names the invitee", "contact.created contact.updated contact.deleted"),
    ...ignoring("notes for the host", "meeting_recap.created meeting_recap.updated meeting_recap.deleted"),
  },
});
