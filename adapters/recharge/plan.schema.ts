/**
 * Recharge and the tracking plan.
 */
import { adapterPlan, because, event, family, SUBSCRIPTION, SUBSCRIPTION_ID } from "../../src/vocabulary/adapter-plan.schema.ts";

/** Events that Recharge alone has. */
export const RECHARGE = family("Recharge", "Events that Recharge alone has.", {
  "Subscription Delivery Skipped": event({
    when: "The next delivery of a subscription is left out.",
    required: SUBSCRIPTION_ID,
    optional: SUBSCRIPTION,
    example: { subscription_id: "1", next_billing_at: "2026-12-20T00:00:00Z" },
  }),
});

export default adapterPlan({
  families: ["billing"],
  lacks: {
    ...because("has no trials", "Trial Started", "Trial Ending", "Trial Converted", "Trial Expired"),
    ...because("a charge that failed or was paid tells it", "Subscription Past Due", "Subscription Recovered"),
    ...because("no such webhook", "Subscription Resumed", "Price Change Upcoming", "Payment Action Required", "Refund Failed"),
    ...because("has no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon", "Invoice Voided"),
    ...because("told as an update", "Payment Method Added", "Payment Method Removed", "Payment Method Expiring"),
    ...because("the shop's payment provider tells it", "Dispute Opened", "Dispute Closed"),
    ...because("a discount is part of its charge", "Coupon Applied", "Coupon Removed", "Credit Granted"),
  },
  own: RECHARGE,
});
