/**
 * What happens to bookings at Cal.com.
 */
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import { identify, on } from "../../src/contract/adapter.ts";
import { meetingBooked, meetingCancelled, meetingRescheduled, ownEvents } from "../../src/vocabulary/adapter.ts";
import { about, asked, type Booking, bookerOf, booking, customIn, party, profileOf } from "./booking.ts";
import { textIn } from "./people.ts";
import type { CAL_COM } from "./plan.schema.ts";

const own = ownEvents<typeof CAL_COM>();

/** A booking, for its booker, whose traits it tells. */
function onBooking(event: (b: Booking, who: PersonFacts) => Draft) {
  return on(booking, (b): readonly Draft[] => {
    const who = bookerOf(b);
    return [identify(who, profileOf(b)), event(b, who)];
  });
}

/** A meeting was booked. */
export const onBooked = onBooking((b, who) => meetingBooked(who, { ...about(b), ...asked(b) }, customIn(b)));

/** A booking waits for the host's word. */
export const onRequested = onBooking((b, who) => own("Meeting Requested")(who, { ...about(b), ...asked(b) }, customIn(b)));

/** A meeting was moved. */
export const onRescheduled = onBooking((b, who) => {
  const before = { previous_meeting_id: b.rescheduleUid, previous_starts_at: b.rescheduleStartTime };
  const moved = { ...about(b), ...asked(b), ...before, rescheduled_by: party(b, b.rescheduledBy) };
  return meetingRescheduled(who, { ...moved, reason: textIn(b.responses, "rescheduleReason") }, customIn(b));
});

/** A meeting was cancelled; the host may ask for another time with it. */
export const onCancelled = onBooking((b, who) => {
  const cancelled = { cancelled_by: party(b, b.cancelledBy), cancellation_reason: b.cancellationReason };
  return meetingCancelled(
    who,
    { ...about(b), ...asked(b), ...cancelled, reschedule_requested: b.requestReschedule },
    customIn(b),
  );
});

/** The host declined a request. */
export const onRejected = onBooking((b, who) => {
  const declined = { cancelled_by: "host" as const, cancellation_reason: b.rejectionReason };
  return meetingCancelled(who, { ...about(b), ...asked(b), ...declined }, customIn(b));
});

/** A meeting is elsewhere. */
export const onMoved = onBooking((b, who) =>
  own("Meeting Location Changed")(who, { ...about(b), previous_location: b.previousLocation }, customIn(b)),
);

/** A meeting has another host. */
export const onReassigned = onBooking((b, who) => own("Meeting Host Changed")(who, about(b), customIn(b)));

/** The start, end or payment of a meeting; it updates no traits. */
export function onMeeting(event: "Meeting Started" | "Meeting Ended" | "Meeting Paid") {
  return on(booking, (b) => own(event)(bookerOf(b), about(b), customIn(b)));
}
