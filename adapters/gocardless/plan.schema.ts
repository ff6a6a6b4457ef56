/**
 * GoCardless and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing"],
  lacks: {
    ...because("has no trials", "Trial Started", "Trial Ending", "Trial Converted", "Trial Expired"),
    ...because("a payment of a subscription tells it", "Subscription Renewed", "Subscription Past Due", "Subscription Recovered"),
    ...because("cannot be taken up again", "Subscription Reactivated"),
    ...because(
      "no such webhook",
      "Renewal Upcoming",
      "Price Change Upcoming",
      "Payment Action Required",
      "Payment Method Expiring",
    ),
    ...because("has no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon", "Invoice Voided"),
    ...because("has no coupons", "Coupon Applied", "Coupon Removed", "Credit Granted"),
  },
});
