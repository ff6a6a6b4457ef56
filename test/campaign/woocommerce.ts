/**
 * WooCommerce: the first order has the campaign, the subscription the plan's name.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story(
  [
    recorded("order.created", {
      meta_data: [{ id: 1, key: "_wc_order_attribution_utm_source", value: CAMPAIGN.utm_source }],
    }),
    recorded("subscription.created", { "line_items.0.name": CAMPAIGN.plan_name }),
    recorded("order.updated.renewal_failed", {}),
  ],
  { attempt: "a failed order does not say how often it failed" },
);
