/**
 * RevenueCat: a reserved attribute of the subscriber has the campaign.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story(
  [recorded("BILLING_ISSUE", { "+event.subscriber_attributes.$mediaSource": { value: CAMPAIGN.utm_source } })],
  { attempt: "the store retries and does not say how often", plan_name: "events have the product's id alone" },
);
