/**
 * Lemon Squeezy: the subscription has the plan's name, the custom data of the checkout the campaign.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story(
  [
    recorded("subscription_created", { "data.attributes.variant_name": CAMPAIGN.plan_name }),
    recorded("subscription_payment_failed", { "+meta.custom_data.utm_source": CAMPAIGN.utm_source }),
  ],
  { attempt: "an invoice does not say how often it was tried" },
);
