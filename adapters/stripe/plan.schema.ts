/**
 * Stripe and the tracking plan.
 */
import {
  adapterPlan,
  amount,
  because,
  CURRENCY,
  count,
  event,
  family,
  flag,
  number,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
  text,
  texts,
  time,
} from "../../src/vocabulary/adapter-plan.schema.ts";

const quote = {
  quote_id: text("id of the quote"),
  quote_number: text("number of the quote"),
  ...SUBSCRIPTION_ID,
  invoice_id: text("id of its invoice"),
  ...amount("amount", "what is quoted"),
  ...CURRENCY,
  expires_at: time("time until which it can be accepted"),
};

/** Events that Stripe alone has. */
export const STRIPE = family("Stripe", "Events that Stripe alone has.", {
  "Checkout Completed": event({
    when: "A Checkout ended whose money, if any, is another event's: a subscription, an invoice, a saved payment method.",
    optional: {
      checkout_id: text("id of the session"),
      ...SUBSCRIPTION_ID,
      invoice_id: text("id of the invoice"),
      payment_id: text("id of the payment"),
      payment_link_id: text("id of the Payment Link"),
      mode: text("`payment`, `subscription` or `setup`"),
      client_reference_id: text("the reference that the company or the link's address gave"),
      ...amount("value", "what the buyer will pay or has paid"),
      ...amount("subtotal", "after discounts, before tax and shipping"),
      ...amount("discount", "all discounts"),
      ...amount("shipping", "shipping"),
      ...amount("tax", "tax"),
      ...CURRENCY,
      coupon: text("id of the first coupon"),
      coupons: texts("ids of all coupons"),
    },
    example: { checkout_id: "cs_1", mode: "subscription", subscription_id: "sub_1" },
  }),
  "Subscription Change Expired": event({
    when: "A change that waited for a payment was dropped, because it was not paid.",
    required: SUBSCRIPTION_ID,
    optional: SUBSCRIPTION,
    example: { subscription_id: "sub_1", status: "active" },
  }),
  "Invoice Marked Uncollectible": event({
    when: "The company wrote an invoice off; it may still be paid.",
    optional: {
      ...SUBSCRIPTION_ID,
      invoice_id: text("id of the invoice"),
      invoice_number: text("number on the invoice"),
      invoice_url: text("page on which it can be paid"),
      ...amount("amount", "what is owed"),
      ...CURRENCY,
    },
    example: { invoice_id: "in_1", amount: 29, amount_minor: 2900, currency: "EUR" },
  }),
  "Quote Finalized": event({ when: "A quote was made final.", optional: quote, example: { quote_id: "qt_1" } }),
  "Quote Accepted": event({ when: "A customer accepted a quote.", optional: quote, example: { quote_id: "qt_1" } }),
  "Quote Cancelled": event({ when: "A quote was withdrawn.", optional: quote, example: { quote_id: "qt_1" } }),
  "Entitlements Updated": event({
    when: "The features that a customer may use changed.",
    optional: {
      entitlements: texts("lookup keys of the features now"),
      entitlements_added: texts("those that are new"),
      entitlements_removed: texts("those that are gone"),
      entitlements_complete: flag("whether the list is complete"),
      entitlements_count: count("features in the list"),
    },
    example: { entitlements: ["sso"], entitlements_added: ["sso"], entitlements_complete: true },
  }),
  "Usage Alert Triggered": event({
    when: "A customer's usage reached a threshold.",
    required: { alert_id: text("id of the alert") },
    optional: {
      title: text("title of the alert"),
      threshold: number("the threshold"),
      usage: number("usage when it was reached"),
    },
    example: { alert_id: "alrt_1", threshold: 1000, usage: 1004 },
  }),
});

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("no such webhook", "Price Change Upcoming"),
    ...because(
      "sells by Checkout, without carts, shipping or changes of an order",
      "Cart Created",
      "Cart Updated",
      "Checkout Updated",
      "Order Updated",
      "Order Fulfilled",
      "Order Partially Fulfilled",
      "Order Delivered",
      "Order Cancelled",
      "Gift Received",
    ),
    "Checkout Started": "a session has no webhook before it is completed or expires",
    "Order Refunded": "a refund does not say whether an order or an invoice was paid: all are Payment Refunded",
  },
  own: STRIPE,
});
