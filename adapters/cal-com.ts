/**
 * Cal.com: bookings and answers of routing forms.
 *
 * A seat in a shared meeting has the uid of the whole meeting, so that no id but the body's own tells two bookings apart.
 *
 * @see https://cal.com/docs/developing/guides/automation/webhooks
 */
import * as z from "zod";
import { defineAdapter, on } from "../src/contract/define.ts";
import { type Draft, identify, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type PersonFacts, person, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { money } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";

/** People of one booking who are told of. */
const MOST_ATTENDEES = 20;

const { id } = fields;
const text = fields.text.nullish();
const time = fields.isoTime.nullish();

/** An answer: `{ label, value }`, the value of whatever kind. */
const answer = z
  .object({ value: text.catch(null) })
  .nullish()
  .catch(null);

const attendee = z.object({
  email: text,
  name: text,
  timeZone: text,
  phoneNumber: text,
  language: z.object({ locale: text }).nullish().catch(null),
});

const booking = z.object({
  uid: id,
  type: text,
  title: text,
  eventTitle: text,
  eventTypeId: id.nullish(),
  startTime: time,
  endTime: time,
  location: text,
  status: text,
  price: fields.integer.nullish(),
  currency: fields.currency.nullish(),
  rescheduleUid: text,
  rescheduleStartTime: time,
  cancellationReason: text,
  rejectionReason: text,
  organizer: z.object({ name: text }).nullish(),
  attendees: z.array(attendee).nullish(),
  responses: z.object({ email: answer, name: answer, attendeePhoneNumber: answer }).nullish().catch(null),
});

const noShow = z.object({
  bookingUid: id,
  attendees: z.array(z.object({ email: text, noShow: z.boolean() })),
});

const form = z.object({
  formId: id,
  formName: text,
  responses: z.object({ email: answer, name: answer }).nullish(),
});

export default defineAdapter({
  id: "cal-com",
  name: "Cal.com",
  docs: "https://cal.com/docs/developing/guides/automation/webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "The secret that you give the webhook: at least 16 random characters",
    demo: "tributary_demo_cal_com_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "x-cal-signature-256",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  // The start and end of a meeting once stood beside `triggerEvent`, without a `payload`.
  webhook: z.object({
    body: z.looseObject({ triggerEvent: fields.text, createdAt: time, payload: z.looseObject({}).nullish() }),
  }),
  events: ({ body: { triggerEvent: type, createdAt, payload, ...rest } }, { bodyHash, receivedAt }) => [
    {
      id: `${type}:${bodyHash}`,
      type,
      occurredAt: payload ? (createdAt ?? receivedAt) : receivedAt,
      test: false,
      data: payload ?? rest,
    },
  ],
  handlers: {
    BOOKING_CREATED: onBooking("Meeting Booked"),
    BOOKING_REQUESTED: onBooking("Meeting Requested"),
    BOOKING_REJECTED: onBooking("Meeting Declined"),
    BOOKING_RESCHEDULED: onBooking("Meeting Rescheduled"),
    BOOKING_CANCELLED: onBooking("Meeting Cancelled"),
    BOOKING_PAID: on(booking, (b) =>
      track(bookerOf(b), "Meeting Paid", {
        ...about(b),
        ...money("total", b.price || null, b.currency),
      }),
    ),
    BOOKING_NO_SHOW_UPDATED: on(noShow, ({ bookingUid: uid, attendees }) =>
      attendees
        .slice(0, MOST_ATTENDEES)
        .map((a) =>
          track(
            person({ email: claimed(a.email), ids: [reference("booking", uid)] }),
            a.noShow ? "Meeting No Show Marked" : "Meeting No Show Unmarked",
            { booking_uid: uid },
          ),
        ),
    ),
    MEETING_STARTED: on(booking, (b) => track(bookerOf(b), "Meeting Started", about(b))),
    MEETING_ENDED: on(booking, (b) => track(bookerOf(b), "Meeting Ended", about(b))),
    FORM_SUBMITTED: on(form, (f) => {
      const visitor = person({ email: claimed(f.responses?.email?.value) });
      return [
        identify(visitor, { name: f.responses?.name?.value }),
        track(visitor, "Form Submitted", { form_id: f.formId, form_title: f.formName }),
      ];
    }),
    ...ignoring("FORM_SUBMITTED said it", "FORM_SUBMITTED_NO_EVENT"),
    ...ignoring("BOOKING_PAID has the outcome", "BOOKING_PAYMENT_INITIATED"),
    ...ignoring(
      "for the host",
      `AFTER_GUESTS_CAL_VIDEO_NO_SHOW AFTER_HOSTS_CAL_VIDEO_NO_SHOW DELEGATION_CREDENTIAL_ERROR INSTANT_MEETING OOO_CREATED
      RECORDING_READY RECORDING_TRANSCRIPTION_GENERATED WRONG_ASSIGNMENT_REPORT`,
    ),
    ...ignoring("asks whether somebody is there", "PING"),
  },
  habits: {
    timeoutSeconds: null,
    retries: "never, as far as is documented",
    givesUp: "never, as far as is documented",
    setup: [
      "In Cal.com open Settings > Developer > Webhooks, or the Webhooks tab of a team or of one event type, and choose New.",
      "Enter the URL of this source, the event triggers that are listed here, and a random secret, without which nothing is signed: it is the source's secret.",
      "Leave Custom Payload Template off.",
      "A booking is sent by every webhook that it falls under: use those of one level only.",
      "In a routing form the identifiers of the questions must be email and name.",
    ],
  },
});

type Booking = z.output<typeof booking>;

/** The first attendee has booked, the others are guests. */
function bookerOf(b: Booking): PersonFacts {
  const booker = b.attendees?.[0];
  return person({
    email: claimed(booker?.email || b.responses?.email?.value),
    phone: booker?.phoneNumber || b.responses?.attendeePhoneNumber?.value,
    ids: [reference("booking", b.uid), reference("booking", b.rescheduleUid)],
  });
}

function profile(b: Booking): Draft {
  const booker = b.attendees?.[0];
  return identify(bookerOf(b), {
    name: booker?.name || b.responses?.name?.value,
    timezone: booker?.timeZone,
    locale: booker?.language?.locale,
  });
}

function onBooking(event: string) {
  return on(booking, (b) => [profile(b), track(bookerOf(b), event, about(b))]);
}

function about(b: Booking): Properties {
  return {
    booking_uid: b.uid,
    previous_booking_uid: b.rescheduleUid,
    event_type_id: b.eventTypeId,
    meeting: b.eventTitle ?? b.type,
    title: b.title,
    start_time: b.startTime,
    end_time: b.endTime,
    previous_start_time: b.rescheduleStartTime,
    location: b.location,
    status: b.status?.toLowerCase(),
    host_name: b.organizer?.name,
    guests_count: b.attendees ? Math.max(0, b.attendees.length - 1) : undefined,
    reason: b.cancellationReason ?? b.rejectionReason,
  };
}
