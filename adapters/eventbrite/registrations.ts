/**
 * Eventbrite's orders and attendees, as its API tells them. Amounts are in minor units, with their currency.
 *
 * @see https://www.eventbrite.com/platform/api#/reference/order
 */
import * as z from "zod";
import type { Lookup, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  each,
  fromMinor,
  id,
  identify,
  integer,
  list,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  reference,
  told,
} from "../../src/contract/adapter.ts";
import { answers, type Maker } from "../../src/vocabulary/adapter.ts";

const HOST = "www.eventbriteapi.com";

/** An order's id, or an event's and an attendee's, joined by a full stop. */
const record = z.object({ kind: z.enum(["order", "attendee"]), id });

/** The order or attendee at an address of Eventbrite's API; `null` for all other addresses. */
export function recordAt(url: string): z.output<typeof record> | null {
  const [, order, event, attendee] =
    /^https:\/\/www\.eventbriteapi\.com\/v3\/(?:orders\/(\d{1,20})|events\/(\d{1,20})\/attendees\/(\d{1,20}))\/?$/.exec(url) ??
    [];
  if (order) return { kind: "order", id: order };
  return attendee ? { kind: "attendee", id: `${event}.${attendee}` } : null;
}

const moment = optional(z.object({ utc: maybe.isoTime, timezone: maybe.text }));

const contact = z.object(each(maybe.text, "name", "first_name", "last_name", "email", "cell_phone"));

const found = contact.extend({
  id,
  event_id: id,
  profile: optional(contact),
  costs: optional(z.object({ gross: optional(z.object({ currency, value: integer })) })),
  event: optional(
    z.object({
      name: optional(z.object({ text: maybe.text })),
      ...each(moment, "start", "end"),
      venue: optional(z.object({ name: maybe.text })),
      online_event: maybe.flag,
    }),
  ),
  answers: optional(list(z.object({ question: maybe.text, answer: maybe.text }))),
  attendees: optional(list(z.object({ id }))),
});

type Found = z.output<typeof found>;

function personOf(f: Found, ref: Maybe<{ readonly kind: string; readonly id: string }>): PersonFacts {
  const { email, cell_phone } = f.profile ?? f;
  return person({
    email: claimed(email),
    phone: cell_phone ?? undefined,
    ids: [ref ? reference(ref.kind, ref.id) : null],
  });
}

/** An order has its buyer, an attendee a profile of its own. */
const refOf = (f: Found) => (f.profile ? { kind: "attendee", id: `${f.event_id}.${f.id}` } : { kind: "order", id: f.id });

function profileOf(f: Found) {
  const { name, first_name, last_name } = f.profile ?? f;
  return identify(personOf(f, refOf(f)), told({ name, first_name, last_name }));
}

function about(f: Found) {
  const gross = f.costs?.gross;
  return {
    meeting_id: f.event_id,
    meeting_name: f.event?.name?.text,
    starts_at: f.event?.start?.utc,
    ends_at: f.event?.end?.utc,
    timezone: f.event?.start?.timezone,
    location: f.event?.venue?.name ?? (f.event?.online_event ? "online" : null),
    guests_count: f.attendees && f.attendees.length > 0 ? f.attendees.length - 1 : null,
    ...moneyProperties("amount", gross ? fromMinor(gross.value, gross.currency) : null),
  };
}

type About = { readonly meeting_id: string } & Partial<ReturnType<typeof about>>;

/** What happened to an order or an attendee. Without a look-up neither the person nor the event is known. */
export function onRegistration(make: Maker<About>) {
  return on(record, (ref, { found: looked }) => {
    const f = found.safeParse(looked).data;
    if (!f) return make(person({ ids: [reference(ref.kind, ref.id)] }), { meeting_id: ref.id.split(".")[0] ?? ref.id });
    const draft = make(personOf(f, ref), about(f));
    const { event } = draft;
    const asked = event === "Meeting Booked" ? answers(f.answers?.map((one) => [one.question, one.answer])) : {};
    return [profileOf(f), { ...draft, properties: { ...draft.properties, ...asked } }];
  });
}

/** @see https://www.eventbrite.com/platform/api#/introduction/expansions */
export const lookup: Lookup = {
  hosts: [HOST],
  request: ({ kind, id: given }, apiKey) => {
    const [first = "", second = ""] = given.split(".").map(encodeURIComponent);
    const headers = { authorization: `Bearer ${apiKey}` };
    if (kind === "order") return { host: HOST, path: `/v3/orders/${first}/?expand=event.venue,attendees`, headers };
    if (kind !== "attendee") return null;
    return { host: HOST, path: `/v3/events/${first}/attendees/${second}/?expand=event.venue`, headers };
  },
  read: (body) => {
    const f = found.safeParse(body).data;
    return f ? [profileOf(f)] : null;
  },
  found: (body) => found.safeParse(body).data,
};
