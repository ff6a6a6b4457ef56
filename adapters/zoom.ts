/**
 * Zoom: who registers for webinars, meetings and recordings, and who comes.
 *
 * @see https://developers.zoom.us/docs/api/meetings/events/
 */
import * as z from "zod";
import { defineAdapter, type MapResult, off, on } from "../src/contract/define.ts";
import { identify, ignore, ignoring, type Properties, type Traits, track } from "../src/contract/drafts.ts";
import { claimed, type PersonFacts, person, personId } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { answerJson, handshake } from "../src/contract/handshake.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { prefixed } from "../src/contract/verify/layouts.ts";

/** Answers listed in one event at the most. */
const MOST_ANSWERS = 20;

// What Zoom does not know is often an empty text.
const text = fields.text.nullish();
const emptyText = z.literal("").transform(() => null);
const optionalId = emptyText.or(fields.id).nullish();
const time = emptyText.or(fields.isoTime).nullish();

/** A webinar, meeting or recording. */
const session = z.object({
  id: fields.id,
  uuid: optionalId,
  host_id: optionalId,
  topic: text,
  start_time: time,
  duration: fields.integer.nullish(),
  timezone: text,
});

const registration = session.extend({
  registrant: z.object({
    id: optionalId,
    email: text,
    first_name: text,
    last_name: text,
    phone: text,
    org: text,
    job_title: text,
    industry: text,
    no_of_employees: text,
    purchasing_time_frame: text,
    role_in_purchase_process: text,
    city: text,
    state: text,
    country: text,
    zip: text,
    status: text,
    join_url: text,
    custom_questions: z.array(z.object({ title: text, value: text })).nullish(),
  }),
});

const attendance = session.extend({
  participant: z.object({
    id: optionalId,
    email: text,
    registrant_id: optionalId,
    customer_key: text,
    join_time: time,
    leave_time: time,
    leave_reason: text,
  }),
});

const options = z.strictObject({
  /** The only account whose events are taken: an app of the Marketplace has one secret token for all that installed it. */
  account: z
    .string()
    .regex(/^[\w-]{4,64}$/)
    .optional(),
});

export default defineAdapter({
  id: "zoom",
  name: "Zoom",
  docs: "https://developers.zoom.us/docs/api/webhooks/",
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
    // The last retry is 85 minutes after the first attempt, and nothing says that it is signed anew.
    tolerance: 2 * 60 * 60,
  }),
  handshakes: [
    // The answer is an HMAC of the caller's text under the signing key: the pattern leaves no room for `v0:…:{…}`, which is what signs a webhook.
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
      event: fields.text,
      event_ts: fields.unixMilliseconds.nullish(),
      payload: z.object({ account_id: optionalId, object: z.looseObject({}).nullish() }),
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

    ...ignoring("about the session, not a participant", [...sessionEvents("webinar"), ...sessionEvents("meeting")].join(" ")),
    ...ignoring("about the recording, not a person", "recording.completed recording.transcript_completed"),
    ...ignoring("a user of the account is staff", "user.created user.updated user.deleted user.deactivated"),
    ...ignoring("about the app, not a person", "app_deauthorized"),
  },
  habits: {
    timeoutSeconds: 3,
    // @see https://developers.zoom.us/blog/webhook-delays/
    retries: "three times: 5, 25 and 85 minutes after the first attempt",
    givesUp: "an endpoint that fails the validation, which Zoom repeats every 72 hours, gets no more events",
    setup: [
      "In the Zoom App Marketplace open Develop > Build App (or Manage > Created Apps) and an app of the account; General App and Server-to-Server OAuth both work.",
      "Under Features > Access copy the Secret Token and store it as the source's secret.",
      "There turn Event Subscriptions on, add one, enter the URL of this source as Event notification endpoint URL and choose Validate.",
      "Add the events of Webinar: registration created, approved, denied and cancelled, participant joined and left; of Meeting the registrations.",
      "Activate the app. The account needs a plan with webinars for webinar events.",
    ],
  },
});

type Session = z.output<typeof session>;
type Registrant = z.output<typeof registration>["registrant"];
type SessionKind = "webinar" | "meeting" | "recording";

function onRegistration(kind: SessionKind, event: string) {
  return on(registration, ({ registrant: r, ...s }): MapResult => {
    const facts = person({ email: claimed(r.email), phone: r.phone, ids: [personId("registrant", r.id)] });
    const happened = track(facts, event, {
      ...aboutSession(kind, s),
      status: r.status,
      join_url: r.join_url,
      answers: r.custom_questions?.slice(0, MOST_ANSWERS),
    });
    return event.endsWith("Registered") ? [identify(facts, traitsOf(r)), happened] : happened;
  });
}

/** Zoom takes what is typed; an empty text is a question that was not asked. */
function traitsOf(r: Registrant): Traits {
  return {
    first_name: r.first_name,
    last_name: r.last_name,
    company: r.org,
    job_title: r.job_title,
    industry: r.industry,
    company_size: r.no_of_employees,
    purchasing_time_frame: r.purchasing_time_frame,
    role_in_purchase_process: r.role_in_purchase_process,
    city: r.city,
    state: r.state,
    country: r.country,
    zip: r.zip,
  };
}

function onAttendance(kind: SessionKind, event: string) {
  return on(
    attendance,
    ({ participant: p, ...s }): MapResult =>
      p.id && p.id === s.host_id
        ? ignore("the host, not a guest")
        : track(participantOf(p), event, {
            ...aboutSession(kind, s),
            joined_at: p.join_time,
            left_at: p.leave_time,
            leave_reason: p.leave_reason,
          }),
  );
}

/** `customer_key` is set by the company's own page where it embeds Zoom: the only field that may hold its user id. */
function participantOf(p: z.output<typeof attendance>["participant"]): PersonFacts {
  return person({
    record: { customer_key: p.customer_key },
    email: claimed(p.email),
    ids: [personId("registrant", p.registrant_id), personId("user", p.id)],
  });
}

function aboutSession(kind: SessionKind, s: Session): Properties {
  return {
    [`${kind}_id`]: s.id,
    session_id: s.uuid,
    topic: s.topic,
    starts_at: s.start_time,
    duration_minutes: s.duration,
    timezone: s.timezone,
  };
}

function sessionEvents(kind: "webinar" | "meeting"): readonly string[] {
  return ["created", "updated", "deleted", "started", "ended"].map((change) => `${kind}.${change}`);
}
