/**
 * Clerk Billing: the payment has the plan's name.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story([recorded("paymentAttempt.updated.failed", { "data.subscription_items.0.plan.name": CAMPAIGN.plan_name })], {
  attempt: "an attempt does not say which it is",
  utm_source: "users have no campaign",
});
