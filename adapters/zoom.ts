/**
 * Zoom: registrations for webinars, meetings and recordings, and attendance.
 *
 * @see https://developers.zoom.us/docs/api/meetings/events/
 */
import * as z from "zod";
import { answerJson, defineAdapter, handshake, ignoring, maybe, off, optional, text } from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { onAttendance } from "./zoom/attendance.ts";
import { onRegistration, optionalId } from "./zoom/registrations.ts";

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
    "webinar.registration_created": onRegistration("webinar", "Webinar Registered"),
    "webinar.registration_approved": onRegistration("webinar", "Webinar Registration Approved"),
    "webinar.registration_denied": onRegistration("webinar", "Webinar Registration Denied"),
    "webinar.registration_cancelled": onRegistration("webinar", "Webinar Registration Cancelled"),
    "webinar.participant_joined": onAttendance("webinar", "Webinar Joined"),
    "webinar.participant_left": onAttendance("webinar", "Webinar Left"),

    "meeting.registration_created": onRegistration("meeting", "Meeting Registered"),
    "meeting.registration_approved": onRegistration("meeting", "Meeting Registration Approved"),
    "meeting.registration_denied": onRegistration("meeting", "Meeting Registration Denied"),
    "meeting.registration_cancelled": onRegistration("meeting", "Meeting Registration Cancelled"),
    "meeting.participant_joined": off("also sent for every internal meeting", onAttendance("meeting", "Meeting Joined")),
    "meeting.participant_left": off("also sent for every internal meeting", onAttendance("meeting", "Meeting Left")),

    "recording.registration_created": onRegistration("recording", "Recording Registered"),
    "recording.registration_approved": onRegistration("recording", "Recording Registration Approved"),
    "recording.registration_denied": onRegistration("recording", "Recording Registration Denied"),

    // @see https://github.com/zoom/rivet-javascript/blob/main/meetings/meetings.d.ts
    ...ignoring(
      "about the session, not a participant",
      `${ofBoth("created updated deleted permanently_deleted recovered started ended alert sharing_started sharing_ended")}
      meeting.converted_to_webinar webinar.converted_to_meeting meeting.live_streaming_started meeting.live_streaming_stopped
      meeting.risk_alert meeting.device_tested meeting.summary_completed meeting.summary_updated meeting.summary_shared
      meeting.summary_deleted meeting.summary_recovered meeting.summary_trashed`,
    ),
    ...ignoring(
      "an intermediate step of joining",
      `meeting.participant_jbh_waiting meeting.participant_jbh_waiting_left meeting.participant_jbh_joined
      meeting.participant_joined_waiting_room meeting.participant_put_in_waiting_room meeting.participant_left_waiting_room
      meeting.participant_admitted ${ofBoth("participant_bind")}
      meeting.invitation_dispatched meeting.invitation_accepted meeting.invitation_rejected meeting.invitation_timeout`,
    ),
    ...ignoring(
      "of no meaning outside the session",
      `${ofBoth("participant_role_changed chat_message_sent chat_message_file_sent chat_message_file_downloaded")}
      meeting.participant_joined_breakout_room meeting.participant_left_breakout_room
      meeting.breakout_room_sharing_started meeting.breakout_room_sharing_ended`,
    ),
    ...ignoring("names neither an address nor a registration", ofBoth("participant_feedback")),
    ...ignoring(
      "about the recording, not a person",
      `recording.started recording.paused recording.resumed recording.stopped recording.completed recording.transcript_completed
      recording.renamed recording.trashed recording.deleted recording.recovered recording.batch_trashed recording.batch_deleted
      recording.batch_recovered recording.archive_files_completed recording.cloud_storage_usage_updated`,
    ),
    ...ignoring(
      "a user of the account is staff",
      `user.created user.updated user.deleted user.activated user.deactivated user.disassociated user.invitation_accepted
      user.settings_updated user.signed_in user.signed_out user.presence_status_updated user.personal_notes_updated`,
    ),
    ...ignoring("about the app, not a person", "app_deauthorized app.authorization_request_created"),
  },
});

/** Types that webinars and meetings share. */
function ofBoth(changes: string): string {
  return ["webinar", "meeting"].flatMap((kind) => changes.split(" ").map((change) => `${kind}.${change}`)).join(" ");
}
