/**
 * PayPal: the failed payment has the attempt and, where the event shows it, the plan.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story(
  [
    recorded("BILLING.SUBSCRIPTION.ACTIVATED", {}),
    recorded("BILLING.SUBSCRIPTION.PAYMENT.FAILED.again", {
      "resource.billing_info.failed_payments_count": CAMPAIGN.attempt,
      "+resource.plan": { name: CAMPAIGN.plan_name },
    }),
  ],
  { utm_source: "a subscription has no campaign" },
);
