/**
 * Square's bookings.
 */
import * as z from "zod";
import {
  decisive,
  each,
  id,
  list,
  type MapResult,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
} from "../../src/contract/adapter.ts";
import { customFields, meetingBooked, meetingCancelled, meetingMissed, ownEvents } from "../../src/vocabulary/adapter.ts";
import type { SQUARE } from "./plan.schema.ts";

const own = ownEvents<typeof SQUARE>();

const booking = z
  .object({
    booking: z.object({
      id,
      status: decisive(text),
      ...each(maybe.id, "customer_id", "location_id"),
      start_at: maybe.isoTime,
      location_type: maybe.text,
      customer_note: maybe.text,
      appointment_segments: optional(list(z.object({ duration_minutes: maybe.integer, service_variation_id: maybe.id }))),
    }),
  })
  .transform((object) => object.booking);

type Booking = z.output<typeof booking>;

/** A new booking. */
export const onBooking = on(booking, (b) => meetingBooked(guestOf(b), aboutBooking(b), customOf(b)));

/**
 * A changed booking: its status says how, unless it was changed otherwise.
 * @see https://developer.squareup.com/reference/square/enums/BookingStatus
 */
export const onChangedBooking = on(booking, (b): MapResult => {
  const [who, about, custom] = [guestOf(b), aboutBooking(b), customOf(b)];
  switch (b.status) {
    case "CANCELLED_BY_CUSTOMER":
      return meetingCancelled(who, { ...about, cancelled_by: "invitee" }, custom);
    case "CANCELLED_BY_SELLER":
    case "DECLINED":
      return meetingCancelled(who, { ...about, cancelled_by: "host" }, custom);
    case "NO_SHOW":
      return meetingMissed(who, about, custom);
    default:
      return own("Booking Updated")(who, { ...about, status_raw: b.status?.toLowerCase() }, custom);
  }
});

function guestOf(b: Booking) {
  return person({ ids: [personId("customer", b.customer_id)] });
}

function customOf(b: Booking) {
  return { custom: customFields("booking", { customer_note: b.customer_note, location_id: b.location_id }) };
}

function aboutBooking(b: Booking) {
  const segments = b.appointment_segments ?? [];
  const minutes = segments.reduce((sum, { duration_minutes: each }) => sum + (each ?? 0), 0);
  const isTimed = segments.length > 0 && segments.every(({ duration_minutes: each }) => typeof each === "number");
  return {
    meeting_id: b.id,
    meeting_kind: segments[0]?.service_variation_id,
    starts_at: b.start_at,
    ends_at: b.start_at && isTimed ? new Date(Date.parse(b.start_at) + minutes * 60_000).toISOString() : null,
    location: b.location_type?.toLowerCase(),
  };
}
