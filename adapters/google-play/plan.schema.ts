/**
 * Google Play and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because(
      "a purchase does not say whether it is a trial",
      "Trial Started",
      "Trial Ending",
      "Trial Converted",
      "Trial Expired",
    ),
    "Subscription Resumed": "told as Subscription Recovered: the notification is the same",
    "Payment Succeeded": "notifications tell no money",
    ...because("no such notification", "Renewal Upcoming", "Payment Action Required", "Credit Granted"),
    ...because("does not say what changed", "Price Change Upcoming"),
    ...because("the stores keep payment methods to themselves", "Payment Method Added", "Payment Method Updated"),
    ...because("the stores keep payment methods to themselves", "Payment Method Removed", "Payment Method Expiring"),
    ...because("the stores send no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon"),
    ...because("the stores settle it themselves", "Invoice Voided", "Refund Failed", "Dispute Opened", "Dispute Closed"),
    ...because("an offer is part of a purchase and has no event of its own", "Coupon Applied", "Coupon Removed"),
    ...because("sells in app stores, without carts or shipping", "Cart Created", "Cart Updated", "Checkout Started"),
    ...because("sells in app stores, without carts or shipping", "Checkout Updated", "Checkout Expired", "Order Updated"),
    ...because("sells in app stores, without carts or shipping", "Order Fulfilled", "Order Partially Fulfilled"),
    ...because("sells in app stores, without carts or shipping", "Order Delivered", "Order Cancelled", "Gift Received"),
  },
});
