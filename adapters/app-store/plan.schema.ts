/**
 * The Apple App Store and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("no such notification", "Trial Ending", "Renewal Upcoming", "Payment Action Required", "Coupon Removed"),
    "Trial Converted": "a renewal does not say that a trial came before it",
    ...because("the App Store has no pauses", "Subscription Paused", "Subscription Resumed"),
    ...because("the stores keep payment methods to themselves", "Payment Method Added", "Payment Method Updated"),
    ...because("the stores keep payment methods to themselves", "Payment Method Removed", "Payment Method Expiring"),
    ...because("the stores send no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon"),
    ...because("the stores settle it themselves", "Invoice Voided", "Dispute Opened", "Dispute Closed"),
    "Credit Granted": "no such notification",
    ...because("sells in app stores, without carts or shipping", "Cart Created", "Cart Updated", "Checkout Started"),
    ...because("sells in app stores, without carts or shipping", "Checkout Updated", "Checkout Expired", "Order Updated"),
    ...because("sells in app stores, without carts or shipping", "Order Fulfilled", "Order Partially Fulfilled"),
    ...because("sells in app stores, without carts or shipping", "Order Delivered", "Order Cancelled", "Gift Received"),
  },
});
