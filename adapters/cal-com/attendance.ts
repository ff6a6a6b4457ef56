/**
 * Who did not come to a meeting that was booked with Cal.com: marked by the host, or seen by Cal Video.
 */
import * as z from "zod";
import type { Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, decisive, id, maybe, on, person, reference, track } from "../../src/contract/adapter.ts";

/** People of one booking who are told of. */
const MOST_ATTENDEES = 20;

const { text, isoTime: time } = maybe;

const marked = z.object({
  bookingUid: id,
  attendees: z.array(z.object({ email: text, noShow: z.boolean() })),
});

const people = decisive(z.array(z.object({ email: text })));

const missed = z.object({ bookingUid: maybe.id, title: text, startTime: time, endTime: time, guests: people, attendees: people });

/** People of a booking whom the host marked as absent, or no longer does. */
export const onMarked = on(marked, ({ bookingUid: uid, attendees }) =>
  attendees
    .slice(0, MOST_ATTENDEES)
    .map((a) =>
      track(attendeeOf(uid, a.email), a.noShow ? "Meeting No Show Marked" : "Meeting No Show Unmarked", { booking_uid: uid }),
    ),
);

/**
 * People who did not join a call: the `guests`, or all attendees where none are named.
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

/** A booking leads to whoever booked, so that for a guest with an address it would be the wrong lead. */
function attendeeOf(uid: Maybe<string>, email: Maybe<string>): PersonFacts {
  return person({ email: claimed(email), ids: email ? [] : [reference("booking", uid)] });
}
