/**
 * Chargebee's past. For 90 days Chargebee shows its events, with the ids of their webhooks. Of what is older there are customers, subscriptions and
 * transactions.
 *
 * @see https://apidocs.chargebee.com/docs/api/events#list_events
 * @see https://apidocs.chargebee.com/docs/api/#pagination_and_filtering
 */
import * as z from "zod";
import { text as anyText, decisive, each, id, maybe, optional } from "../../src/contract/adapter.ts";
import type { Credentials, History, HistoryList, HistoryPage, PastWebhook, Span } from "../../src/contract/history.ts";

const HOST = "{CHARGEBEE_SITE}.chargebee.com";

const page = z.object({ list: z.array(z.unknown()), next_offset: decisive(anyText) });

const { integer, text } = maybe;

const customer = z.object({ customer: z.looseObject({ id, created_at: z.int() }) });

const subscription = z.object({
  subscription: z.looseObject({
    id,
    created_at: z.int(),
    status: text,
    ...each(integer, "started_at", "trial_start", "cancelled_at", "updated_at"),
  }),
  customer: optional(z.looseObject({})),
});

const transaction = z.object({ transaction: z.looseObject({ id, date: z.int(), type: text }) });

const event = z.object({ event: z.looseObject({ id, occurred_at: z.int() }) });

function listOf(
  name: string,
  path: string,
  webhooksOf: (item: unknown, since: string) => readonly PastWebhook[],
  queryOf: (span: Span) => string,
): HistoryList {
  return {
    name,
    request: (span, offset, { CHARGEBEE_API_KEY = "" }: Credentials) => ({
      host: HOST,
      path: `/api/v2${path}?limit=100&${queryOf(span)}${offset === null ? "" : `&offset=${encodeURIComponent(offset)}`}`,
      headers: { authorization: `Basic ${btoa(`${CHARGEBEE_API_KEY}:`)}` },
    }),
    read: ({ body }, _span, _page, since): HistoryPage | null => {
      const found = page.safeParse(body).data;
      return found ? { webhooks: found.list.flatMap((item) => webhooksOf(item, since)), next: found.next_offset || null } : null;
    },
  };
}

/** Both ends belong to it. */
function between(field: string): (span: Span) => string {
  return ({ from, until }) => {
    const [first, last] = [Math.ceil(Date.parse(from) / 1000), Math.ceil(Date.parse(until) / 1000) - 1];
    return `${field}[between]=${encodeURIComponent(`[${first},${last}]`)}&sort_by[asc]=${field}`;
  };
}

function iso(second: number): string {
  return new Date(second * 1000).toISOString();
}

/** An event as Chargebee would have sent it. Its id is made of the fact, and so is no id of Chargebee's own. */
function told(type: string, recordId: string, content: object, at: number): PastWebhook {
  return { at: iso(at), body: { id: `${type}:${recordId}`, event_type: type, occurred_at: at, content } };
}

function aboutCustomer(item: unknown, since: string): readonly PastWebhook[] {
  const c = customer.safeParse(item).data?.customer;
  if (!c) return [];
  if (iso(c.created_at) >= since) return [told("customer_created", c.id, { customer: c }, c.created_at)];
  return [{ ...told("customer_changed", c.id, { customer: c }, c.created_at), isState: true }];
}

/** Its start, as it must have been; and how it ended, or how it stands if that is not how it began. */
function aboutSubscription(item: unknown): readonly PastWebhook[] {
  const found = subscription.safeParse(item).data;
  const s = found?.subscription;
  if (!s || s.status === "future") return [];
  const content = (of: object) => ({ subscription: of, ...(found.customer && { customer: found.customer }) });
  const beginning = {
    ...s,
    status: s.trial_start ? "in_trial" : "active",
    ...{ cancelled_at: null, cancel_reason: null, cancel_reason_code: null, cancel_schedule_created_at: null },
    ...{ pause_date: null, resume_date: null },
  };
  const started = told("subscription_created", s.id, content(beginning), s.created_at);
  if (s.status === "cancelled" && s.cancelled_at)
    return [started, told("subscription_cancelled", s.id, content(s), s.cancelled_at)];
  // Of these the handler tells the state alone.
  const stands = s.updated_at ?? s.created_at;
  const state = told("mrr_updated", `${s.id}:${stands}`, content(s), stands);
  return s.status === beginning.status ? [started] : [started, { ...state, isState: true }];
}

function aboutTransaction(item: unknown): readonly PastWebhook[] {
  const t = transaction.safeParse(item).data?.transaction;
  if (!t) return [];
  return [told(t.type === "refund" ? "payment_refunded" : "payment_succeeded", t.id, { transaction: t }, t.date)];
}

function asSent(item: unknown): readonly PastWebhook[] {
  const found = event.safeParse(item).data?.event;
  return found ? [{ at: iso(found.occurred_at), body: found }] : [];
}

export default {
  hosts: [HOST],
  credentials: {
    CHARGEBEE_SITE: {
      hint: "the site's name: example of example.chargebee.com",
      format: /^[a-z0-9][a-z0-9-]*$/,
      isSecret: false,
    },
    CHARGEBEE_API_KEY: { hint: "a read-only API key of the site", format: /^(live|test)_\w+$/, isSecret: true },
  },
  isTest: ({ CHARGEBEE_API_KEY = "", CHARGEBEE_SITE = "" }) =>
    CHARGEBEE_API_KEY.startsWith("test_") || CHARGEBEE_SITE.endsWith("-test"),
  // 150 a minute. @see https://apidocs.chargebee.com/docs/api/error-handling#api_limits
  pace: { requests: 2, seconds: 1 },
  people: [listOf("customers", "/customers", aboutCustomer, () => "sort_by[asc]=created_at")],
  past: [
    listOf("subscriptions", "/subscriptions", aboutSubscription, between("created_at")),
    listOf(
      "transactions",
      "/transactions",
      aboutTransaction,
      (span) => `${between("date")(span)}&status[is]=success&type[in]=${encodeURIComponent('["payment","refund"]')}`,
    ),
  ],
  // Events older than 90 days are not shown.
  events: { ...listOf("events", "/events", asSent, between("occurred_at")), days: 85 },
  notes: {
    ids: "Of the last 85 days, Chargebee's own events, with their ids. What is older has ids made of the fact (`payment_succeeded:txn_…`).",
    lacks:
      "Of what is older than that: changes, pauses and reactivations of a subscription (its plan is today's), failed payments, and the invoice of a payment.",
  },
} satisfies History;
