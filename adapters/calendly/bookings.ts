/**
 * Calendly's bookings: invitee, time, place and answers.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  decisive,
  each,
  fromDecimal,
  id,
  identify,
  list,
  maybe,
  moneyProperties,
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
  fold,
  meetingBooked,
  meetingCancelled,
  meetingMissed,
  meetingNoShowWithdrawn,
  meetingRescheduled,
} from "../../src/vocabulary/adapter.ts";

const { text, isoTime: time } = maybe;

/** The answers to a booking or a routing form, and what the page was opened with. */
export const answered = z.object({
  questions_and_answers: optional(list(z.object({ question: text, answer: text }))),
  tracking: optional(
    z.object(each(text, "utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "salesforce_uuid")),
  ),
});

/** A booking of one invitee. */
export const invitee = answered.extend({
  uri: id,
  ...each(text, "email", "name", "first_name", "last_name", "timezone", "text_reminder_number"),
  rescheduled: decisive(z.boolean()),
  old_invitee: decisive(anyText),
  routing_form_submission: maybe.id,
  ...each(text, "cancel_url", "reschedule_url"),
  cancellation: optional(z.object({ canceler_type: text, reason: text })),
  payment: optional(z.object({ amount: maybe.decimal, currency: maybe.currency })),
  scheduled_event: optional(
    z.object({
      ...each(maybe.id, "uri", "event_type"),
      name: text,
      ...each(time, "start_time", "end_time"),
      location: optional(z.object(each(text, "type", "location", "join_url"))),
      event_memberships: optional(z.array(z.object({ user_name: text }))),
      event_guests: optional(list(z.looseObject({}))),
    }),
  ),
});

type Invitee = z.output<typeof invitee>;

/** A meeting was booked or, where the invitee had one before, moved. */
export const onBooked = on(invitee, (i): readonly Draft[] => {
  const who = personOf(i);
  const profile = identify(who, told(pick(i, "name", "first_name", "last_name", "timezone")));
  if (!i.old_invitee) return [profile, meetingBooked(who, { ...about(i), ...answersIn(i) }, customIn(i))];
  const before = meetingOf(i.old_invitee);
  const moved = { ...about(i), ...answersIn(i), previous_meeting_id: before === about(i).meeting_id ? null : before };
  return [profile, meetingRescheduled(who, moved, customIn(i))];
});

/** A meeting was cancelled. */
export function cancelled(i: Invitee): Draft {
  return meetingCancelled(
    personOf(i),
    {
      ...about(i),
      ...answersIn(i),
      cancelled_by: fold(i.cancellation?.canceler_type, { invitee: "invitee", host: "host" }),
      cancellation_reason: i.cancellation?.reason,
    },
    customIn(i),
  );
}

/** The host marked the invitee as absent. */
export const onMissed = on(invitee, (i) => meetingMissed(personOf(i), about(i), customIn(i)));

/** The host took that back. */
export const onNotMissed = on(invitee, (i) => meetingNoShowWithdrawn(personOf(i), about(i), customIn(i)));

/** The invitee. The address is typed, perhaps someone else's. */
function personOf(i: Invitee): PersonFacts {
  return person({
    email: claimed(i.email),
    phone: i.text_reminder_number ?? undefined,
    ids: [reference("invitee", i.uri), reference("invitee", i.old_invitee), reference("submission", i.routing_form_submission)],
  });
}

function about(i: Invitee) {
  const meeting = i.scheduled_event;
  const { amount, currency } = i.payment ?? {};
  return {
    meeting_id: meeting?.uri ?? meetingOf(i.uri),
    meeting_name: meeting?.name,
    meeting_kind: meeting?.event_type,
    starts_at: meeting?.start_time,
    ends_at: meeting?.end_time,
    timezone: i.timezone,
    location: meeting?.location?.location || meeting?.location?.type,
    join_url: meeting?.location?.join_url,
    host_name: meeting?.event_memberships?.[0]?.user_name,
    guests_count: meeting?.event_guests?.length,
    ...pick(i, "cancel_url", "reschedule_url"),
    ...moneyProperties("amount", amount && currency ? fromDecimal(amount, currency) : null),
    ...attributionIn(i.tracking),
  };
}

function answersIn(i: Invitee) {
  return answers(i.questions_and_answers?.map(({ question, answer }) => [question, answer]));
}

function customIn({ tracking }: Invitee) {
  return { custom: customFields("tracking", pick(tracking, "salesforce_uuid")) };
}

/** An invitee's URI begins with that of the meeting. */
function meetingOf(invited: string): string {
  return invited.replace(/\/invitees\/[^/]*$/, "");
}
