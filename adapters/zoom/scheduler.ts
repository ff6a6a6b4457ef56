/**
 * Bookings with Zoom Scheduler, and tickets of Zoom Events.
 *
 * @see https://developers.zoom.us/docs/api/scheduler/events/
 * @see https://developers.zoom.us/docs/api/events/events/
 */
import * as z from "zod";
import type { Draft, MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  decisive,
  each,
  id,
  identify,
  ignore,
  list,
  maybe,
  on,
  optional,
  person,
  pick,
  reference,
  told,
} from "../../src/contract/adapter.ts";
import {
  answers,
  attributionIn,
  customFields,
  meetingBooked,
  meetingCancelled,
  meetingRescheduled,
  ownEvents,
} from "../../src/vocabulary/adapter.ts";
import type { ZOOM } from "./plan.schema.ts";
import { optionalId, optionalTime } from "./sessions.ts";

const own = ownEvents<typeof ZOOM>();

const { text } = maybe;

const booking = z.object({
  ...each(text, "invitee_email", "invitee_first_name", "invitee_last_name", "manage_url", "time_zone", "text_phone_number"),
  questions_and_answers: optional(list(z.object({ question: text, answer: optional(list(anyText)) }))),
  scheduled_event: z.object({
    event_id: id,
    summary: text,
    ...each(optionalTime, "start_date_time", "end_date_time"),
    guests: optional(list(anyText)),
    location_kind: text,
    location: optional(z.object({ custom_location: text })),
    external_location: optional(z.object({ kind: text, meeting_id: optionalId, meeting_join_url: text })),
  }),
  tracking: optional(z.looseObject({ salesforce_ids: optional(list(z.record(z.string(), z.unknown()))) })),
  rescheduled: decisive(z.boolean()),
});

type Booking = z.output<typeof booking>;

/** A meeting was booked on a booking page, or moved. */
export const onScheduled = on(booking, (b): readonly Draft[] => {
  const who = inviteeOf(b);
  const traits = { first_name: b.invitee_first_name, last_name: b.invitee_last_name, timezone: b.time_zone };
  const make = b.rescheduled ? meetingRescheduled : meetingBooked;
  return [identify(who, told(traits)), make(who, about(b), customIn(b))];
});

/** A booking was cancelled. */
export const onUnscheduled = on(booking, (b): MapResult => {
  if (b.rescheduled) return ignore("rescheduled: covered by scheduler.scheduled_event_created");
  return meetingCancelled(inviteeOf(b), about(b), customIn(b));
});

function inviteeOf(b: Booking): PersonFacts {
  return person({
    email: claimed(b.invitee_email),
    phone: b.text_phone_number ?? undefined,
    ids: [reference("booking", b.scheduled_event.event_id)],
  });
}

/** A Zoom meeting goes by its number, as in the events of its participants. */
function about(b: Booking) {
  const { scheduled_event: event } = b;
  const place = event.external_location;
  return {
    meeting_id: (place?.kind === "zoom" ? place.meeting_id : null) ?? event.event_id,
    meeting_name: event.summary,
    starts_at: event.start_date_time,
    ends_at: event.end_date_time,
    timezone: b.time_zone,
    location: event.location?.custom_location || event.location_kind || place?.kind,
    join_url: place?.meeting_join_url,
    guests_count: event.guests?.length,
    reschedule_url: b.manage_url,
    cancel_url: b.manage_url,
    ...attributionIn(b.tracking),
    ...answers(b.questions_and_answers?.map(({ question, answer }) => [question, answer?.join("\n")])),
  };
}

function customIn({ tracking }: Booking) {
  return { custom: customFields("tracking", Object.assign({}, ...(tracking?.salesforce_ids ?? []))) };
}

/** Roles of those who come to an event; the others are staff and speakers. */
const GUESTS: readonly string[] = ["normal", "attendee_without_order", "pre_registration", "subscription"];

const ticket = z.object({
  event_id: id,
  // Receivers that others wrote fall back to the registration: Zoom does not say that a ticket always has its id.
  ...each(optionalId, "ticket_id", "registration_id", "ticket_type_id", "external_ticket_id"),
  ...each(text, "event_name", "email", "first_name", "last_name"),
  ticket_role_type: decisive(anyText),
});

/** A ticket of an event was given, or taken back. */
export function onTicket(event: "Event Registered" | "Event Registration Cancelled") {
  return on(ticket, (t): MapResult => {
    if (t.ticket_role_type && !GUESTS.includes(t.ticket_role_type)) return ignore("staff or a speaker, not a guest");
    const who = person({ email: claimed(t.email), ids: [reference("ticket", t.ticket_id ?? t.registration_id)] });
    const happened = own(event)(who, pick(t, "event_id", "event_name", "ticket_id", "ticket_type_id", "external_ticket_id"));
    return event === "Event Registered" ? [identify(who, told(pick(t, "first_name", "last_name"))), happened] : happened;
  });
}
