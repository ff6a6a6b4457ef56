/**
 * Recharge and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing"],
  lacks: {
    ...because("has no trials", "Trial Started", "Trial Ending", "Trial Converted", "Trial Expired"),
    ...because("a charge that failed or was paid tells it", "Subscription Past Due", "Subscription Recovered"),
    ...because(
      "only the topic tells it, which is not signed",
      "Subscription Changed",
      "Subscription Reactivated",
      "Subscription Paused",
    ),
    ...because("only the topic tells it, which is not signed", "Subscription Resumed", "Payment Method Updated"),
    ...because("no such webhook", "Price Change Upcoming", "Payment Action Required", "Refund Failed", "Payment Method Added"),
    ...because("no such webhook", "Payment Method Removed", "Payment Method Expiring"),
    ...because("has no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon", "Invoice Voided"),
    ...because("the shop's payment provider tells it", "Dispute Opened", "Dispute Closed"),
    ...because("a discount is part of its charge", "Coupon Applied", "Coupon Removed", "Credit Granted"),
  },
});
