/**
 * GoCardless: an event of a payment that failed has its metadata, and nothing of the plan.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { story } from "./campaign.ts";

export default story([recorded("payments.failed", {})], {
  attempt: "an event does not say how often it was tried",
  plan_name: "events hold ids alone",
  utm_source: "metadata is the company's own, and is sent by custom_fields",
});
