/**
 * Adapty and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    "Subscription Changed": "a change of product is a new subscription",
    ...because("no such webhook", "Trial Ending", "Renewal Upcoming", "Price Change Upcoming", "Payment Action Required"),
    ...because("a renewal does not say that it was paused or past due", "Subscription Resumed", "Subscription Recovered"),
    ...because("the stores keep payment methods to themselves", "Payment Method Added", "Payment Method Updated"),
    ...because("the stores keep payment methods to themselves", "Payment Method Removed", "Payment Method Expiring"),
    ...because("the stores send no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon"),
    ...because("the stores settle it themselves", "Invoice Voided", "Refund Failed", "Dispute Opened", "Dispute Closed"),
    ...because("an offer is part of a purchase and has no event of its own", "Coupon Applied", "Coupon Removed"),
    ...because("no such webhook", "Credit Granted"),
    ...because("sells in app stores, without carts or shipping", "Cart Created", "Cart Updated", "Checkout Started"),
    ...because("sells in app stores, without carts or shipping", "Checkout Updated", "Checkout Expired", "Order Updated"),
    ...because("sells in app stores, without carts or shipping", "Order Fulfilled", "Order Partially Fulfilled"),
    ...because("sells in app stores, without carts or shipping", "Order Delivered", "Order Cancelled", "Gift Received"),
  },
});
