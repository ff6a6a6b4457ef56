/**
 * No-shows of meetings booked with Cal.com: marked by the host, or detected by Cal Video.
 */
import * as z from "zod";
import type { Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, decisive, id, maybe, on, person, reference, track } from "../../src/contract/adapter.ts";

/** Maximum number of people taken from a booking. */
const MOST_ATTENDEES = 20;

const { text, isoTime: time } = maybe;

const marked = z.object({
  bookingUid: id,
  attendees: z.array(z.object({ email: text, noShow: z.boolean() })),
});

const people = decisive(z.array(z.object({ email: text })));

const missed = z.object({ bookingUid: maybe.id, title: text, startTime: time, endTime: time, guests: people, attendees: people });

/** Attendees whom the host marked or unmarked as absent. */
export const onMarked = on(marked, ({ bookingUid: uid, attendees }) =>
  attendees
    .slice(0, MOST_ATTENDEES)
    .map((a) =>
      track(attendeeOf(uid, a.email), a.noShow ? "Meeting No Show Marked" : "Meeting No Show Unmarked", { booking_uid: uid }),
    ),
);

/**
 * People who did not join a call: the `guests`, or all attendees if none are named.
 * @see https://cal.com/docs/developing/guides/automation/webhooks#cal-video-no-show-detection-webhooks
 */
export const onMissed = on(missed, ({ guests, attendees, bookingUid: uid, ...m }) =>
  (guests ?? attendees ?? []).slice(0, MOST_ATTENDEES).map((a) =>
    track(attendeeOf(uid, a.email), "Meeting Missed", {
      booking_uid: uid,
      title: m.title,
      start_time: m.startTime,
      end_time: m.endTime,
    }),
  ),
);

/** A booking belongs to its booker, so it must not identify a guest who has an address. */
function attendeeOf(uid: Maybe<string>, email: Maybe<string>): PersonFacts {
  return person({ email: claimed(email), ids: email ? [] : [reference("booking", uid)] });
}
