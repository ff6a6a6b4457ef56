/**
 * Shopify: customers and their consents, companies, carts, checkouts, orders, fulfillments,
 * returns, refunds, disputes, subscription contracts.
 *
 * The topic is in an unsigned header, so a signed body may arrive under a false one. Every schema therefore requires a field that only its
 * own topics' bodies have, or refuses one that only others' have. Where topics share a shape (`orders/cancelled`, `orders/fulfilled` …),
 * the body's state must say what the topic says, and the event's id is that of the fact: a body under a false topic adds nothing.
 *
 * Only Order Completed carries the `total` of a sale.
 *
 * @see https://shopify.dev/docs/api/webhooks
 */
import * as z from "zod";
import { defineAdapter, ignore, off } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import {
  cartCreated,
  cartUpdated,
  checkoutStarted,
  checkoutUpdated,
  orderFulfilled,
  orderPartiallyFulfilled,
  subscriptionExpired,
  subscriptionPaused,
  subscriptionResumed,
} from "../src/vocabulary/adapter.ts";
import { onCart, onCheckout } from "./shopify/carts.ts";
import { onContact, onContactChanged } from "./shopify/companies.ts";
import * as customers from "./shopify/customers.ts";
import { onDisputeClosed, onDisputeOpened } from "./shopify/disputes.ts";
import { onDraft } from "./shopify/drafts.ts";
import { eventOf, headers, options } from "./shopify/envelope.ts";
import { onFulfillment } from "./shopify/fulfillments.ts";
import { IGNORED } from "./shopify/ignored.ts";
import { lookup, pull } from "./shopify/look-ups.ts";
import { onCancelled, onChanged, onSent } from "./shopify/orders.ts";
import { onRefund, onReturn } from "./shopify/returns.ts";
import { onPaid, onPlaced } from "./shopify/sales.ts";
import { cancelled, onChallenge, onContract, onCycle, onFailure, onSuccess, started } from "./shopify/subscriptions.ts";

export default defineAdapter({
  id: "shopify",
  name: "Shopify",
  givesUp: { failures: 8 },
  secret: {
    // 32 hex digits, since 2020 behind `shpss_`; 64 for a shop's own notifications. An access token (`shpat_…`) signs nothing.
    // @see https://shopify.dev/changelog/app-secret-key-length-has-increased
    format: /^(?!shp(?:at|ca|pa|ua)_)[\x21-\x7e]{16,}$/,
    hint: "Client secret of the app; for webhooks created under Settings > Notifications > Webhooks, the key shown there",
    demo: "shpss_tributary_demo_0123456789abcdef",
  },
  // @see https://shopify.dev/docs/apps/build/webhooks
  verify: hmac({
    hash: "SHA-256",
    header: ["x-shopify-hmac-sha256", "shopify-hmac-sha256"],
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  // Orders of more than 1 MB are known. @see https://community.shopify.com/c/Shopify-APIs-SDKs/Webhook-requests-exceed-max-size/m-p/144434
  bodyLimit: 5 * 1024 * 1024,
  options,
  tenant: { option: "shop", required: false },
  webhook: z.object({ headers, body: z.unknown() }),
  states: ["subscription", "orders"],
  events: ({ headers: { "x-shopify-topic": topic, "x-shopify-api-version": version }, body }, arrival, configured) => [
    { ...eventOf(topic || "events", body, arrival, configured), version },
  ],
  handlers: {
    "customers/create": customers.onCreated,
    "customers/update": customers.onUpdated,
    "customers/enable": customers.onAccount("enabled", "Customer Enabled"),
    "customers/disable": customers.onAccount("disabled", "Customer Disabled"),
    "customers/purchasing_summary": customers.onPurchases,
    "customer.tags_added": customers.onTags,
    "customer.tags_removed": customers.onTags,
    "customers_email_marketing_consent/update": customers.onEmailConsent,
    "customers_marketing_consent/update": customers.onSmsConsent,
    "customers/delete": customers.onDeleted,
    "customers/redact": customers.onRedacted,
    "customers/merge": customers.onMerged,
    "company_contacts/create": onContact,
    "company_contacts/update": onContactChanged,

    "carts/create": onCart(cartCreated),
    "carts/update": onCart(cartUpdated),
    "checkouts/create": onCheckout(checkoutStarted),
    "checkouts/update": onCheckout(checkoutUpdated),

    "orders/create": onPlaced,
    "orders/paid": onPaid,
    "orders/updated": off("one for every change of an order", onChanged),
    "orders/cancelled": onCancelled,
    "orders/fulfilled": onSent("fulfilled", orderFulfilled),
    "orders/partially_fulfilled": onSent("partial", orderPartiallyFulfilled),
    "fulfillments/create": onFulfillment("Fulfillment Created"),
    "fulfillments/update": onFulfillment("Fulfillment Updated"),
    "draft_orders/create": onDraft,
    "draft_orders/update": onDraft,

    "returns/request": onReturn("requested", "Return Requested"),
    "returns/approve": onReturn("open", "Return Approved"),
    "returns/decline": onReturn("declined", "Return Declined"),
    "returns/cancel": onReturn("canceled", "Return Cancelled"),
    "returns/close": onReturn("closed", "Return Closed"),
    "refunds/create": onRefund,
    "disputes/create": onDisputeOpened,
    "disputes/update": onDisputeClosed,

    "subscription_contracts/create": onContract("active", started),
    "subscription_contracts/activate": onContract("active", subscriptionResumed),
    "subscription_contracts/pause": onContract("paused", subscriptionPaused),
    "subscription_contracts/cancel": onContract("cancelled", cancelled, subscriptionExpired),
    "subscription_contracts/expire": onContract("expired", subscriptionExpired),
    "subscription_contracts/fail": onContract("failed", subscriptionExpired),
    "subscription_billing_cycles/skip": onCycle(true, "Subscription Cycle Skipped"),
    "subscription_billing_cycles/unskip": onCycle(false, "Subscription Cycle Unskipped"),
    "subscription_billing_attempts/success": onSuccess,
    "subscription_billing_attempts/failure": onFailure,
    "subscription_billing_attempts/challenged": onChallenge,

    ...IGNORED,
  },
  // There are some 200 topics: stock, warehouses, themes, markets, company locations …
  // @see https://shopify.dev/docs/api/admin-graphql/latest/enums/WebhookSubscriptionTopic
  otherwise: ignore("about the shop, not a person, or an unknown topic"),
  lookup,
  pull,
});
