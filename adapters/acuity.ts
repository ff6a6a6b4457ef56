/**
 * Acuity Scheduling: appointments booked, moved and cancelled.
 *
 * A webhook names an appointment by its id alone, without a time: it is looked up, and two changes of one kind within an hour count once.
 *
 * @see https://developers.acuityscheduling.com/docs/webhooks
 */
import * as z from "zod";
import type { Lookup } from "../src/contract/adapter.ts";
import {
  claimed,
  defineAdapter,
  each,
  id,
  identify,
  ignoring,
  isoTime,
  list,
  maybe,
  on,
  optional,
  person,
  reference,
  text,
  told,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import {
  answers,
  attributionIn,
  isOfCampaign,
  type Maker,
  meetingBooked,
  meetingCancelled,
  meetingRescheduled,
} from "../src/vocabulary/adapter.ts";

const HOST = "acuityscheduling.com";

const webhook = z.object({ id, appointmentTypeID: maybe.id });

const value = z.object({ name: text, value: text });

/** @see https://developers.acuityscheduling.com/reference/get-appointments-id */
const appointment = z.object({
  id,
  ...each(maybe.text, "firstName", "lastName", "email", "phone", "type", "calendar", "timezone", "location", "confirmationPage"),
  appointmentTypeID: maybe.id,
  datetime: isoTime,
  duration: maybe.number,
  forms: optional(list(z.object({ values: optional(list(value)) }))),
});

type Appointment = z.output<typeof appointment>;

const personOf = (appointmentId: string, a?: Appointment) =>
  person({ email: claimed(a?.email), phone: a?.phone ?? undefined, ids: [reference("appointment", appointmentId)] });

const profile = (a: Appointment) =>
  identify(personOf(a.id, a), told({ first_name: a.firstName, last_name: a.lastName, timezone: a.timezone }));

function about(a: Appointment) {
  const asked = (a.forms ?? []).flatMap(({ values }) => values ?? []);
  const length = (a.duration ?? 0) * 60_000;
  return {
    meeting_id: a.id,
    meeting_name: a.type,
    meeting_kind: a.appointmentTypeID,
    starts_at: a.datetime,
    ends_at: length > 0 ? new Date(Date.parse(a.datetime) + length).toISOString() : null,
    timezone: a.timezone,
    location: a.location,
    host_name: a.calendar,
    reschedule_url: a.confirmationPage,
    cancel_url: a.confirmationPage,
    ...answers(asked.filter(({ name }) => !isOfCampaign(name)).map((one) => [one.name, one.value])),
    ...attributionIn(asked),
  };
}

/** What happened to an appointment; without a look-up neither the person nor the time is known. */
function onAppointment(make: Maker<{ readonly meeting_id: string } & Partial<ReturnType<typeof about>>>) {
  return on(webhook, ({ id: appointmentId, appointmentTypeID: meeting_kind }, { found }) => {
    const a = appointment.safeParse(found).data;
    if (a) return [profile(a), make(personOf(a.id, a), about(a))];
    return make(personOf(appointmentId), { meeting_id: appointmentId, meeting_kind });
  });
}

const lookup: Lookup = {
  hosts: [HOST],
  // The key is written as `user id:API key`.
  request: ({ kind, id: appointmentId }, apiKey) =>
    kind === "appointment"
      ? {
          host: HOST,
          path: `/api/v1/appointments/${encodeURIComponent(appointmentId)}?pastFormAnswers=false`,
          headers: { authorization: `Basic ${btoa(apiKey)}` },
        }
      : null,
  read: (body) => {
    const a = appointment.safeParse(body).data;
    return a ? [profile(a)] : null;
  },
  found: (body) => appointment.safeParse(body).data,
};

export default defineAdapter({
  id: "acuity",
  name: "Acuity Scheduling",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "API key of the account's main admin (Integrations > API)",
    demo: "tributary_demo_acuity_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "x-acuity-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  format: "form",
  webhook: z.object({ body: z.looseObject({ action: text, id }) }),
  events: ({ body: { action, ...data } }, { receivedAt: occurredAt }) => {
    const type = action.replace(/^appointment\./, "");
    const hour = occurredAt.slice(0, 13);
    const once = type === "scheduled" ? data.id : `${hour}:${data.id}`;
    return [{ id: `${type}:${once}`, type, occurredAt, test: false, data }];
  },
  givesUp: { hours: 5 * 24 },
  handlers: {
    scheduled: onAppointment(meetingBooked),
    rescheduled: onAppointment(meetingRescheduled),
    canceled: onAppointment(meetingCancelled),
    ...ignoring("comes beside all others, and does not say what changed", "changed"),
    ...ignoring("an order of packages or gift certificates, which names no person", "order.completed"),
  },
  lookup,
});
