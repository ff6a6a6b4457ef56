/**
 * Chargebee and the tracking plan.
 */
import { adapterPlan, because, event, family, SUBSCRIPTION, SUBSCRIPTION_ID } from "../../src/vocabulary/adapter-plan.schema.ts";

/** Events that Chargebee alone has. */
export const CHARGEBEE = family("Chargebee", "Events that Chargebee alone has.", {
  "Trial Extended": event({
    when: "The company prolonged a trial.",
    required: SUBSCRIPTION_ID,
    optional: SUBSCRIPTION,
    example: { subscription_id: "16BdKl", status: "trialing", trial_ends_at: "2026-12-07T09:00:00Z" },
  }),
  "Subscription Ending": event({
    when: "A subscription whose end is scheduled will end soon.",
    required: SUBSCRIPTION_ID,
    optional: SUBSCRIPTION,
    example: { subscription_id: "16BdKl", status: "cancelled", ends_at: "2026-12-23T09:00:00Z" },
  }),
});

export default adapterPlan({
  families: ["billing"],
  lacks: {
    ...because(
      "has no such status: Payment Failed and Payment Succeeded tell it",
      "Subscription Past Due",
      "Subscription Recovered",
    ),
    ...because("no such webhook", "Price Change Upcoming", "Payment Action Required", "Refund Failed", "Invoice Sent"),
    ...because("disputes are handled at the payment gateway", "Dispute Opened", "Dispute Closed"),
    ...because("a coupon on a subscription has no event of its own", "Coupon Applied", "Coupon Removed"),
  },
  own: CHARGEBEE,
});
