/**
 * No-shows of meetings booked with Cal.com: marked by the host, or detected by Cal Video.
 */
import * as z from "zod";
import type { Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, decisive, id, maybe, on, optional, person, reference } from "../../src/contract/adapter.ts";
import { meetingMissed, meetingNoShowWithdrawn } from "../../src/vocabulary/adapter.ts";

/** Maximum number of people taken from a booking. */
const MOST_ATTENDEES = 20;

const { text, isoTime: time } = maybe;

const marked = z.object({
  bookingUid: id,
  attendees: z.array(z.object({ email: text, noShow: z.boolean() })),
});

const people = decisive(z.array(z.object({ email: text })));

const missed = z.object({
  bookingUid: id,
  title: text,
  startTime: time,
  endTime: time,
  guests: people,
  attendees: people,
  eventType: optional(z.object({ id: maybe.id })),
});

/** Attendees that the host marked or unmarked as absent. */
export const onMarked = on(marked, ({ bookingUid: uid, attendees }) =>
  attendees.slice(0, MOST_ATTENDEES).map((a) => {
    const event = a.noShow ? meetingMissed : meetingNoShowWithdrawn;
    return event(attendeeOf(uid, a.email), { meeting_id: uid });
  }),
);

/**
 * People who did not join a call: the `guests`, or all attendees if none are named.
 * @see https://cal.com/docs/developing/guides/automation/webhooks#cal-video-no-show-detection-webhooks
 */
export const onMissed = on(missed, ({ guests, attendees, bookingUid: uid, ...m }) =>
  (guests ?? attendees ?? []).slice(0, MOST_ATTENDEES).map((a) =>
    meetingMissed(attendeeOf(uid, a.email), {
      meeting_id: uid,
      meeting_name: m.title,
      starts_at: m.startTime,
      ends_at: m.endTime,
      meeting_kind: m.eventType?.id,
    }),
  ),
);

/** A booking belongs to its booker, so it must not identify a guest who has an address. */
function attendeeOf(uid: Maybe<string>, email: Maybe<string>): PersonFacts {
  return person({ email: claimed(email), ids: email ? [] : [reference("booking", uid)] });
}
