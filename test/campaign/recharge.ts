/**
 * Recharge: the charge that failed names its product and has the cart's attributes.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story([
  recorded("charge_failed", {
    "charge.charge_attempts": CAMPAIGN.attempt,
    "charge.line_items.0.title": CAMPAIGN.plan_name,
    "charge.order_attributes": [{ name: "utm_source", value: CAMPAIGN.utm_source }],
  }),
]);
