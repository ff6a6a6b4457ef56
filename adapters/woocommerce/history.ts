/**
 * A WooCommerce shop's past: customers, orders and subscriptions of its REST API, which are the bodies of its webhooks.
 *
 * @see https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-orders
 */
import * as z from "zod";
import type { Credentials, History, HistoryList, HistoryPage, PastWebhook } from "../../src/contract/history.ts";
import { gmt } from "./customers.ts";

const HOST = "{WOOCOMMERCE_HOST}";
const API = "/wp-json/wc/v3";

/** WooCommerce's maximum. */
const AT_ONCE = 100;

const record = z.looseObject({ id: z.int(), date_created_gmt: gmt });

/** Pages are counted; the last one is shorter. */
function listOf(
  name: string,
  path: string,
  isByTime: boolean,
  topicOf: (createdAt: string, since: string) => string,
): HistoryList {
  return {
    name,
    request: ({ from, until }, page, { WOOCOMMERCE_KEY = "", WOOCOMMERCE_SECRET = "" }: Credentials) => ({
      host: HOST,
      path: `${API}${path}&per_page=${AT_ONCE}&page=${page ?? "1"}${isByTime ? `&after=${justBefore(from)}&before=${plain(until)}&dates_are_gmt=true` : ""}`,
      headers: { authorization: `Basic ${btoa(`${WOOCOMMERCE_KEY}:${WOOCOMMERCE_SECRET}`)}` },
    }),
    read: ({ body }, _span, page, since): HistoryPage | null => {
      const found = z.array(z.unknown()).safeParse(body).data;
      if (!found) return null;
      const webhooks = found.flatMap((item): readonly PastWebhook[] => {
        const one = record.safeParse(item).data;
        if (!one?.date_created_gmt) return [];
        const topic = topicOf(one.date_created_gmt, since);
        const webhook = { at: one.date_created_gmt, headers: { "x-wc-webhook-topic": topic }, body: item };
        return [topic === "customer.updated" ? { ...webhook, isState: true } : webhook];
      });
      return { webhooks, next: found.length < AT_ONCE ? null : String(Number(page ?? "1") + 1) };
    },
  };
}

/** A time as WordPress writes it, in whole seconds. */
function plain(time: string): string {
  return new Date(Math.ceil(Date.parse(time) / 1000) * 1000).toISOString().slice(0, 19);
}

/** `after` leaves its own second out. */
function justBefore(time: string): string {
  return plain(new Date(Date.parse(time) - 1000).toISOString());
}

export default {
  hosts: [HOST],
  credentials: {
    WOOCOMMERCE_HOST: {
      hint: "the shop's host, shop.example.com: WordPress has to be at its top",
      format: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
      isSecret: false,
    },
    WOOCOMMERCE_KEY: {
      hint: "a consumer key that may read (WooCommerce > Settings > Advanced > REST API, ck_…)",
      format: /^ck_\w{16,}$/,
      isSecret: true,
    },
    WOOCOMMERCE_SECRET: { hint: "the consumer secret of that key (cs_…)", format: /^cs_\w{16,}$/, isSecret: true },
  },
  // WooCommerce has no limit of its own; the shop's buyers use the same server.
  pace: { requests: 2, seconds: 1 },
  people: [
    listOf("customers", "/customers?role=all&orderby=id&order=asc", false, (createdAt, since) =>
      createdAt < since ? "customer.updated" : "customer.created",
    ),
  ],
  past: [
    listOf("orders", "/orders?status=any&orderby=date&order=asc", true, () => "order.updated"),
    {
      ...listOf("subscriptions", "/subscriptions?status=any&orderby=date&order=asc", true, () => "subscription.updated"),
      mayBeAbsent: true,
    },
  ],
  changes: [
    listOf("orders", "/orders?status=any&orderby=date&order=asc", true, () => "order.updated"),
    {
      ...listOf("subscriptions", "/subscriptions?status=any&orderby=date&order=asc", true, () => "subscription.updated"),
      mayBeAbsent: true,
    },
  ],
  notes: {
    ids: "The ids of WooCommerce's webhooks, which are made of the facts in an order's state: each counts once, whichever comes first.",
    lacks:
      "What an order was in between: it is told as it stands. `recover` reads what was ordered since then, not what was changed of older orders.",
  },
} satisfies History;
