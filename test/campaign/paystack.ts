/**
 * Paystack: an invoice that could not be paid names the subscription alone.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story(
  [
    recorded("charge.success", { "data.metadata": { utm_source: CAMPAIGN.utm_source } }),
    recorded("subscription.create", { "data.plan.name": CAMPAIGN.plan_name }),
    recorded("invoice.payment_failed", {}),
  ],
  { attempt: "an invoice does not say how often it was tried" },
);
