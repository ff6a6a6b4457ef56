/**
 * Paddle's past. For 90 days Paddle keeps its events, with the ids of their webhooks. Of what is older there are customers, subscriptions,
 * completed transactions and adjustments.
 *
 * @see https://developer.paddle.com/api-reference/events/list-events
 * @see https://developer.paddle.com/api-reference/about/pagination
 */
import * as z from "zod";
import { each, id, isoTime, maybe, optional } from "../../src/contract/adapter.ts";
import type { Credentials, History, HistoryList, HistoryPage, PastWebhook, Span } from "../../src/contract/history.ts";

const LIVE = "api.paddle.com";
const SANDBOX = "sandbox-api.paddle.com";

const page = z.object({
  data: z.array(z.unknown()),
  meta: z.object({ pagination: z.object({ next: maybe.text, has_more: z.boolean() }) }),
});

const record = z.looseObject({ id, created_at: isoTime });

const subscription = record.extend({ status: maybe.text, ...each(maybe.isoTime, "started_at", "canceled_at", "updated_at") });

const transaction = record.extend({
  billed_at: maybe.isoTime,
  payments: optional(z.array(z.object({ captured_at: maybe.isoTime }))),
});

const adjustment = record.extend({ action: maybe.text, status: maybe.text });

/** Ids are in the order of time, so that the last of a page is where the next begins. */
function listOf(
  name: string,
  path: string,
  webhooksOf: (item: unknown, since: string) => readonly PastWebhook[],
  queryOf: (span: Span) => string = () => "",
): HistoryList {
  return {
    name,
    request: (span, after, { PADDLE_API_KEY = "" }: Credentials) => ({
      host: isSandbox(PADDLE_API_KEY) ? SANDBOX : LIVE,
      path: `${path}${path.includes("?") ? "&" : "?"}order_by=id[ASC]&per_page=200${queryOf(span)}${after === null ? "" : `&after=${encodeURIComponent(after)}`}`,
      headers: { authorization: `Bearer ${PADDLE_API_KEY}` },
    }),
    read: ({ body }, _span, _page, since): HistoryPage | null => {
      const found = page.safeParse(body).data;
      if (!found) return null;
      const { next, has_more } = found.meta.pagination;
      const after = next ? URL.parse(next)?.searchParams.get("after") : null;
      if (has_more && !after) return null;
      return { webhooks: found.data.flatMap((item) => webhooksOf(item, since)), next: has_more ? (after ?? null) : null };
    },
  };
}

function isSandbox(key: string): boolean {
  return key.startsWith("pdl_sdbx_");
}

/** An event as Paddle would have sent it. Its id is made of the fact, and so is no id of Paddle's own. */
function told(type: string, recordId: string, data: unknown, at: string): PastWebhook {
  return { at, body: { event_id: `${type}:${recordId}`, event_type: type, occurred_at: at, data } };
}

function aboutCustomer(item: unknown, since: string): readonly PastWebhook[] {
  const c = record.safeParse(item).data;
  if (!c) return [];
  if (c.created_at >= since) return [told("customer.created", c.id, item, c.created_at)];
  return [{ ...told("customer.updated", c.id, item, c.created_at), isState: true }];
}

/** Its start, as it must have been; and how it ended, or how it stands. */
function aboutSubscription(item: unknown, since: string): readonly PastWebhook[] {
  const s = subscription.safeParse(item).data;
  if (!s) return [];
  const started = s.started_at ?? s.created_at;
  const beginning = { ...s, status: "active", canceled_at: null, paused_at: null, scheduled_change: null };
  const ended = s.status === "canceled" ? s.canceled_at : null;
  const stands = s.updated_at ?? s.created_at;
  // Of this event the handler tells the state alone.
  const state = { ...told("subscription.imported", `${s.id}:${stands}`, item, stands), isState: true as const };
  return [
    ...(s.status === "trialing" || started < since ? [] : [told("subscription.activated", s.id, beginning, started)]),
    ...(ended && ended >= since ? [told("subscription.canceled", s.id, item, ended)] : [state]),
  ];
}

function aboutTransaction(item: unknown): readonly PastWebhook[] {
  const t = transaction.safeParse(item).data;
  if (!t) return [];
  const captured = t.payments?.map(({ captured_at }) => captured_at).find((time) => time);
  return [told("transaction.completed", t.id, item, captured ?? t.billed_at ?? t.created_at)];
}

/** Refunds have the ids of their webhooks already: the adapter makes them of the adjustment. */
function aboutAdjustment(item: unknown, since: string): readonly PastWebhook[] {
  const a = adjustment.safeParse(item).data;
  if (!a || a.created_at < since) return [];
  return [told("adjustment.created", a.id, item, a.created_at)];
}

const event = z.object({ event_id: id, occurred_at: isoTime });

function asSent(item: unknown): readonly PastWebhook[] {
  const found = event.safeParse(item).data;
  return found ? [{ at: found.occurred_at, body: item }] : [];
}

export default {
  hosts: [LIVE, SANDBOX],
  credentials: {
    PADDLE_API_KEY: {
      hint: "an API key that may read customers, subscriptions, transactions, adjustments and events (pdl_live_apikey_…)",
      format: /^pdl_(live|sdbx)_apikey_\w+$/,
      isSecret: true,
    },
  },
  isTest: ({ PADDLE_API_KEY = "" }) => isSandbox(PADDLE_API_KEY),
  // 240 a minute. @see https://developer.paddle.com/api-reference/about/rate-limiting
  pace: { requests: 3, seconds: 1 },
  people: [
    listOf("customers", "/customers", aboutCustomer),
    // They cannot be asked for by time.
    listOf("subscriptions", "/subscriptions", aboutSubscription),
    listOf("adjustments", "/adjustments", aboutAdjustment),
  ],
  past: [
    listOf(
      "transactions",
      "/transactions?status=completed",
      aboutTransaction,
      ({ from, until }) => `&created_at[GTE]=${from}&created_at[LT]=${until}`,
    ),
  ],
  // @see https://developer.paddle.com/changelog/2024/event-notification-retention-changes
  events: { ...listOf("events", "/events", asSent), days: 89, isStream: true },
  notes: {
    ids: "Of the last 89 days, Paddle's own events, with their ids. What is older has ids made of the fact (`transaction.completed:txn_…`): Paddle keeps no event of it.",
    lacks:
      "Of what is older than that: trials, pauses and changes of a subscription (its plan is today's), failed payments. Subscriptions and adjustments are told behind the customers, not among the transactions.",
  },
} satisfies History;
