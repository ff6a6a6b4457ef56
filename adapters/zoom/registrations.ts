/**
 * Zoom's webinars, meetings and recordings, and their registrations.
 */
import * as z from "zod";
import type { MapResult, Properties, Traits } from "../../src/contract/adapter.ts";
import {
  blank,
  claimed,
  decisive,
  each,
  id,
  identify,
  isoTime,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  track,
} from "../../src/contract/adapter.ts";

/** Maximum number of answers in an event. */
const MOST_ANSWERS = 20;

const { text } = maybe;

/** An id; Zoom often sends an empty text for an unknown one. */
export const optionalId = optional(blank.or(id));

/** A time; Zoom often sends an empty text for an unknown one. */
export const optionalTime = optional(blank.or(isoTime));

/** A webinar, meeting or recording. */
export const session = z.object({
  id,
  uuid: optionalId,
  host_id: decisive(blank.or(id)),
  ...each(text, "topic", "timezone"),
  start_time: optionalTime,
  duration: maybe.integer,
});

/** The session of a registration. */
export type SessionKind = "webinar" | "meeting" | "recording";

const registrant = z.object({
  id: optionalId,
  ...each(text, "email", "first_name", "last_name", "phone", "org", "job_title", "industry", "no_of_employees"),
  ...each(text, "purchasing_time_frame", "role_in_purchase_process", "city", "state", "country", "zip"),
  ...each(text, "status", "join_url"),
  custom_questions: optional(list(z.object(each(text, "title", "value")))),
});

const registration = session.extend({ registrant });

/** A registration, or a decision about it. */
export function onRegistration(kind: SessionKind, event: string) {
  return on(registration, ({ registrant: r, ...s }): MapResult => {
    const facts = person({ email: claimed(r.email), phone: r.phone, ids: [personId("registrant", r.id)] });
    const happened = track(facts, event, {
      ...aboutSession(kind, s),
      ...pick(r, "status", "join_url"),
      answers: r.custom_questions?.slice(0, MOST_ANSWERS),
    });
    return event.endsWith("Registered") ? [identify(facts, traitsOf(r)), happened] : happened;
  });
}

/** Typed input; an empty text is a question that was not asked. */
function traitsOf(r: z.output<typeof registrant>): Traits {
  return {
    ...pick(r, "first_name", "last_name"),
    company: r.org,
    ...pick(r, "job_title", "industry"),
    company_size: r.no_of_employees,
    ...pick(r, "purchasing_time_frame", "role_in_purchase_process", "city", "state", "country", "zip"),
  };
}

/** Properties of the webinar, meeting or recording. */
export function aboutSession(kind: SessionKind, s: z.output<typeof session>): Properties {
  return {
    [`${kind}_id`]: s.id,
    session_id: s.uuid,
    topic: s.topic,
    starts_at: s.start_time,
    duration_minutes: s.duration,
    timezone: s.timezone,
  };
}
