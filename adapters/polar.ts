/**
 * Polar: customers, checkouts, orders, subscriptions and benefits.
 *
 * Only `order.paid` carries the `total` of a sale.
 *
 * @see https://polar.sh/docs/integrate/webhooks/events
 */
import * as z from "zod";
import { defineAdapter, deleted, identify, ignore, ignoring, maybe, off, on, text, track } from "../src/contract/adapter.ts";
import { base64, type KeyDecoding, standardWebhooks, utf8 } from "../src/contract/verify.ts";
import { customer, onGrant, personOf, traitsOf } from "./polar/customers.ts";
import { onCheckout, order, refunded, refundedOrder, sale } from "./polar/orders.ts";
import { activated, beginning, onSubscription, subscriptionEvent } from "./polar/subscriptions.ts";

const standard = base64("whsec_");
const legacy = utf8();

/**
 * Since 8 September 2026 a new secret is one of Standard Webhooks: base64 behind `whsec_`, 44 characters long. Older ones, which were 43
 * characters or began otherwise, stay as they are: all of their characters are the key.
 * @see https://github.com/polarsource/polar/blob/main/server/polar/webhook/constants.py
 */
const key: KeyDecoding = {
  name: "polar",
  decode: (secret) => schemeOf(secret).decode(secret),
  unusable: (secret) => schemeOf(secret).unusable(secret),
};

export default defineAdapter({
  id: "polar",
  name: "Polar",
  docs: "https://polar.sh/docs/integrate/webhooks/endpoints",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret of the webhook endpoint (whsec_…, or an older polar_whs_…), one that Polar generated; whole",
    // Base64 of "tributary_demo_polar_01234567890".
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fcG9sYXJfMDEyMzQ1Njc4OTA=",
  },
  verify: standardWebhooks({ prefix: "webhook-", key }),
  webhook: z.object({ body: z.object({ type: text, timestamp: maybe.isoTime, data: z.looseObject({}) }) }),
  events: ({ body: { type, timestamp, data } }, { nonce, bodyHash, receivedAt }) => [
    { id: nonce ?? `${type}:${bodyHash}`, type, occurredAt: timestamp ?? receivedAt, test: false, data },
  ],
  handlers: {
    "customer.created": on(customer, (c) => [identify(personOf(c), traitsOf(c)), track(personOf(c), "Customer Created")]),
    "customer.updated": on(customer, (c) => identify(personOf(c), traitsOf(c))),
    "customer.deleted": on(customer, (c) => deleted(personOf(c), "Customer Deleted")),
    "customer.state_changed": ignore("the change has its own event"),

    "checkout.created": off("one for every visit to a checkout", onCheckout("Checkout Started")),
    "checkout.updated": ignore("covered by order.paid or checkout.expired"),
    "checkout.expired": onCheckout("Checkout Expired"),

    "order.created": ignore("pending; followed by order.paid"),
    "order.updated": ignore("covered by order.paid or order.refunded"),
    "order.paid": on(order, sale),
    "order.refunded": on(refundedOrder, refunded),
    ...ignoring("covered by order.refunded", "refund.created refund.updated"),

    "subscription.created": on(beginning, (s) =>
      s.status === "trialing" ? subscriptionEvent("Trial Started", s) : ignore("covered by subscription.active"),
    ),
    "subscription.active": on(beginning, activated),
    "subscription.updated": ignore("sent with every other event of a subscription"),
    "subscription.cycled": ignore("covered by order.paid"),
    "subscription.past_due": onSubscription("Subscription Past Due"),
    "subscription.paused": onSubscription("Subscription Paused"),
    "subscription.resumed": onSubscription("Subscription Resumed"),
    "subscription.canceled": onSubscription("Subscription Cancelled"),
    "subscription.uncanceled": onSubscription("Subscription Reactivated"),
    "subscription.revoked": onSubscription("Subscription Expired"),

    "benefit_grant.created": onGrant("Benefit Granted"),
    "benefit_grant.revoked": onGrant("Benefit Revoked"),
    ...ignoring("not relevant to a customer", "benefit_grant.updated benefit_grant.cycled"),
    ...ignoring(
      "about the holder of a seat, not the customer",
      `customer_seat.assigned customer_seat.claimed customer_seat.revoked member.created member.updated member.deleted`,
    ),
    ...ignoring("about the catalogue, not a person", "product.created product.updated benefit.created benefit.updated"),
    ...ignoring("about the organization, not a person", "organization.updated"),
  },
  habits: {
    // @see https://polar.sh/docs/integrate/webhooks/delivery
    timeoutSeconds: 10,
    retries: "10 times with growing intervals, in the order of the events; a redirect counts as a failure",
    disables: "after 10 events in a row that failed every retry; it must be enabled again by hand",
    setup: [
      "In Polar open the organization's Settings > Webhooks and choose Add Endpoint, with the URL of this source and the format Raw.",
      "Let Polar generate the secret and copy it whole: it is the source's secret.",
      "Select the customer, order, subscription and benefit_grant events and checkout.expired. The sandbox is a service of its own: let it lead to another source.",
      "On a domain with Cloudflare's Bot Fight Mode let Polar's requests pass: the mode answers them with 403.",
      'Where your backend gives customers its user id, set user_id_from = ["external_id"].',
    ],
  },
});

function schemeOf(secret: string): KeyDecoding {
  return secret.startsWith("whsec_") && standard.unusable(secret) === null ? standard : legacy;
}
