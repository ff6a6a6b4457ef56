/**
 * Calendly: who books, moves, cancels or misses a meeting, and answers of routing forms.
 *
 * A meeting that is moved makes two webhooks; the new booking tells of it, the cancelled one is left out.
 *
 * @see https://developer.calendly.com/docs/api-guides/see-how-webhook-payloads-change-when-invitees-reschedule-events
 */
import * as z from "zod";
import { defineAdapter, on } from "../src/contract/define.ts";
import { type Draft, identify, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { fromDecimal, moneyProperties } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { keyed } from "../src/contract/verify/layouts.ts";

const MOST_ANSWERS = 20;

const { id } = fields;
const text = fields.text.nullish();
const time = fields.isoTime.nullish();

const answers = z.array(z.object({ question: text, answer: text })).nullish();
const tracking = z
  .object({ utm_campaign: text, utm_source: text, utm_medium: text, utm_content: text, utm_term: text, salesforce_uuid: text })
  .nullish();

const invitee = z.object({
  uri: id,
  email: text,
  name: text,
  first_name: text,
  last_name: text,
  timezone: text,
  text_reminder_number: text,
  rescheduled: z.boolean().nullish(),
  old_invitee: text,
  cancel_url: text,
  reschedule_url: text,
  cancellation: z.object({ canceler_type: text, reason: text }).nullish(),
  payment: z.object({ amount: fields.decimal.nullish(), currency: fields.currency.nullish() }).nullish(),
  questions_and_answers: answers,
  tracking,
  scheduled_event: z
    .object({
      uri: text,
      name: text,
      start_time: time,
      end_time: time,
      event_type: text,
      location: z.object({ type: text, location: text, join_url: text }).nullish(),
      event_memberships: z.array(z.object({ user_name: text })).nullish(),
    })
    .nullish(),
});

const submission = z.object({ uri: id, routing_form: text, questions_and_answers: answers, tracking });

export default defineAdapter({
  id: "calendly",
  name: "Calendly",
  docs: "https://developer.calendly.com/docs/api-guides/trigger-automations-with-other-apps-when-invitees-schedule-or-cancel-events",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "The signing key of the webhook subscription",
    demo: "tributary_demo_calendly_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "calendly-webhook-signature",
    encoding: "hex",
    covers: "body",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 180,
  }),
  webhook: z.object({
    body: z.object({
      event: fields.text,
      created_at: fields.isoTime,
      payload: z.looseObject({
        uri: id.nullish().catch(null),
        no_show: z.object({ uri: id }).nullish().catch(null),
      }),
    }),
  }),
  // A booking has one invitee of its own, and each time that it counts as missed a no-show.
  events: ({ body: { event: type, created_at: occurredAt, payload: data } }, { bodyHash }) => [
    { id: `${type}:${data.no_show?.uri ?? data.uri ?? bodyHash}`, type, occurredAt, test: false, data },
  ],
  handlers: {
    "invitee.created": on(invitee, (i) => [
      profile(i),
      track(personOf(i), i.old_invitee ? "Meeting Rescheduled" : "Meeting Booked", about(i)),
    ]),
    "invitee.canceled": on(invitee, (i) =>
      i.rescheduled
        ? ignore("invitee.created says that it was moved")
        : track(personOf(i), "Meeting Cancelled", {
            ...about(i),
            cancelled_by: i.cancellation?.canceler_type,
            reason: i.cancellation?.reason,
          }),
    ),
    "invitee_no_show.created": on(invitee, (i) => track(personOf(i), "Meeting No Show Marked", about(i))),
    "invitee_no_show.deleted": on(invitee, (i) => track(personOf(i), "Meeting No Show Unmarked", about(i))),
    "routing_form_submission.created": on(submission, (s) =>
      track(person({ email: claimed(addressIn(s)), ids: [reference("submission", s.uri)] }), "Routing Form Submitted", {
        routing_form: s.routing_form,
        ...answersOf(s),
        ...s.tracking,
      }),
    ),
    ...ignoring("about the calendar, not a person", "event_type.created event_type.deleted event_type.updated"),
  },
  // @see https://community.calendly.com/developer-faq-62/why-am-i-not-receiving-webhook-data-how-does-a-webhook-become-disabled-548
  habits: {
    timeoutSeconds: null,
    retries: "for up to 24 hours, further and further apart",
    givesUp: "a subscription that failed for 24 hours is disabled, and has to be made again",
    setup: [
      "Webhooks need a paid plan, and are made through the API: create a personal access token under Integrations & apps > API and webhooks.",
      "POST to https://api.calendly.com/webhook_subscriptions: url (this source's), organization, scope organization, a random signing_key, and the events invitee.created, invitee.canceled, invitee_no_show.created, invitee_no_show.deleted and routing_form_submission.created.",
      "The signing key is the source's secret.",
      "Subscribe to invitee.created and invitee.canceled together: only so is a meeting that is moved told from one that is cancelled.",
    ],
  },
});

type Invitee = z.output<typeof invitee>;
type Answered = Pick<Invitee, "questions_and_answers">;

/** Whoever books types an address, perhaps another's. */
function personOf(i: Invitee): PersonFacts {
  return person({
    email: claimed(i.email),
    phone: i.text_reminder_number,
    ids: [reference("invitee", i.uri), reference("invitee", i.old_invitee)],
  });
}

function profile(i: Invitee): Draft {
  const { name, first_name, last_name, timezone } = i;
  return identify(personOf(i), { name, first_name, last_name, timezone });
}

function about(i: Invitee): Properties {
  const meeting = i.scheduled_event;
  const { amount, currency } = i.payment ?? {};
  return {
    invitee_uri: i.uri,
    previous_invitee_uri: i.old_invitee,
    event_uri: meeting?.uri,
    event_type_uri: meeting?.event_type,
    meeting: meeting?.name,
    start_time: meeting?.start_time,
    end_time: meeting?.end_time,
    location_type: meeting?.location?.type,
    location: meeting?.location?.join_url ?? meeting?.location?.location,
    host_name: meeting?.event_memberships?.[0]?.user_name,
    cancel_url: i.cancel_url,
    reschedule_url: i.reschedule_url,
    ...moneyProperties("amount", amount && currency ? fromDecimal(amount, currency) : null),
    ...answersOf(i),
    ...i.tracking,
  };
}

function answersOf({ questions_and_answers: all }: Answered): Properties {
  return {
    answers: all?.slice(0, MOST_ANSWERS).map(({ question, answer }) => ({ question, answer })),
    answers_count: all?.length,
  };
}

/** A routing form has no field of its own for the address: it is the answer to whatever asks for one. */
function addressIn({ questions_and_answers: all }: Answered): Maybe<string> {
  return all?.find(({ question }) => /e-?mail/i.test(question ?? ""))?.answer;
}
