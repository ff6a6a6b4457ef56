/**
 * Recharge: subscriptions of shops.
 *
 * A webhook has one object under its name; which of its events it is, a header says. Payment Succeeded carries the money of a charge; the order that
 * it becomes is told by the shop.
 *
 * @see https://developer.rechargepayments.com/2021-11/webhooks_explained
 */
import * as z from "zod";
import { defineAdapter, id, ignoring, maybe } from "../src/contract/adapter.ts";
import { hmac, keyed } from "../src/contract/verify.ts";
import { onFailed, onPaid, onRefunded, onUpcoming } from "./recharge/charges.ts";
import { lookup, onCreated, onMethod, onUpdated } from "./recharge/customers.ts";
import * as subscriptions from "./recharge/subscriptions.ts";

const head = z.looseObject({ id, updated_at: maybe.isoTime, total_refunds: maybe.decimal });

/** Facts that are one for an object, however often it is sent. */
const ONCE = /^(charge\/paid|subscription\/created|customer\/created)$/;

export default defineAdapter({
  id: "recharge",
  name: "Recharge",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "API client secret (Tools & apps > API tokens), not the token itself",
    demo: "tributary_demo_recharge_0123456789",
  },
  // Retries keep the time of the first attempt, for 48 hours.
  verify: hmac({
    hash: "SHA-256",
    header: "x-recharge-webhook-signature",
    encoding: "hex",
    covers: "body",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 172_800,
  }),
  states: ["subscription"],
  webhook: z.object({
    body: z.record(z.string(), z.unknown()),
    headers: z.object({ "x-recharge-topic": maybe.text }),
    query: z.object({ topic: maybe.text }),
  }),
  events: ({ body, headers, query }, { bodyHash, receivedAt }) => {
    const told = headers["x-recharge-topic"] ?? query.topic ?? "";
    // The topic is not signed: it counts only where the object is of its kind.
    const [kind = ""] = Object.keys(body).filter((name) => told.startsWith(`${name}/`) && head.safeParse(body[name]).success);
    const type = kind === "" ? "unknown" : told === "charge/success" ? "charge/paid" : told;
    const { id: object, updated_at: at, total_refunds: refunds } = head.safeParse(body[kind]).data ?? {};
    const version = ONCE.test(type) ? "" : type === "charge/refunded" ? `:${refunds}` : `:${at ?? bodyHash}`;
    return [
      {
        id: `${type}:${object ?? bodyHash}${version}`,
        type,
        occurredAt: at ?? receivedAt,
        test: false,
        data: body[kind],
        ...(kind === "" ? { ignore: "no topic, or one of another object" } : {}),
      },
    ];
  },
  handlers: {
    "charge/paid": onPaid,
    "charge/failed": onFailed,
    "charge/refunded": onRefunded,
    "charge/upcoming": onUpcoming,
    "subscription/created": subscriptions.onStarted,
    "subscription/activated": subscriptions.onReactivated,
    "subscription/updated": subscriptions.onState,
    "subscription/swapped": subscriptions.onSwapped,
    "subscription/skipped": subscriptions.onSkipped,
    "subscription/paused": subscriptions.onPaused,
    "subscription/cancelled": subscriptions.onCancelled,
    "subscription/deleted": subscriptions.onExpired,
    "customer/created": onCreated,
    "customer/updated": onUpdated,
    "customer/payment_method_updated": onMethod,
    ...ignoring("scheduled, not paid yet", "charge/created charge/updated charge/deleted"),
    ...ignoring("each failed attempt is told by charge/failed", "charge/max_retries_reached"),
    ...ignoring("told by the shop", "order/created order/processed order/success order/cancelled order/updated order/upcoming"),
    ...ignoring("the topic is not signed, so it cannot delete a person", "customer/deleted"),
    ...ignoring("follows from the person's subscriptions", "customer/activated customer/deactivated"),
  },
  lookup,
});
