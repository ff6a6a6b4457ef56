/**
 * Recurly: the subscription has the plan's name, a custom field of the account the campaign.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story(
  [
    recorded("subscription.created.older", {
      "new_subscription_notification.subscription.plan.name": CAMPAIGN.plan_name,
      "+new_subscription_notification.account.custom_fields": [{ name: "utm_source", value: CAMPAIGN.utm_source }],
    }),
    recorded("payment.failed", {}),
  ],
  { attempt: "a notification does not say which attempt it is" },
);
