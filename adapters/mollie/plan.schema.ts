/**
 * Mollie and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because(
      "subscriptions have classic webhooks alone, which are not signed",
      "Trial Started",
      "Trial Ending",
      "Trial Converted",
    ),
    ...because(
      "subscriptions have classic webhooks alone, which are not signed",
      "Trial Expired",
      "Subscription Started",
      "Subscription Renewed",
    ),
    ...because(
      "subscriptions have classic webhooks alone, which are not signed",
      "Subscription Changed",
      "Subscription Cancelled",
    ),
    ...because(
      "subscriptions have classic webhooks alone, which are not signed",
      "Subscription Reactivated",
      "Subscription Expired",
    ),
    ...because("subscriptions have classic webhooks alone, which are not signed", "Subscription Paused", "Subscription Resumed"),
    ...because(
      "subscriptions have classic webhooks alone, which are not signed",
      "Subscription Past Due",
      "Subscription Recovered",
    ),
    ...because(
      "no such signed webhook",
      "Renewal Upcoming",
      "Price Change Upcoming",
      "Payment Failed",
      "Payment Action Required",
    ),
    ...because("no such signed webhook", "Payment Refunded", "Refund Failed", "Invoice Overdue", "Invoice Due Soon"),
    "Invoice Created": "a draft; it is told when it is sent",
    ...because(
      "no such webhook",
      "Payment Method Added",
      "Payment Method Updated",
      "Payment Method Removed",
      "Payment Method Expiring",
    ),
    ...because(
      "no such signed webhook",
      "Dispute Opened",
      "Dispute Closed",
      "Coupon Applied",
      "Coupon Removed",
      "Credit Granted",
    ),
    ...because(
      "takes payments, not orders",
      "Cart Created",
      "Cart Updated",
      "Checkout Started",
      "Checkout Updated",
      "Checkout Expired",
    ),
    ...because("takes payments, not orders", "Order Updated", "Order Fulfilled", "Order Partially Fulfilled", "Order Delivered"),
    ...because("takes payments, not orders", "Order Refunded", "Order Cancelled", "Gift Received"),
  },
});
