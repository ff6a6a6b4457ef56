/**
 * Orb and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing"],
  lacks: {
    ...because("no such webhook", "Trial Ending", "Trial Converted", "Trial Expired", "Subscription Renewed"),
    ...because("no such webhook", "Subscription Paused", "Subscription Resumed", "Subscription Past Due"),
    ...because("no such webhook", "Subscription Recovered", "Renewal Upcoming", "Price Change Upcoming"),
    ...because("no such webhook", "Payment Action Required", "Payment Refunded", "Refund Failed"),
    ...because("no such webhook", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon"),
    ...because("payments are another vendor's", "Payment Method Added", "Payment Method Updated", "Payment Method Removed"),
    ...because("payments are another vendor's", "Payment Method Expiring", "Dispute Opened", "Dispute Closed"),
    ...because("no such webhook", "Coupon Applied", "Coupon Removed"),
    "Credit Granted": "prepaid usage, which is no money of the customer's",
  },
});
