/**
 * Adyen and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("takes payments; subscriptions are the company's", "Trial Started", "Trial Ending", "Trial Converted"),
    ...because("takes payments; subscriptions are the company's", "Trial Expired", "Subscription Started"),
    ...because("takes payments; subscriptions are the company's", "Subscription Renewed", "Subscription Changed"),
    ...because("takes payments; subscriptions are the company's", "Subscription Cancelled", "Subscription Reactivated"),
    ...because("takes payments; subscriptions are the company's", "Subscription Expired", "Subscription Paused"),
    ...because("takes payments; subscriptions are the company's", "Subscription Resumed", "Subscription Past Due"),
    ...because("takes payments; subscriptions are the company's", "Subscription Recovered", "Renewal Upcoming"),
    ...because("takes payments; subscriptions are the company's", "Price Change Upcoming", "Payment Action Required"),
    ...because("a payment does not say what it is for; it is Order Completed", "Payment Succeeded", "Payment Refunded"),
    ...because("sends no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon", "Invoice Voided"),
    ...because("no such webhook", "Payment Method Added", "Payment Method Updated", "Payment Method Removed"),
    ...because("no such webhook", "Payment Method Expiring", "Coupon Applied", "Coupon Removed", "Credit Granted"),
    ...because("takes payments, not orders", "Cart Created", "Cart Updated", "Checkout Started", "Checkout Updated"),
    ...because("takes payments, not orders", "Checkout Expired", "Order Updated", "Order Fulfilled"),
    ...because("takes payments, not orders", "Order Partially Fulfilled", "Order Delivered", "Order Cancelled", "Gift Received"),
  },
});
