/**
 * Square: the invoice of a subscription says whose payment failed.
 */
import { recorded } from "../support/changed-fixtures.ts";
import { story } from "./campaign.ts";

export default story(
  [recorded("customer.created", {}), recorded("subscription.created", {}), recorded("invoice.scheduled_charge_failed", {})],
  {
    attempt: "an invoice does not say which attempt failed",
    plan_name: "a subscription names its plan by the id alone",
    utm_source: "neither customers nor payments have a campaign",
  },
);
