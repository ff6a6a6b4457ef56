/**
 * Adapty: an attribution of the profile has the campaign.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story([recorded("billing_issue_detected", { attributions: { own: { channel: CAMPAIGN.utm_source } } })], {
  attempt: "the store retries and does not say how often",
  plan_name: "events have the product's id alone",
});
