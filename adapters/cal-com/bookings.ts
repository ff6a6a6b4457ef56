/**
 * Cal.com's bookings: booker, time and place.
 */
import * as z from "zod";
import type { Draft, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  decisive,
  each,
  id,
  identify,
  integer,
  maybe,
  money,
  on,
  optional,
  person,
  reference,
  track,
} from "../../src/contract/adapter.ts";

const { text, isoTime: time } = maybe;

/** The text of an answer: `response` in a form, `value` in a booking, a plain value in a database row. */
export const answer = optional(
  z.union([anyText, z.object({ response: maybe.text, value: maybe.text }).transform((a) => a.response ?? a.value)]),
);

const attendee = z.object({
  ...each(text, "email", "name", "timeZone", "phoneNumber"),
  language: optional(z.object({ locale: text })),
});

const booking = z.object({
  uid: id,
  ...each(text, "type", "title", "eventTitle", "status", "location", "previousLocation"),
  ...each(text, "rescheduleUid", "cancellationReason", "rejectionReason", "smsReminderNumber"),
  ...each(time, "startTime", "endTime", "rescheduleStartTime"),
  eventTypeId: maybe.id,
  seatsPerTimeSlot: decisive(integer),
  requestReschedule: maybe.boolean,
  price: maybe.integer,
  currency: maybe.currency,
  organizer: optional(z.object({ name: text })),
  user: optional(z.object({ name: text })),
  metadata: optional(z.object({ videoCallUrl: text })),
  videoCallData: optional(z.object({ url: text })),
  // The booker comes first.
  attendees: optional(z.array(attendee)),
  responses: optional(z.object(each(answer, "email", "name", "attendeePhoneNumber"))),
});

type Booking = z.output<typeof booking>;

/** A booking event. */
export function onBooking(event: string) {
  return on(booking, (b) => [profile(b), track(bookerOf(b), event, about(b))]);
}

/** The start or end of a meeting; it updates no traits. */
export function onMeeting(event: string) {
  return on(booking, (b) => track(bookerOf(b), event, about(b)));
}

/** A paid booking. */
export const onPaid = on(booking, (b) =>
  track(bookerOf(b), "Meeting Paid", { ...about(b), ...money("total", b.price || null, b.currency) }),
);

/**
 * The first attendee is the booker, the others are guests. All seats of a meeting have the same uid, so it identifies
 * no person.
 * @see https://cal.com/docs/developing/guides/automation/webhooks#webhook-payload-reference
 */
function bookerOf(b: Booking): PersonFacts {
  const booker = b.attendees?.[0];
  return person({
    email: claimed(booker?.email || b.responses?.email),
    phone: booker?.phoneNumber || b.responses?.attendeePhoneNumber || b.smsReminderNumber,
    ids: b.seatsPerTimeSlot ? [] : [reference("booking", b.uid), reference("booking", b.rescheduleUid)],
  });
}

function profile(b: Booking): Draft {
  const booker = b.attendees?.[0];
  return identify(bookerOf(b), {
    name: booker?.name || b.responses?.name,
    timezone: booker?.timeZone,
    locale: booker?.language?.locale,
  });
}

function about(b: Booking): Properties {
  return {
    booking_uid: b.uid,
    previous_booking_uid: b.rescheduleUid,
    event_type_id: b.eventTypeId,
    meeting: b.eventTitle ?? b.type,
    title: b.title,
    start_time: b.startTime,
    end_time: b.endTime,
    previous_start_time: b.rescheduleStartTime,
    location: b.location,
    previous_location: b.previousLocation,
    meeting_url: b.metadata?.videoCallUrl ?? b.videoCallData?.url,
    status: b.status?.toLowerCase(),
    host_name: b.organizer?.name ?? b.user?.name,
    guests_count: b.attendees ? Math.max(0, b.attendees.length - 1) : undefined,
    reason: b.cancellationReason ?? b.rejectionReason,
    reschedule_requested: b.requestReschedule,
  };
}
