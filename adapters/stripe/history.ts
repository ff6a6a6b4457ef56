/**
 * Stripe's past. For 30 days Stripe keeps its events, with the ids of their webhooks. Of what is older there are customers, subscriptions, invoices,
 * sessions of Checkout and charges: each is told in the form of the events that it must have had.
 *
 * @see https://docs.stripe.com/api/events/list
 * @see https://docs.stripe.com/api/pagination
 */
import * as z from "zod";
import { each, id, maybe, optional } from "../../src/contract/adapter.ts";
import type { Credentials, History, HistoryList, HistoryPage, PastWebhook, Span } from "../../src/contract/history.ts";

const HOST = "api.stripe.com";

const page = z.object({ data: z.array(z.looseObject({ id })), has_more: z.boolean() });

type Item = z.output<typeof page>["data"][number];

const { integer, text } = maybe;

const record = z.object({ id, created: z.int(), livemode: z.boolean() });

/** Which record an event is about. */
type Told = z.output<typeof record>;

/** Every list is newest first, and filtered by the time at which a record was made. */
function listOf(
  name: string,
  path: string,
  webhooksOf: (item: Item, since: string) => readonly PastWebhook[],
  query = "",
): HistoryList {
  return {
    name,
    request: ({ from, until }: Span, after, { STRIPE_API_KEY }: Credentials) => ({
      host: HOST,
      path: `${path}?limit=100&created[gte]=${seconds(from)}&created[lt]=${seconds(until)}${query}${after === null ? "" : `&starting_after=${encodeURIComponent(after)}`}`,
      headers: { authorization: `Bearer ${STRIPE_API_KEY}` },
    }),
    read: ({ body }, _span, _page, since): HistoryPage | null => {
      const found = page.safeParse(body).data;
      const last = found?.data.at(-1);
      if (!found || (found.has_more && !last)) return null;
      return {
        webhooks: found.data.flatMap((item) => webhooksOf(item, since)),
        next: found.has_more ? (last?.id ?? null) : null,
      };
    },
  };
}

/** From the second on in which a span begins, and before the one in which it ends. */
function seconds(time: string): number {
  return Math.ceil(Date.parse(time) / 1000);
}

function iso(second: number): string {
  return new Date(second * 1000).toISOString();
}

/** An event as Stripe would have sent it. Its id is made of the fact, and so is no id of Stripe's own. */
function told(
  type: string,
  { id: recordId, livemode }: Told,
  object: object,
  at: number,
  more: { readonly id?: string; readonly before?: object } = {},
): PastWebhook {
  const event = { object: "event", id: more.id ?? `${type}:${recordId}`, type, created: at, livemode };
  return { at: iso(at), body: { ...event, data: { object, ...(more.before && { previous_attributes: more.before }) } } };
}

const charge = record.extend({
  amount: integer,
  amount_refunded: integer,
  paid: maybe.boolean,
  refunds: optional(z.object({ data: z.array(z.object({ id, amount: z.int(), created: z.int(), status: text })) })),
});

const subscription = record.extend({
  status: text,
  ...each(integer, "trial_start", "trial_end", "canceled_at", "ended_at", "cancel_at", "current_period_start"),
  cancel_at_period_end: maybe.boolean,
  items: optional(z.object({ data: z.array(z.object({ current_period_start: integer })) })),
});

const invoice = record.extend({ status_transitions: optional(z.object({ paid_at: integer })) });

function aboutCustomer(item: Item, since: string): readonly PastWebhook[] {
  const customer = record.safeParse(item).data;
  if (!customer) return [];
  return [told(iso(customer.created) < since ? "customer.updated" : "customer.created", customer, item, customer.created)];
}

