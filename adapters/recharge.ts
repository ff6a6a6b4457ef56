/**
 * Recharge: subscriptions of shops.
 *
 * A webhook has one object under its name. Payment Succeeded carries the money of a charge; the order that it becomes is told by the shop.
 *
 * @see https://developer.rechargepayments.com/2021-11/webhooks_explained
 */
import * as z from "zod";
import { defineAdapter, each, id, ignoring, type Maybe, maybe } from "../src/contract/adapter.ts";
import { hmac, keyed } from "../src/contract/verify.ts";
import { onFailed, onPaid, onRefunded, onUpcoming } from "./recharge/charges.ts";
import { lookup, onCreated, onUpdated } from "./recharge/customers.ts";
import * as subscriptions from "./recharge/subscriptions.ts";

const head = z.looseObject({
  id,
  status: maybe.text,
  ...each(maybe.isoTime, "created_at", "updated_at", "cancelled_at", "scheduled_at"),
  ...each(maybe.text, "charge_attempts", "total_refunds"),
});

type Head = z.output<typeof head>;

const KINDS = ["charge", "subscription", "customer", "order"];

/**
 * What is told, and what makes it one. The topic is not signed: it says no more than which of two things that the object says itself is new.
 */
function factIn(
  kind: string,
  topic: string,
  o: Head,
): { readonly type: string; readonly once?: Maybe<string>; readonly at?: Maybe<string> } {
  const told = `${kind}/${topic.slice(topic.indexOf("/") + 1)}`;
  if (kind === "charge") {
    if (o.status === "success") return { type: "charge/paid", once: "" };
    if (o.status === "error") return { type: "charge/failed", once: o.charge_attempts };
    if (o.status === "refunded" || o.status === "partially_refunded") return { type: "charge/refunded", once: o.total_refunds };
    return told === "charge/upcoming" ? { type: told, once: o.scheduled_at } : { type: "charge/created" };
  }
  if (kind === "subscription" && o.status !== "active")
    return { type: "subscription/cancelled", once: o.cancelled_at, at: o.cancelled_at };
  const isNew = told === `${kind}/created` && o.created_at;
  return isNew ? { type: told, once: "", at: o.created_at } : { type: `${kind}/updated`, once: o.updated_at };
}

export default defineAdapter({
  id: "recharge",
  name: "Recharge",
  givesUp: { hours: 48 },
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
    const kind = KINDS.find((name) => Object.hasOwn(body, name));
    const given = kind && body[kind];
    const object = head.safeParse(given).data;
    if (!kind || !object)
      return [
        {
          id: bodyHash,
          type: "unknown",
          occurredAt: receivedAt,
          test: false,
          data: given,
          ignore: "about neither charges, subscriptions nor customers",
        },
      ];
    const { type, once, at } = factIn(kind, headers["x-recharge-topic"] ?? query.topic ?? "", object);
    return [
      {
        id: `${type}:${object.id}:${once ?? bodyHash}`,
        type,
        occurredAt: at ?? object.updated_at ?? receivedAt,
        test: false,
        data: given,
      },
    ];
  },
  handlers: {
    "charge/paid": onPaid,
    "charge/failed": onFailed,
    "charge/refunded": onRefunded,
    "charge/upcoming": onUpcoming,
    "subscription/created": subscriptions.onStarted,
    "subscription/updated": subscriptions.onState,
    "subscription/cancelled": subscriptions.onCancelled,
    "customer/created": onCreated,
    "customer/updated": onUpdated,
    ...ignoring("scheduled, not paid yet", "charge/created"),
    ...ignoring("told by the shop", "order/created order/updated"),
  },
  lookup,
});
