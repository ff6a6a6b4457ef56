/**
 * Paystack and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("has no trials", "Trial Started", "Trial Ending", "Trial Converted", "Trial Expired"),
    ...because("a charge does not name its subscription", "Subscription Renewed", "Subscription Recovered"),
    ...because("no such webhook", "Subscription Changed", "Subscription Reactivated", "Subscription Paused"),
    ...because("no such webhook", "Subscription Resumed", "Renewal Upcoming", "Price Change Upcoming"),
    "Subscription Past Due": "told as Payment Failed",
    "Payment Refunded": "a refund does not say whether it is of a plan; it is Order Refunded",
    ...because("no such webhook", "Payment Action Required", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon"),
    ...because("no such webhook", "Invoice Voided", "Payment Method Added", "Payment Method Updated"),
    "Payment Method Removed": "no such webhook",
    "Payment Method Expiring": "told as a list of many customers at once",
    ...because("has no coupons", "Coupon Applied", "Coupon Removed", "Credit Granted"),
    ...because("takes payments, not orders", "Cart Created", "Cart Updated", "Checkout Started", "Checkout Updated"),
    ...because("takes payments, not orders", "Checkout Expired", "Order Updated", "Order Fulfilled"),
    ...because("takes payments, not orders", "Order Partially Fulfilled", "Order Delivered", "Order Cancelled", "Gift Received"),
  },
});
