/**
 * Orb: an invoice counts attempts, and the subscription names the plan.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story([
  recorded("subscription.started", { "subscription.plan.name": CAMPAIGN.plan_name }),
  recorded("invoice.payment_failed", {
    "invoice.auto_collection.num_attempts": CAMPAIGN.attempt,
    "invoice.metadata": { utm_source: CAMPAIGN.utm_source },
  }),
]);
