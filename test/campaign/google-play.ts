/**
 * Google Play: a notification names a token and a product.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { story } from "./campaign.ts";

export default story([recorded("SUBSCRIPTION_ON_HOLD", {})], {
  attempt: "Google retries and does not say how often",
  plan_name: "notifications have the product's id alone",
  utm_source: "notifications have no attribution",
});
