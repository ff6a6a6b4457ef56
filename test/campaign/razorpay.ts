/**
 * Razorpay: a payment's notes have the campaign.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { CAMPAIGN, story } from "./campaign.ts";

export default story([recorded("payment.failed", { "payload.payment.entity.notes": { utm_source: CAMPAIGN.utm_source } })], {
  attempt: "a payment does not say how often it was tried",
  plan_name: "a plan is named by its id alone",
});
