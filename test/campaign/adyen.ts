/**
 * Adyen: a refused payment names neither a plan nor how often it was tried.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { story } from "./campaign.ts";

export default story([recorded("AUTHORISATION.refused", {})], {
  attempt: "an authorisation does not say how often it was tried",
  plan_name: "a payment does not say what it is for",
  utm_source: "metadata is sent as custom fields alone",
});
