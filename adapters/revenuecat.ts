/**
 * RevenueCat: subscriptions and purchases of all stores.
 *
 * Payment Succeeded carries the money of a subscription, Order Completed that of a one-time purchase. Amounts are in the currency of the purchase.
 *
 * @see https://www.revenuecat.com/docs/integrations/webhooks/event-types-and-fields
 */
import * as z from "zod";
import { decisive, defineAdapter, each, ignore, ignoring, maybe, text } from "../src/contract/adapter.ts";
import { hmac, keyed, token } from "../src/contract/verify.ts";
import { onAdjustments } from "./revenuecat/currencies.ts";
import { onEnrollment, onTransfer } from "./revenuecat/customers.ts";
import {
  onBillingIssue,
  onCancellation,
  onExpiration,
  onExtension,
  onInitialPurchase,
  onProductChange,
  onRenewal,
  onUncancellation,
} from "./revenuecat/purchases.ts";
import { onInvoice, onRefundReversed, onSinglePurchase } from "./revenuecat/sales.ts";

const options = z.strictObject({
  authentication: z
    .enum(["signature", "authorization", "bearer"])
    .default("signature")
    .describe(
      "`signature`: HMAC signing, turned on for the webhook; `authorization`: the secret is the whole Authorization header; `bearer`: the secret is what follows `Bearer `",
    ),
});

// The guides name the header in two ways.
// @see https://www.revenuecat.com/docs/integrations/webhooks
// @see https://www.revenuecat.com/guides/revenuecat-android-sdk/webhooks
const signature = hmac({
  hash: "SHA-256",
  header: ["x-revenuecat-webhook-signature", "x-revenuecat-signature"],
  encoding: "hex",
  covers: "body",
  layout: keyed({ timestamp: "t", signature: "v1" }),
  message: ({ timestamp, body }) => [timestamp, ".", body],
  tolerance: 300,
});

const VERIFIERS = {
  signature,
  authorization: token({ header: "authorization" }),
  bearer: token({ header: "authorization", prefix: "Bearer " }),
};

export default defineAdapter({
  id: "revenuecat",
  name: "RevenueCat",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook; with the option authentication, the value of its Authorization header without Bearer",
    demo: "tributary_demo_revenuecat_0123456789",
  },
  verify: ({ authentication }) => VERIFIERS[authentication],
  options,
  webhook: z.object({
    body: z.object({
      api_version: maybe.text,
      event: z.looseObject({
        id: maybe.id,
        type: text,
        event_timestamp_ms: maybe.unixMilliseconds,
        ...each(decisive(text), "environment", "purchase_environment"),
      }),
    }),
  }),
  states: ["subscription"],
  events: ({ body: { api_version: version, event } }, { bodyHash, receivedAt }) => [
    {
      id: event.id ?? `${event.type}:${bodyHash}`,
      type: event.type,
      occurredAt: event.event_timestamp_ms ?? receivedAt,
      test: event.type === "TEST" || (event.environment ?? event.purchase_environment) === "SANDBOX",
      version,
      data: event,
    },
  ],
  userIdFrom: ["app_user_id"],
  handlers: {
    INITIAL_PURCHASE: onInitialPurchase,
    RENEWAL: onRenewal,
    NON_RENEWING_PURCHASE: onSinglePurchase,
    CANCELLATION: onCancellation,
    UNCANCELLATION: onUncancellation,
    // @see https://www.revenuecat.com/docs/integrations/webhooks/event-types-and-fields
    SUBSCRIPTION_PAUSED: ignore("scheduled: covered by EXPIRATION when it takes effect"),
    SUBSCRIPTION_EXTENDED: onExtension,
    EXPIRATION: onExpiration,
    BILLING_ISSUE: onBillingIssue,
    PRODUCT_CHANGE: onProductChange,
    REFUND_REVERSED: onRefundReversed,
    INVOICE_ISSUANCE: onInvoice,

    TRANSFER: onTransfer,
    VIRTUAL_CURRENCY_TRANSACTION: onAdjustments,
    EXPERIMENT_ENROLLMENT: onEnrollment,

    ...ignoring("followed by INITIAL_PURCHASE or EXPIRATION within a day", "TEMPORARY_ENTITLEMENT_GRANT"),
    ...ignoring("every event names the aliases", "SUBSCRIBER_ALIAS"),
    ...ignoring("a test from the dashboard", "TEST"),
  },
});
