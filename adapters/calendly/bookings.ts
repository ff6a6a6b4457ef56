/**
 * Calendly's bookings and routing forms: invitee, time, place and answers.
 */
import * as z from "zod";
import type { Draft, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
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
  track,
} from "../../src/contract/adapter.ts";

const MOST_ANSWERS = 20;

const { text, isoTime: time } = maybe;

const answered = z.object({
  questions_and_answers: optional(list(z.object({ question: text, answer: text }))),
  tracking: optional(
    z.object(each(text, "utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "salesforce_uuid")),
  ),
});

type Answered = z.output<typeof answered>;

/** A booking of one invitee. */
export const invitee = answered.extend({
  uri: id,
  ...each(text, "email", "name", "first_name", "last_name", "timezone", "text_reminder_number"),
  rescheduled: decisive(z.boolean()),
  old_invitee: decisive(anyText),
  ...each(text, "cancel_url", "reschedule_url"),
  cancellation: optional(z.object({ canceler_type: text, reason: text })),
  payment: optional(z.object({ amount: maybe.decimal, currency: maybe.currency })),
  scheduled_event: optional(
    z.object({
      ...each(text, "uri", "name", "event_type"),
      ...each(time, "start_time", "end_time"),
      location: optional(z.object(each(text, "type", "location", "join_url"))),
      event_memberships: optional(z.array(z.object({ user_name: text }))),
    }),
  ),
});

type Invitee = z.output<typeof invitee>;

const submission = answered.extend({ uri: id, routing_form: text });

/** A booking event. */
export function onInvitee(event: string) {
  return on(invitee, (i) => track(personOf(i), event, about(i)));
}

/** Answers to a routing form, with or without a booking. */
export const onSubmission = on(submission, (s) =>
  track(person({ email: claimed(addressIn(s)), ids: [reference("submission", s.uri)] }), "Routing Form Submitted", {
    routing_form: s.routing_form,
    ...answersOf(s),
  }),
);

/** The invitee. The address is typed, perhaps someone else's. */
export function personOf(i: Invitee): PersonFacts {
  return person({
    email: claimed(i.email),
    phone: i.text_reminder_number,
    ids: [reference("invitee", i.uri), reference("invitee", i.old_invitee)],
  });
}

/** Traits of the invitee. */
export function profile(i: Invitee): Draft {
  return identify(personOf(i), pick(i, "name", "first_name", "last_name", "timezone"));
}

/** Properties of the meeting. */
export function about(i: Invitee): Properties {
  const meeting = i.scheduled_event;
  const { amount, currency } = i.payment ?? {};
  return {
    invitee_uri: i.uri,
    previous_invitee_uri: i.old_invitee,
    event_uri: meeting?.uri,
    event_type_uri: meeting?.event_type,
    meeting: meeting?.name,
    ...pick(meeting, "start_time", "end_time"),
    location_type: meeting?.location?.type,
    location: meeting?.location?.join_url ?? meeting?.location?.location,
    host_name: meeting?.event_memberships?.[0]?.user_name,
    ...pick(i, "cancel_url", "reschedule_url"),
    ...moneyProperties("amount", amount && currency ? fromDecimal(amount, currency) : null),
    ...answersOf(i),
  };
}

function answersOf({ questions_and_answers: all, tracking }: Answered): Properties {
  return {
    answers: all?.slice(0, MOST_ANSWERS).map(({ question, answer }) => ({ question, answer })),
    answers_count: all?.length,
    ...tracking,
  };
}

/** A routing form has no address field: the address is the answer to the question that asks for one. */
function addressIn({ questions_and_answers: all }: Answered): Maybe<string> {
  return all?.find(({ question }) => /e-?mail/i.test(question ?? ""))?.answer;
}
