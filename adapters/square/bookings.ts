/**
 * Square's bookings.
 */
import * as z from "zod";
import { type Draft, decisive, each, id, maybe, on, person, personId, text, track } from "../../src/contract/adapter.ts";

const booking = z
  .object({
    booking: z.object({ id, status: decisive(text), ...each(maybe.id, "customer_id", "location_id"), start_at: maybe.isoTime }),
  })
  .transform((object) => object.booking);

/** @see https://developer.squareup.com/reference/square/enums/BookingStatus */
const CHANGES: ReadonlyMap<string, string> = new Map([
  ["CANCELLED_BY_CUSTOMER", "Booking Cancelled"],
  ["CANCELLED_BY_SELLER", "Booking Cancelled"],
  ["DECLINED", "Booking Declined"],
  ["NO_SHOW", "Booking Missed"],
]);

/** A booking event. */
export function onBooking(event: string) {
  return on(booking, (b) => bookingEvent(event, b));
}

/** A changed booking: its status says which event it is. */
export const onChangedBooking = on(booking, (b) => bookingEvent(CHANGES.get(b.status ?? "") ?? "Booking Updated", b));

function bookingEvent(event: string, b: z.output<typeof booking>): Draft {
  return track(person({ ids: [personId("customer", b.customer_id)] }), event, {
    booking_id: b.id,
    status: b.status?.toLowerCase(),
    starts_at: b.start_at,
    location_id: b.location_id,
  });
}