/** Its start, as it must have been; and how it ended, or how it stands if that is not how it began. */
function aboutSubscription(item: Item): readonly PastWebhook[] {
  const s = subscription.safeParse(item).data;
  // The first payment was never made.
  if (!s || s.status === "incomplete" || s.status === "incomplete_expired") return [];
  const beginning = {
    ...item,
    status: typeof s.trial_start === "number" ? "trialing" : "active",
    ...{ cancel_at: null, cancel_at_period_end: false, canceled_at: null, ended_at: null },
    ...{ cancellation_details: null, pause_collection: null },
  };
  const started = told("customer.subscription.created", s, beginning, s.created);
  if (typeof s.ended_at === "number") return [started, told("customer.subscription.deleted", s, item, s.ended_at)];
  const times = [s.canceled_at, s.current_period_start, s.items?.data[0]?.current_period_start, s.created];
  const at = Math.max(...times.filter((time) => typeof time === "number"));
  const isSame = s.status === beginning.status && at === s.created && !item.pause_collection;
  if (isSame) return [started];
  return [started, told("customer.subscription.updated", s, item, at, { id: `customer.subscription.updated:${s.id}:${at}` })];
}

function aboutInvoice(item: Item): readonly PastWebhook[] {
  const i = invoice.safeParse(item).data;
  return i ? [told("invoice.paid", i, item, i.status_transitions?.paid_at ?? i.created)] : [];
}

function aboutSession(item: Item): readonly PastWebhook[] {
  const session = record.safeParse(item).data;
  return session ? [told("checkout.session.completed", session, item, session.created)] : [];
}

/** The charge, and each of its refunds with what was paid back until then. */
function aboutCharge(item: Item): readonly PastWebhook[] {
  const c = charge.safeParse(item).data;
  if (c?.paid !== true) return [];
  const made = told("charge.succeeded", c, item, c.created);
  const refunds = (c.refunds?.data ?? []).filter(({ status }) => status === "succeeded");
  let sum = 0;
  const returned = refunds
    .toSorted((one, other) => one.created - other.created)
    .map((refund) => {
      const before = { amount_refunded: sum };
      sum += refund.amount;
      const then = { ...item, amount_refunded: sum, refunded: sum === c.amount };
      return told("charge.refunded", c, then, refund.created, { id: `charge.refunded:${refund.id}`, before });
    });
  return [made, ...returned];
}

const event = z.looseObject({ object: z.literal("event"), created: z.int() });

function asSent(item: Item): readonly PastWebhook[] {
  const found = event.safeParse(item).data;
  return found ? [{ at: iso(found.created), body: item }] : [];
}

export default {
  hosts: [HOST],
  credentials: {
    STRIPE_API_KEY: {
      hint: "a restricted key that may read customers, subscriptions, invoices, Checkout sessions, charges and events (rk_live_…)",
      format: /^(sk|rk)_(live|test)_\w+$/,
      isSecret: true,
    },
  },
  isTest: ({ STRIPE_API_KEY = "" }) => STRIPE_API_KEY.includes("_test_"),
  // 100 a second with live keys, 25 with test keys. @see https://docs.stripe.com/rate-limits
  pace: { requests: 20, seconds: 1 },
  people: [listOf("customers", "/v1/customers", aboutCustomer)],
  past: [
    listOf("subscriptions", "/v1/subscriptions", aboutSubscription, "&status=all"),
    listOf("sessions of Checkout", "/v1/checkout/sessions", aboutSession, "&status=complete"),
    listOf("charges", "/v1/charges", aboutCharge, "&expand[]=data.refunds"),
    listOf("invoices", "/v1/invoices", aboutInvoice, "&status=paid"),
  ],
  events: { ...listOf("events", "/v1/events", asSent), days: 29 },
  notes: {
    ids: "Of the last 29 days, Stripe's own events, with their ids. What is older has ids made of the fact (`invoice.paid:in_…`): Stripe keeps no event of it, so no webhook can bring it any more.",
    lacks:
      "Of what is older than that: changes of a subscription between its start and how it stands (its plan is today's), failed payments, disputes, and payments without an invoice or Checkout.",
  },
} satisfies History;
