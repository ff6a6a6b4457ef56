/**
 * Braintree: the subscription counts failures, a custom field of a transaction has the campaign.
 */
import { notification } from "../money/braintree.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story(
  [
    notification("subscription_charged_successfully.first", { "utm-source": CAMPAIGN.utm_source }),
    notification("subscription_charged_unsuccessfully", { "failure-count": String(CAMPAIGN.attempt) }),
  ],
  { plan_name: "notifications have the plan's id alone" },
);
