/**
 * Chargebee: the invoice has the plan's name and its failed payments, a custom field of the subscription the campaign.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story([
  recorded("subscription_created", {}),
  recorded("payment_failed.second", {
    "content.invoice.line_items.0.description": CAMPAIGN.plan_name,
    "+content.subscription.cf_utm_source": CAMPAIGN.utm_source,
  }),
]);
