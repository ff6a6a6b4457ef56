/**
 * Razorpay and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because(
      "a trial is a later start, which is not told",
      "Trial Started",
      "Trial Ending",
      "Trial Converted",
      "Trial Expired",
    ),
    ...because(
      "no such webhook",
      "Subscription Reactivated",
      "Renewal Upcoming",
      "Price Change Upcoming",
      "Payment Action Required",
    ),
    ...because(
      "told when they are paid",
      "Invoice Created",
      "Invoice Sent",
      "Invoice Overdue",
      "Invoice Due Soon",
      "Invoice Voided",
    ),
    ...because(
      "no such webhook",
      "Payment Method Added",
      "Payment Method Updated",
      "Payment Method Removed",
      "Payment Method Expiring",
    ),
    ...because("an offer is part of its payment", "Coupon Applied", "Coupon Removed", "Credit Granted"),
    ...because(
      "takes payments, not orders",
      "Cart Created",
      "Cart Updated",
      "Checkout Started",
      "Checkout Updated",
      "Checkout Expired",
    ),
    ...because("takes payments, not orders", "Order Updated", "Order Fulfilled", "Order Partially Fulfilled", "Order Delivered"),
    ...because("takes payments, not orders", "Order Cancelled", "Gift Received"),
  },
});
