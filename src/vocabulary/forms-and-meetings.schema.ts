/**
 * The tracking plan: forms, meetings and webinars.
 */
import { event, family } from "./definition.schema.ts";
import { FORM_KINDS, MEETING_PARTIES } from "./enums.ts";
import { amount, CURRENCY, choice, count, flag, number, text, texts, time } from "./shapes.schema.ts";

/** What an event about a form may have. */
export const FORM = {
  form_id: text("the vendor's id of the form"),
  form_name: text("name of the form"),
  form_kind: choice(FORM_KINDS, "kind of form"),
  submission_id: text("the vendor's id of the answers"),
  page_url: text("page on which it was sent"),
  page_id: text("the vendor's id of that page"),
  score: number("score of the answers"),
  outcome: text("ending or route that the answers led to"),
  campaign_id: text("the vendor's id of the campaign"),
  campaign_name: text("name of the campaign"),
  ad_id: text("the vendor's id of the advertisement"),
  ad_name: text("name of the advertisement"),
  adset_id: text("the vendor's id of the set of advertisements"),
  adset_name: text("name of the set of advertisements"),
  platform: text("platform that showed the form"),
  tags: texts("tags"),
};

/** What every event about a meeting must have. */
export const MEETING_ID = { meeting_id: text("the vendor's id of the meeting or booking") };

/** What an event about a meeting may have. */
export const MEETING = {
  meeting_name: text("name of the meeting or its type"),
  meeting_kind: text("the vendor's id or word for the type of meeting"),
  starts_at: time("start"),
  ends_at: time("end"),
  timezone: text("the person's time zone, IANA"),
  location: text("place, number or service"),
  join_url: text("page on which to join"),
  host_name: text("name of the host"),
  guests_count: count("number of further guests"),
  ...amount("amount", "what the person pays for it; the source of the payment tells when the money came in"),
  ...CURRENCY,
  reschedule_url: text("page on which to move it"),
  cancel_url: text("page on which to cancel it"),
};

const attendance = {
  ...MEETING,
  joined_at: time("time at which the person joined"),
  left_at: time("time at which the person left"),
  duration_minutes: number("minutes that the person was there"),
};

const example = { meeting_id: "m_1", meeting_name: "Demo", starts_at: "2026-12-01T10:00:00Z", ends_at: "2026-12-01T10:30:00Z" };

/** Forms and meetings. */
export const FORMS_AND_MEETINGS = family("Forms and meetings", "Forms, meetings and webinars.", {
  "Form Submitted": event({
    when: "A person sent a form, a lead advertisement's form or a routing form.",
    optional: FORM,
    prefixes: ["answer_"],
    example: { form_id: "f_1", form_name: "Contact", form_kind: "form", answer_company_size: "10-50" },
  }),
  "Meeting Booked": event({
    when: "A person booked a meeting, or one was booked for them.",
    required: MEETING_ID,
    optional: MEETING,
    prefixes: ["answer_"],
    example,
  }),
  "Meeting Rescheduled": event({
    when: "A meeting was moved.",
    required: MEETING_ID,
    optional: {
      ...MEETING,
      previous_meeting_id: text("`meeting_id` before, where it changed"),
      previous_starts_at: time("start before"),
      rescheduled_by: choice(MEETING_PARTIES, "who moved it"),
      reason: text("why, in their words"),
    },
    prefixes: ["answer_"],
    example: { ...example, previous_starts_at: "2026-11-30T10:00:00Z" },
  }),
  "Meeting Cancelled": event({
    when: "A meeting was cancelled or declined.",
    required: MEETING_ID,
    optional: {
      ...MEETING,
      cancelled_by: choice(MEETING_PARTIES, "who cancelled it"),
      cancellation_reason: text("why, in their words"),
      reschedule_requested: flag("whether the host asked for another time"),
    },
    prefixes: ["answer_"],
    example: { ...example, cancelled_by: "invitee" },
  }),
  "Meeting Attended": event({
    when: "A person was at a meeting.",
    required: MEETING_ID,
    optional: attendance,
    example: { ...example, joined_at: "2026-12-01T10:01:00Z" },
  }),
  "Meeting Missed": event({ when: "A person did not come to a meeting.", required: MEETING_ID, optional: MEETING, example }),
  "Meeting No Show Withdrawn": event({
    when: "The host took back that a person did not come to a meeting.",
    required: MEETING_ID,
    optional: MEETING,
    example,
  }),
  "Webinar Registered": event({
    when: "A person registered for a webinar.",
    required: MEETING_ID,
    optional: MEETING,
    prefixes: ["answer_"],
    example,
  }),
  "Webinar Attended": event({
    when: "A person was at a webinar.",
    required: MEETING_ID,
    optional: attendance,
    example: { ...example, duration_minutes: 42 },
  }),
});
