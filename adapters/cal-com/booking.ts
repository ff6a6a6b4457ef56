/**
 * A booking at Cal.com: booker, time, place and answers.
 */
import * as z from "zod";
import type { PersonFacts, Traits } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  id,
  integer,
  maybe,
  money,
  optional,
  person,
  reference,
  told,
} from "../../src/contract/adapter.ts";
import { attribution, attributionIn, customFields } from "../../src/vocabulary/adapter.ts";
import { answersIn, attendee, partyOf, responses, textIn } from "./people.ts";

const { text, isoTime: time } = maybe;

const host = optional(z.object({ name: text, email: text }));

/** A booking. */
export const booking = z.object({
  uid: id,
  ...each(text, "type", "title", "eventTitle", "location", "previousLocation"),
  ...each(text, "rescheduleUid", "cancellationReason", "rejectionReason", "smsReminderNumber"),
  ...each(text, "cancelledBy", "rescheduledBy"),
  ...each(time, "startTime", "endTime", "rescheduleStartTime"),
  eventTypeId: maybe.id,
  seatsPerTimeSlot: decisive(integer),
  requestReschedule: maybe.boolean,
  price: maybe.integer,
  currency: maybe.currency,
  ...each(host, "organizer", "user"),
  metadata: optional(z.looseObject({ videoCallUrl: text })),
  tracking: optional(z.record(z.string(), z.unknown())),
  videoCallData: optional(z.object({ url: text })),
  // The booker comes first.
  attendees: optional(z.array(attendee)),
  ...each(responses, "responses", "userFieldsResponses"),
});

/** A booking. */
export type Booking = z.output<typeof booking>;

/**
 * The first attendee is the booker, the others are guests. All seats of a meeting have the same uid, so it identifies
 * no person.
 * @see https://cal.com/docs/developing/guides/automation/webhooks#webhook-payload-reference
 */
export function bookerOf(b: Booking): PersonFacts {
  const booker = b.attendees?.[0];
  return person({
    email: claimed(booker?.email || textIn(b.responses, "email")),
    phone: booker?.phoneNumber || textIn(b.responses, "attendeePhoneNumber") || b.smsReminderNumber || undefined,
    ids: b.seatsPerTimeSlot ? [] : [reference("booking", b.uid), reference("booking", b.rescheduleUid)],
  });
}

/** Traits of the booker. */
export function profileOf(b: Booking): Traits {
  const booker = b.attendees?.[0];
  return told({
    name: booker?.name || textIn(b.responses, "name"),
    timezone: booker?.timeZone,
    locale: booker?.language?.locale,
  });
}

/** What every event about the booking tells. */
export function about(b: Booking) {
  return {
    meeting_id: b.uid,
    meeting_name: b.eventTitle || b.title || b.type,
    meeting_kind: b.eventTypeId,
    starts_at: b.startTime,
    ends_at: b.endTime,
    timezone: b.attendees?.[0]?.timeZone,
    location: b.location,
    join_url: b.metadata?.videoCallUrl || b.videoCallData?.url,
    host_name: b.organizer?.name || b.user?.name,
    guests_count: b.attendees ? Math.max(0, b.attendees.length - 1) : undefined,
    ...money("amount", b.price || null, b.currency),
    ...attribution(attributionIn(b.tracking), attributionIn(b.metadata)),
  };
}

/** The answers to the questions of the booking page. */
export function asked(b: Booking) {
  return answersIn(b.responses, b.userFieldsResponses);
}

/** Whose address this is. */
export function party(b: Booking, address: string | null | undefined) {
  return partyOf(address, {
    attendees: (b.attendees ?? []).map(({ email }) => email),
    hosts: [b.organizer?.email, b.user?.email],
  });
}

/** The company's own fields of the booking. */
export function customIn({ metadata }: Booking) {
  const { videoCallUrl: _, ...others } = metadata ?? {};
  return { custom: customFields("metadata", others) };
}
