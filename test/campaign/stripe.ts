/**
 * Stripe: the subscription has the plan's name and the campaign, the invoice the attempt.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story([
  recorded("customer.created", {}),
  recorded("customer.subscription.created", {
    "data.object.items.data.0.price.nickname": CAMPAIGN.plan_name,
    "data.object.metadata": { user_id: "user_1815", utm_source: CAMPAIGN.utm_source },
  }),
  recorded("invoice.payment_failed", { "data.object.attempt_count": CAMPAIGN.attempt }),
]);
