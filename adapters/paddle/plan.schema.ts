/**
 * Paddle and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("no such webhook", "Trial Ending", "Renewal Upcoming", "Price Change Upcoming", "Payment Action Required"),
    "Trial Expired": "a trial that ran out is subscription.canceled, which does not say so",
    ...because(
      "subscription.updated does not say what changed",
      "Subscription Changed",
      "Subscription Reactivated",
      "Subscription Recovered",
    ),
    ...because("Paddle sends invoices and reminders itself, without a webhook", "Invoice Sent", "Invoice Due Soon"),
    "Refund Failed": "no such webhook",
    ...because("no such webhook for payment methods", "Payment Method Updated", "Payment Method Expiring"),
    ...because("a discount is part of a transaction and has no event of its own", "Coupon Applied", "Coupon Removed"),
    ...because(
      "sells by checkouts, without carts, shipping or changes of an order",
      "Cart Created",
      "Cart Updated",
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
});
