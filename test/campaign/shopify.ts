/**
 * Shopify: the first order has the campaign, the contract leads from the failed attempt to its customer.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story(
  [
    recorded("orders_create", { landing_site: `/?utm_source=${CAMPAIGN.utm_source}` }),
    recorded("subscription_contracts_create", {}),
    recorded("subscription_billing_attempts_failure", {}),
  ],
  {
    attempt: "an attempt does not say which it is",
    plan_name: "a contract's webhook names no plan",
  },
);
