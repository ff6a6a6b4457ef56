/**
 * Lemon Squeezy: orders, subscriptions, their payments, and licence keys.
 *
 * The first payment of a subscription is an order as well: of the two only Order Completed carries the `total`.
 *
 * @see https://docs.lemonsqueezy.com/help/webhooks/event-types
 */
import * as z from "zod";
import { decisive, defineAdapter, id, ignore, maybe, off, optional, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { subscriptionPaused, subscriptionReactivated, subscriptionResumed } from "../src/vocabulary/adapter.ts";
import { onLicence } from "./lemon-squeezy/licences.ts";
import { onOrder, onOrderRefunded } from "./lemon-squeezy/orders.ts";
import { onFailed, onPaid, onRecovered, onRefunded } from "./lemon-squeezy/payments.ts";
import { cancelledLater, changedPlan, onCreated, onExpired, onSubscription } from "./lemon-squeezy/subscriptions.ts";

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
  states: ["subscription"],
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
    order_created: onOrder,
    order_refunded: onOrderRefunded,

    subscription_created: onCreated,
    subscription_plan_changed: onSubscription(changedPlan),
    subscription_paused: onSubscription(subscriptionPaused),
    subscription_unpaused: onSubscription(subscriptionResumed),
    subscription_cancelled: onSubscription(cancelledLater),
    subscription_resumed: onSubscription(subscriptionReactivated),
    subscription_expired: onExpired,
    // Sent with every other event of a subscription, and alone where only its status changed.
    subscription_updated: onSubscription(),

    subscription_payment_success: onPaid,
    subscription_payment_failed: onFailed,
    subscription_payment_recovered: onRecovered,
    subscription_payment_refunded: onRefunded,

    license_key_created: onLicence("License Key Created"),
    license_key_updated: off("one for every activation", onLicence("License Key Updated")),

    affiliate_activated: ignore("about an affiliate, not a customer"),
  },
});
