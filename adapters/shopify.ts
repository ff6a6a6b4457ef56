/**
 * Shopify: customers and their consents, carts, checkouts, orders, fulfillments, returns, refunds, disputes, subscription contracts.
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
import { defineAdapter, ignore, ignoring, off } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { onCart, onCheckout } from "./shopify/carts.ts";
import * as customers from "./shopify/customers.ts";
import { eventOf, headers, options } from "./shopify/envelope.ts";
import { onFulfillment } from "./shopify/fulfillments.ts";
import { lookup, pull } from "./shopify/look-ups.ts";
import { onCancelled, onChanged, onSale, onSent } from "./shopify/orders.ts";
import { onDispute, onRefund, onReturn } from "./shopify/returns.ts";
import { onChallenge, onContract, onCycle, onFailure } from "./shopify/subscriptions.ts";

export default defineAdapter({
  id: "shopify",
  name: "Shopify",
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
  events: ({ headers: { "x-shopify-topic": topic }, body }, arrival, configured) => [
    eventOf(topic || "events", body, arrival, configured),
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
    "customers/data_request": ignore("a data request; answer it from the shop's own records"),
    "customers/merge": ignore("people are not merged"),
    ...ignoring("names the segment only by its id", "customer.joined_segment customer.left_segment"),
    ...ignoring(
      "its body does not say whether the method was added or removed",
      "customer_payment_methods/create customer_payment_methods/update customer_payment_methods/revoke",
    ),

    "carts/create": onCart("Cart Created"),
    "carts/update": onCart("Cart Updated"),
    "checkouts/create": onCheckout("Checkout Started"),
    "checkouts/update": onCheckout("Checkout Updated"),
    ...ignoring("not done by a person", "checkouts/delete orders/delete"),

    "orders/create": onSale("create"),
    "orders/paid": onSale("paid"),
    "orders/updated": off("one for every change of an order", onChanged),
    "orders/cancelled": onCancelled,
    "orders/fulfilled": onSent("fulfilled", "Order Fulfilled"),
    "orders/partially_fulfilled": onSent("partial", "Order Partially Fulfilled"),
    "orders/edited": ignore("covered by orders/updated"),
    "fulfillments/create": onFulfillment("Fulfillment Created"),
    "fulfillments/update": onFulfillment("Fulfillment Updated"),
    "fulfillment_events/create": ignore("covered by fulfillments/update"),
    ...ignoring("covered by orders/paid and refunds/create", "order_transactions/create tender_transactions/create"),
    ...ignoring("a draft is no order yet", "draft_orders/create draft_orders/update draft_orders/delete"),

    "returns/request": onReturn("requested", "Return Requested"),
    "returns/approve": onReturn("open", "Return Approved"),
    "returns/decline": onReturn("declined", "Return Declined"),
    "returns/cancel": onReturn("canceled", "Return Cancelled"),
    "returns/close": onReturn("closed", "Return Closed"),
    ...ignoring("not relevant to a customer", "returns/process returns/reopen returns/update"),
    "refunds/create": onRefund,
    "disputes/create": onDispute("open", "Dispute Opened"),
    "disputes/update": onDispute("closed", "Dispute Closed"),
    ...ignoring("names neither a person nor an order", "payment_schedules/due fulfillment_orders/line_items_prepared_for_pickup"),

    "subscription_contracts/create": onContract("active", "Subscription Started"),
    "subscription_contracts/activate": onContract("active", "Subscription Resumed"),
    "subscription_contracts/pause": onContract("paused", "Subscription Paused"),
    "subscription_contracts/cancel": onContract("cancelled", "Subscription Cancelled"),
    "subscription_contracts/expire": onContract("expired", "Subscription Expired"),
    "subscription_contracts/fail": onContract("failed", "Subscription Failed"),
    "subscription_contracts/update": ignore("the status has its own topics"),
    "subscription_billing_cycles/skip": onCycle(true, "Subscription Cycle Skipped"),
    "subscription_billing_cycles/unskip": onCycle(false, "Subscription Cycle Unskipped"),
    "subscription_billing_attempts/success": ignore("covered by orders/create"),
    "subscription_billing_attempts/failure": onFailure,
    "subscription_billing_attempts/challenged": onChallenge,

    ...ignoring("about the catalogue, not a person", "products/create products/update products/delete"),
    ...ignoring(
      "about the app, not a person",
      "app/uninstalled app_purchases_one_time/update app_subscriptions/update app_subscriptions/approaching_capped_amount",
    ),
    "shop/update": ignore("about the shop, not a person"),
    "shop/redact": ignore("names no person; erase the source's people by hand"),
    // The newer product: its body is the answer to the subscriber's own query, so it has no fixed shape.
    // @see https://shopify.dev/docs/api/events/latest
    events: ignore("an Events delivery; subscribe to the webhook topic instead"),
  },
  // There are some 200 topics: stock, warehouses, themes, markets, company locations …
  // @see https://shopify.dev/docs/api/admin-graphql/latest/enums/WebhookSubscriptionTopic
  otherwise: ignore("about the shop, not a person, or an unknown topic"),
  lookup,
  pull,
});
