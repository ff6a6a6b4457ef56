/**
 * Stripe's past. For 30 days Stripe keeps its events, with the ids of their webhooks. Of what is older there are customers, subscriptions, invoices,
 * sessions of Checkout and charges: each is told in the form of the events that it must have had.
 *
 * @see https://docs.stripe.com/api/events/list
 * @see https://docs.stripe.com/api/pagination
 */
import * as z from "zod";
import { id } from "../../src/contract/adapter.ts";
import type { Credentials, History, HistoryList, HistoryPage, PastWebhook, Span } from "../../src/contract/history.ts";
import { aboutCharge, aboutCustomer, aboutInvoice, aboutSession, aboutSubscription, type Item, iso } from "./past.ts";

const HOST = "api.stripe.com";

const page = z.object({ data: z.array(z.looseObject({ id })), has_more: z.boolean() });

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
