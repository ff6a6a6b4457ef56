/**
 * Lemon Squeezy: orders, subscriptions, their payments, and licence keys.
 *
 * The first payment of a subscription is an order as well: of the two only Order Completed carries the `total`.
 *
 * @see https://docs.lemonsqueezy.com/help/webhooks/event-types
 */
import * as z from "zod";
import { decisive, defineAdapter, id, ignore, maybe, off, on, optional, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { onLicence, order, ordered, refunded, refundedOrder } from "./lemon-squeezy/orders.ts";
import {
  onPayment,
  onSubscription,
  paid,
  paidPayment,
  refundedPayment,
  returnedPayment,
  started,
  startedSubscription,
} from "./lemon-squeezy/subscriptions.ts";

const { isoTime: time } = maybe;

export default defineAdapter({
  id: "lemon-squeezy",
  name: "Lemon Squeezy",
  secret: {
    // Lemon Squeezy accepts 6 to 40 characters; 6 are too few.
    format: /^[\x21-\x7e]{16,40}$/,
    hint: "Signing secret of the webhook: 16 to 40 random characters, chosen by you",
    demo: "tributary_demo_lemon_squeezy_01234567",
  },
  // @see https://docs.lemonsqueezy.com/help/webhooks/signing-requests
  verify: hmac({
    hash: "SHA-256",
    header: "x-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  webhook: z.object({
    body: z.object({
      meta: z.object({
        event_name: text,
        webhook_id: maybe.id,
        test_mode: decisive(z.boolean()),
        custom_data: optional(z.looseObject({})),
      }),
      data: z.object({
        id,
        attributes: z.looseObject({ created_at: time, updated_at: time, test_mode: decisive(z.boolean()) }),
      }),
    }),
  }),
  events: ({ body: { meta, data } }, { bodyHash, receivedAt }) => {
    const { event_name: type } = meta;
    const { created_at, updated_at, test_mode } = data.attributes;
    return [
      {
        // The id is not documented; it seems to identify a delivery. If it identified the endpoint, the rest of the id would still differ.
        id: meta.webhook_id ? [type, data.id, updated_at ?? "", meta.webhook_id].join(":") : `${type}:${bodyHash}`,
        type,
        occurredAt: (type.endsWith("_created") ? created_at : updated_at) ?? created_at ?? receivedAt,
        test: meta.test_mode ?? test_mode ?? false,
        data: { ...data.attributes, id: data.id, custom: meta.custom_data },
      },
    ];
  },
  handlers: {
    order_created: on(order, ordered),
    order_refunded: on(refundedOrder, refunded),

    subscription_created: on(startedSubscription, started),
    subscription_plan_changed: onSubscription("Plan Changed"),
    subscription_paused: onSubscription("Subscription Paused"),
    subscription_unpaused: onSubscription("Subscription Resumed"),
    subscription_cancelled: onSubscription("Subscription Cancelled"),
    subscription_resumed: onSubscription("Subscription Reactivated"),
    subscription_expired: onSubscription("Subscription Expired"),
    subscription_updated: off("sent with every other event of a subscription", onSubscription("Subscription Updated")),

    subscription_payment_success: on(paidPayment, paid),
    subscription_payment_failed: onPayment("Payment Failed"),
    subscription_payment_recovered: onPayment("Payment Recovered"),
    subscription_payment_refunded: on(returnedPayment, refundedPayment),

    license_key_created: onLicence("License Key Created"),
    license_key_updated: off("one for every activation", onLicence("License Key Updated")),

    affiliate_activated: ignore("about an affiliate, not a customer"),
  },
});
