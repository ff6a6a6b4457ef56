/**
 * Superwall: an event has neither a campaign nor names.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { story } from "./campaign.ts";

export default story([recorded("billing_issue", {})], {
  attempt: "the store retries and does not say how often",
  plan_name: "events have the product's id alone",
  utm_source: "events have no attribution",
});
