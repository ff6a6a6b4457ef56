/**
 * Clerk and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["account", "billing"],
  lacks: {
    ...because("user.updated does not say what changed", "Email Verified", "Email Changed", "Password Changed"),
    ...because("has users alone", "Contact Created", "Contact Deleted"),
    "Subscription Changed": "a change of plan ends one item and starts another",
    "Subscription Reactivated": "an item that is active again looks like a new one",
    ...because("Clerk Billing has no pauses", "Subscription Paused", "Subscription Resumed"),
    ...because("no such webhook", "Renewal Upcoming", "Price Change Upcoming", "Payment Action Required", "Credit Granted"),
    ...because(
      "refunds and disputes are told by Stripe alone",
      "Payment Refunded",
      "Refund Failed",
      "Dispute Opened",
      "Dispute Closed",
    ),
    ...because(
      "Clerk Billing has statements, which have no webhooks",
      "Invoice Created",
      "Invoice Sent",
      "Invoice Overdue",
      "Invoice Due Soon",
      "Invoice Voided",
    ),
    ...because(
      "no webhooks for payment methods",
      "Payment Method Added",
      "Payment Method Updated",
      "Payment Method Removed",
      "Payment Method Expiring",
    ),
    ...because("no webhooks for coupons", "Coupon Applied", "Coupon Removed"),
  },
});
