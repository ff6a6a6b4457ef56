/**
 * Registrations for Zoom's webinars, meetings and recordings.
 */
import * as z from "zod";
import type { Draft, PersonFacts, Traits } from "../../src/contract/adapter.ts";
import { claimed, each, identify, list, maybe, on, optional, person, personId, pick, told } from "../../src/contract/adapter.ts";
import { answers, meetingBooked, meetingCancelled, ownEvents, webinarRegistered } from "../../src/vocabulary/adapter.ts";
import type { ZOOM } from "./plan.schema.ts";
import { aboutSession, optionalId, session } from "./sessions.ts";

const own = ownEvents<typeof ZOOM>();

const { text } = maybe;

const registrant = z.object({
  id: optionalId,
  ...each(text, "email", "first_name", "last_name", "phone", "org", "job_title", "industry", "no_of_employees"),
  ...each(text, "purchasing_time_frame", "role_in_purchase_process", "city", "state", "country", "zip"),
  ...each(text, "comments", "status", "join_url"),
  custom_questions: optional(list(z.object(each(text, "title", "value")))),
});

const registration = session.extend({ registrant });

type Registration = z.output<typeof registration>;

/** A person registered for a webinar. */
export const onWebinar = onRegistered((who, r) => webinarRegistered(who, { ...about(r), ...asked(r) }));

/** A person registered for a meeting. */
export const onMeeting = onRegistered((who, r) => meetingBooked(who, { ...about(r), ...asked(r) }));

/** A person registered for a recording. */
export const onRecording = onRegistered((who, r) =>
  own("Recording Registered")(who, { ...about(r), registration_status: r.registrant.status, ...asked(r) }),
);

/** The place of a registrant of a meeting was given up or, by the host, refused. */
export function onMeetingEnded(by: "host" | null) {
  return on(registration, (r) => meetingCancelled(registrantOf(r), { ...about(r), cancelled_by: by }));
}

/** A decision about a registration. */
export function onDecision(
  event:
    | "Webinar Registration Approved"
    | "Webinar Registration Denied"
    | "Webinar Registration Cancelled"
    | "Meeting Registration Approved"
    | "Recording Registration Approved"
    | "Recording Registration Denied",
) {
  return on(registration, (r) => own(event)(registrantOf(r), about(r)));
}

function onRegistered(event: (who: PersonFacts, r: Registration) => Draft) {
  return on(registration, (r): readonly Draft[] => {
    const who = registrantOf(r);
    return [identify(who, told(traitsOf(r))), event(who, r)];
  });
}

function registrantOf({ registrant: r }: Registration): PersonFacts {
  return person({ email: claimed(r.email), phone: r.phone ?? undefined, ids: [personId("registrant", r.id)] });
}

/** Typed input; an empty text is a question that was not asked. */
function traitsOf({ registrant: r }: Registration): Traits {
  return {
    ...pick(r, "first_name", "last_name"),
    company: r.org,
    ...pick(r, "job_title", "industry"),
    company_size: r.no_of_employees,
    ...pick(r, "purchasing_time_frame", "role_in_purchase_process", "city", "state", "country", "zip"),
  };
}

function about(r: Registration) {
  return { ...aboutSession(r), join_url: r.registrant.join_url };
}

function asked({ registrant: r }: Registration) {
  return answers([
    ["comments", r.comments],
    ...(r.custom_questions ?? []).map(({ title, value }): [typeof title, typeof value] => [title, value]),
  ]);
}
