/**
 * The App Store: a notification has neither a campaign nor names.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { story } from "./campaign.ts";

export default story([recorded("DID_FAIL_TO_RENEW", {})], {
  attempt: "Apple retries for 60 days and tells the first failure alone",
  plan_name: "notifications have the product's id alone",
  utm_source: "notifications have no attribution",
});
