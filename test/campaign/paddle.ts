/**
 * Paddle: the transaction has the plan's name, its attempts and the custom data of the checkout.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story([
  recorded("customer.created", {}),
  recorded("subscription.created", {}),
  recorded("transaction.payment_failed", {
    "data.items.0.price.name": CAMPAIGN.plan_name,
    "data.custom_data": { utm_source: CAMPAIGN.utm_source },
    "data.payments": [1, 2].map(() => ({ status: "error", error_code: "declined", method_details: null })),
  }),
]);
