/**
 * Zoom: registrations for webinars, meetings and recordings, and attendance.
 *
 * @see https://developers.zoom.us/docs/api/meetings/events/
 */
import * as z from "zod";
import { answerJson, defineAdapter, handshake, ignoring, maybe, off, optional, text } from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { meetingAttended, webinarAttended } from "../src/vocabulary/adapter.ts";
import { onJoined, onLeft } from "./zoom/attendance.ts";
import { IGNORED } from "./zoom/ignored.ts";
import { onDecision, onMeeting, onMeetingEnded, onRecording, onWebinar } from "./zoom/registrations.ts";
import { onScheduled, onTicket, onUnscheduled } from "./zoom/scheduler.ts";
import { optionalId } from "./zoom/sessions.ts";

const options = z.strictObject({
  account: z
    .string()
    .regex(/^[\w-]{4,64}$/)
    .optional()
    .describe("account whose events are accepted; a Marketplace app has one secret token for all accounts that install it"),
});

export default defineAdapter({
  id: "zoom",
  name: "Zoom",
  secret: {
    format: /^[\w-]{16,64}$/,
    hint: "Secret Token of the app (Features > Access, above Event Subscriptions); not the Verification Token",
    demo: "tributary_demo_zoom_0001",
  },
  // @see https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events
  verify: hmac({
    hash: "SHA-256",
    header: "x-zm-signature",
    encoding: "hex",
    covers: "body",
    layout: prefixed("v0="),
    timestamp: { header: "x-zm-request-timestamp" },
    message: ({ timestamp, body }) => ["v0:", timestamp, ":", body],
    // The last retry is 85 minutes after the first attempt; whether it is signed again is not documented.
    tolerance: 2 * 60 * 60,
  }),
  handshakes: [
    // The answer is an HMAC of the caller's text with the signing key: the pattern rules out `v0:…:{…}`, the signed text of a webhook.
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({
        body: z.object({
          event: z.literal("endpoint.url_validation"),
          payload: z.object({ plainToken: z.string().regex(/^[\w+/=-]{1,128}$/) }),
        }),
      }),
      answer: async ({ body: { payload } }, { hmac: sign }) =>
        answerJson({ plainToken: payload.plainToken, encryptedToken: await sign("SHA-256", payload.plainToken, "hex") }),
    }),
  ],
  options,
  tenant: { option: "account", required: false },
  people: "known",
  webhook: z.object({
    body: z.object({
      event: text,
      event_ts: maybe.unixMilliseconds,
      payload: z.object({
        account_id: optionalId, // A list, of some types that nothing is made of.
        object: optional(z.unknown()),
      }),
    }),
  }),
  events: ({ body: { event: type, event_ts, payload } }, { bodyHash, receivedAt }) => {
    const event = { id: `${type}:${bodyHash}`, type, occurredAt: event_ts ?? receivedAt, test: false, data: payload.object };
    return [payload.account_id ? { ...event, tenant: payload.account_id } : event];
  },
  handlers: {
    "webinar.registration_created": onWebinar,
    "webinar.registration_approved": onDecision("Webinar Registration Approved"),
    "webinar.registration_denied": onDecision("Webinar Registration Denied"),
    "webinar.registration_cancelled": onDecision("Webinar Registration Cancelled"),
    "webinar.participant_joined": onJoined(webinarAttended),
    "webinar.participant_left": onLeft("Webinar Left"),

    "meeting.registration_created": onMeeting,
    "meeting.registration_approved": onDecision("Meeting Registration Approved"),
    "meeting.registration_denied": onMeetingEnded("host"),
    "meeting.registration_cancelled": onMeetingEnded(null),
    "meeting.participant_joined": off("also sent for every internal meeting", onJoined(meetingAttended)),
    "meeting.participant_left": off("also sent for every internal meeting", onLeft("Meeting Left")),

    "recording.registration_created": onRecording,
    "recording.registration_approved": onDecision("Recording Registration Approved"),
    "recording.registration_denied": onDecision("Recording Registration Denied"),

    "scheduler.scheduled_event_created": onScheduled,
    "scheduler.scheduled_event_canceled": onUnscheduled,

    "zoom_events.ticket_created": onTicket("Event Registered"),
    "zoom_events.ticket_deleted": onTicket("Event Registration Cancelled"),
    ...ignoring("covered by zoom_events.ticket_created", "zoom_events.ticket_updated"),

    ...IGNORED,
  },
});
