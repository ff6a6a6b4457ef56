/**
 * Lemon Squeezy and the tracking plan.
 */
import { adapterPlan, because, count, event, family, flag, text, time } from "../../src/vocabulary/adapter-plan.schema.ts";

const licence = {
  license_key_id: text("id of the licence key"),
  order_id: text("id of the order"),
  product_id: text("id of the product"),
  status_raw: text("the vendor's own word for its state"),
  disabled: flag("whether it was disabled"),
  activations: count("activations so far"),
  activation_limit: count("activations that are allowed"),
  expires_at: time("time until which it is valid"),
};

/** Events that Lemon Squeezy alone has. */
export const LEMON_SQUEEZY = family("Lemon Squeezy", "Events that Lemon Squeezy alone has.", {
  "License Key Created": event({
    when: "A licence key was made for an order.",
    optional: licence,
    example: { license_key_id: "771001", order_id: "6850001", activation_limit: 5 },
  }),
  "License Key Updated": event({
    when: "A licence key was activated, disabled or changed.",
    optional: licence,
    example: { license_key_id: "771001", activations: 1 },
  }),
});

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("no such webhook", "Trial Ending", "Renewal Upcoming", "Price Change Upcoming", "Payment Action Required"),
    ...because("subscription_updated does not say what was before", "Trial Converted", "Subscription Past Due"),
    ...because("an invoice is a payment, and has no webhook of its own", "Invoice Created", "Invoice Sent", "Invoice Overdue"),
    ...because("an invoice is a payment, and has no webhook of its own", "Invoice Due Soon", "Invoice Voided"),
    ...because("no webhooks about payment methods", "Payment Method Added", "Payment Method Updated"),
    ...because("no webhooks about payment methods", "Payment Method Removed", "Payment Method Expiring"),
    ...because("Lemon Squeezy is the seller and settles it", "Refund Failed", "Dispute Opened", "Dispute Closed"),
    ...because("no webhooks about discounts and credit", "Coupon Applied", "Coupon Removed", "Credit Granted"),
    ...because(
      "sells by checkouts without webhooks, and ships nothing",
      "Cart Created",
      "Cart Updated",
      "Checkout Started",
      "Checkout Updated",
      "Checkout Expired",
      "Order Updated",
      "Order Fulfilled",
      "Order Partially Fulfilled",
      "Order Delivered",
      "Order Cancelled",
      "Gift Received",
    ),
  },
  own: LEMON_SQUEEZY,
});
