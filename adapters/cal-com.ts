/**
 * Cal.com: bookings and answers of routing forms.
 *
 * A seat in a shared meeting has the uid of the meeting, so only the hash of the body tells two bookings apart.
 *
 * @see https://cal.com/docs/developing/guides/automation/webhooks
 */
import * as z from "zod";
import { defineAdapter, ignoring, maybe, optional, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { onMarked, onMissed } from "./cal-com/attendance.ts";
import {
  onBooked,
  onCancelled,
  onMeeting,
  onMoved,
  onReassigned,
  onRejected,
  onRequested,
  onRescheduled,
} from "./cal-com/bookings.ts";
import { onForm, onUnbooked } from "./cal-com/forms.ts";

export default defineAdapter({
  id: "cal-com",
  name: "Cal.com",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret of the webhook: at least 16 random characters, chosen by you",
    demo: "tributary_demo_cal_com_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "x-cal-signature-256",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  // At the start and end of a meeting the booking is beside `triggerEvent`, without a `payload`: `createdAt` is then the booking's.
  // @see https://cal.com/docs/developing/guides/automation/webhooks#meeting-started-and-meeting-ended-webhooks
  webhook: z.object({
    body: z.looseObject({ triggerEvent: text, createdAt: maybe.isoTime, payload: optional(z.looseObject({})) }),
  }),
  events: ({ body: { triggerEvent: type, createdAt, payload, ...rest } }, { bodyHash, receivedAt }) => [
    {
      id: `${type}:${bodyHash}`,
      type,
      occurredAt: payload ? (createdAt ?? receivedAt) : receivedAt,
      test: false,
      data: payload ?? rest,
    },
  ],
  handlers: {
    BOOKING_CREATED: onBooked,
    BOOKING_REQUESTED: onRequested,
    BOOKING_REJECTED: onRejected,
    BOOKING_RESCHEDULED: onRescheduled,
    BOOKING_CANCELLED: onCancelled,
    BOOKING_PAID: onMeeting("Meeting Paid"),
    BOOKING_LOCATION_UPDATED: onMoved,
    BOOKING_REASSIGNED: onReassigned,
    BOOKING_NO_SHOW_UPDATED: onMarked,
    AFTER_GUESTS_CAL_VIDEO_NO_SHOW: onMissed,
    MEETING_STARTED: onMeeting("Meeting Started"),
    MEETING_ENDED: onMeeting("Meeting Ended"),
    FORM_SUBMITTED: onForm,
    FORM_SUBMITTED_NO_EVENT: onUnbooked,
    ...ignoring("covered by FORM_SUBMITTED", "ROUTING_FORM_FALLBACK_HIT"),
    ...ignoring("covered by BOOKING_PAID", "BOOKING_PAYMENT_INITIATED"),
    ...ignoring(
      "for the host",
      `AFTER_HOSTS_CAL_VIDEO_NO_SHOW CALENDAR_ENTRY_REJECTED INSTANT_MEETING INSTANT_MEETING_ACCEPTED OOO_CREATED RECORDING_READY
      RECORDING_TRANSCRIPTION_GENERATED WRONG_ASSIGNMENT_REPORT`,
    ),
    ...ignoring(
      "for the administrator",
      `DELEGATION_CREDENTIAL_ERROR DELEGATION_CREDENTIAL_ROTATION_REQUIRED DELEGATION_CREDENTIAL_SECRET_ROTATED
      DELEGATION_CREDENTIAL_SECRET_ROTATION_FAILED`,
    ),
    ...ignoring("a connection test", "PING"),
  },
});
