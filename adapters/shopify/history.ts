/**
 * Shopify's past: customers and orders of the Admin API, which are the bodies of the webhooks about them.
 *
 * @see https://shopify.dev/docs/api/admin-rest/latest/resources/order#get-orders
 * @see https://shopify.dev/docs/api/admin-rest/usage/pagination
 */
import * as z from "zod";
import { id, isoTime, maybe, optional } from "../../src/contract/adapter.ts";
import {
  type Credentials,
  type History,
  type HistoryList,
  type HistoryPage,
  nextLink,
  type PastWebhook,
} from "../../src/contract/history.ts";

const HOST = "{SHOPIFY_SHOP}";
const API = "/admin/api/2026-10";

/** Shopify's maximum. */
const AT_ONCE = 250;

const anything = z.looseObject({});

const customer = z.object({ id, created_at: isoTime, updated_at: isoTime });

const order = z.object({
  id,
  created_at: isoTime,
  updated_at: isoTime,
  processed_at: maybe.isoTime,
  cancelled_at: maybe.isoTime,
  financial_status: maybe.text,
  fulfillment_status: maybe.text,
  fulfillments: optional(z.array(z.object({ created_at: maybe.isoTime }))),
  refunds: optional(z.array(z.looseObject({}))),
});

const refund = z.object({ created_at: isoTime, processed_at: maybe.isoTime });

const lists = z.object({ customers: optional(z.array(z.unknown())), orders: optional(z.array(z.unknown())) });

function ask(path: string, { SHOPIFY_ACCESS_TOKEN = "" }: Credentials) {
  return { host: HOST, path: API + path, headers: { "x-shopify-access-token": SHOPIFY_ACCESS_TOKEN } };
}

function told(topic: string, body: object, at: string): PastWebhook {
  return { at, headers: { "x-shopify-topic": topic }, body };
}

/** In the order of their ids, so that the last of a page is where the next begins: such a place does not expire. */
const customers: HistoryList = {
  name: "customers",
  request: (_span, page, given) => ask(`/customers.json?limit=${AT_ONCE}&since_id=${encodeURIComponent(page ?? "0")}`, given),
  read: ({ body }, _span, _page, since): HistoryPage | null => {
    const found = lists.safeParse(body).data?.customers;
    const last = z.object({ id }).safeParse(found?.at(-1)).data;
    if (!found || (found.length > 0 && !last)) return null;
    const webhooks = found.flatMap((item) => {
      const [c, raw] = [customer.safeParse(item).data, anything.safeParse(item).data];
      if (!c || !raw) return [];
      // As the adapter reads them: a new customer at its beginning, a changed one at its last change.
      const isNew = c.created_at >= since;
      return isNew
        ? told("customers/create", raw, c.created_at)
        : { ...told("customers/update", raw, c.updated_at), isState: true as const };
    });
    return { webhooks, next: found.length === AT_ONCE ? (last?.id ?? null) : null };
  },
};

function ordersBy(field: "created_at" | "updated_at", webhooksOf: (item: unknown) => readonly PastWebhook[]): HistoryList {
  return {
    name: "orders",
    request: ({ from, until }, page, given) => {
      // With a page nothing else may be asked for.
      if (page !== null) return ask(`/orders.json?limit=${AT_ONCE}&page_info=${encodeURIComponent(page)}`, given);
      const span = `${field}_min=${from}&${field}_max=${until}`;
      return ask(`/orders.json?limit=${AT_ONCE}&status=any&${span}`, given);
    },
    read: ({ body, headers }): HistoryPage | null => {
      const found = lists.safeParse(body).data?.orders;
      return found
        ? { webhooks: found.flatMap(webhooksOf), next: nextLink(headers.get("link"))?.searchParams.get("page_info") ?? null }
        : null;
    },
  };
}

/**
 * The webhooks that an order must have had. Each has the id that Shopify's webhook would have had, since it is made of the fact; but not those of
 * refunds, whose ids are made of the bytes.
 */
function aboutOrder(item: unknown): readonly PastWebhook[] {
  const [o, raw] = [order.safeParse(item).data, anything.safeParse(item).data];
  if (!o || !raw) return [];
  const placed = o.processed_at ?? o.created_at;
  const { cancelled_at, fulfillment_status: sent } = o;
  const shipped = o.fulfillments?.at(-1)?.created_at ?? o.updated_at;
  return [
    told("orders/create", raw, placed),
    // When it was paid, Shopify does not say; its last change is later than that.
    ...(o.financial_status === "paid" ? [told("orders/paid", { ...raw, updated_at: placed }, placed)] : []),
    ...(sent === "fulfilled" ? [told("orders/fulfilled", { ...raw, updated_at: shipped }, shipped)] : []),
    ...(sent === "partial" ? [told("orders/partially_fulfilled", { ...raw, updated_at: shipped }, shipped)] : []),
    ...(cancelled_at ? [told("orders/cancelled", raw, cancelled_at)] : []),
  ];
}

function aboutRefunds(item: unknown): readonly PastWebhook[] {
  const refunds = order.safeParse(item).data?.refunds ?? [];
  return refunds.flatMap((raw) => {
    const found = refund.safeParse(raw).data;
    return found ? [told("refunds/create", raw, found.processed_at ?? found.created_at)] : [];
  });
}

export default {
  hosts: [HOST],
  credentials: {
    SHOPIFY_SHOP: {
      hint: "the shop's own host, example.myshopify.com",
      format: /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/,
      isSecret: false,
    },
    SHOPIFY_ACCESS_TOKEN: {
      hint: "the Admin API access token of an app with read_customers, read_orders and read_all_orders (shpat_…)",
      format: /^[\x21-\x7e]{16,}$/,
      isSecret: true,
    },
  },
  // 2 a second on the standard plan. @see https://shopify.dev/docs/api/admin-rest/usage/rate-limits
  pace: { requests: 2, seconds: 1 },
  people: [customers],
  past: [ordersBy("created_at", (item) => [...aboutOrder(item), ...aboutRefunds(item)])],
  changes: [ordersBy("updated_at", aboutOrder)],
  notes: {
    ids: "The ids of Shopify's webhooks, which are made of the fact: an order counts once, whichever comes first. Refunds are the exception, and are told by `backfill` alone.",
    lacks:
      "Checkouts and carts, returns, disputes, subscription contracts. Without `read_all_orders` Shopify shows the orders of the last 60 days. `recover` reads orders by their last change, and no refunds.",
  },
} satisfies History;
