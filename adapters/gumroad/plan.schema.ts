/**
 * Gumroad and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    "Trial Ending": "no such ping",
    "Trial Converted": "the first charge after a trial is told like those that follow it",
    ...because("memberships cannot be paused", "Subscription Paused", "Subscription Resumed"),
    ...because(
      "a failed charge makes no ping; the membership ends after the last",
      "Subscription Past Due",
      "Subscription Recovered",
      "Payment Failed",
      "Payment Action Required",
    ),
    ...because("no such ping", "Renewal Upcoming", "Price Change Upcoming", "Refund Failed", "Credit Granted"),
    ...because("has no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon", "Invoice Voided"),
    ...because(
      "has no ping for payment methods",
      "Payment Method Added",
      "Payment Method Updated",
      "Payment Method Removed",
      "Payment Method Expiring",
    ),
    ...because("an offer code is part of its sale", "Coupon Applied", "Coupon Removed"),
    ...because(
      "pings are about sales, not what goes before",
      "Cart Created",
      "Cart Updated",
      "Checkout Started",
      "Checkout Updated",
      "Checkout Expired",
    ),
    ...because(
      "a sale has no ping when it changes or ships",
      "Order Updated",
      "Order Fulfilled",
      "Order Partially Fulfilled",
      "Order Delivered",
      "Order Cancelled",
    ),
  },
});
