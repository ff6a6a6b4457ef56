/**
 * GitHub and the tracking plan.
 */
import {
  adapterPlan,
  amount,
  because,
  CURRENCY,
  event,
  family,
  flag,
  PLAN,
  SUBSCRIPTION_ID,
  text,
  time,
} from "../../src/vocabulary/adapter-plan.schema.ts";
import { PROJECT } from "./project.schema.ts";

const installation = {
  installation_id: text("id of the installation"),
  account: text("login of the account that has it"),
  repository_selection: text("`all` or `selected` repositories"),
};
const installed = { installation_id: "1", account: "acme", repository_selection: "all" };

const sponsorship = {
  tier: text("name of the tier"),
  previous_tier: text("name of the tier before"),
  one_time: flag("whether it is paid once, not monthly"),
  sponsored: text("login of the sponsored account"),
  ...amount("price", "price of the tier"),
  ...CURRENCY,
  takes_effect_at: time("time of the change"),
};
const sponsored = { tier: "$5 a month", price: 5, price_minor: 500, currency: "USD" };

const pending = {
  required: SUBSCRIPTION_ID,
  optional: {
    ...PLAN,
    previous_plan_id: text("id of the plan until then"),
    previous_plan_name: text("name of the plan until then"),
    takes_effect_at: time("time of the change"),
  },
  example: { subscription_id: "1", plan_id: "2", plan_name: "Team", takes_effect_at: "2026-12-20T00:00:00Z" },
};

/** Events that GitHub alone has. */
export const GITHUB = family("GitHub", "Events that GitHub alone has: what people do in a project, sponsorships, apps.", {
  ...PROJECT,

  "Sponsorship Started": event({ when: "A person began to sponsor.", optional: sponsorship, example: sponsored }),
  "Sponsorship Changed": event({ when: "A sponsor's tier changed.", optional: sponsorship, example: sponsored }),
  "Sponsorship Change Scheduled": event({
    when: "A sponsor's tier will change at the end of the month that is paid.",
    optional: sponsorship,
    example: sponsored,
  }),
  "Sponsorship Cancellation Scheduled": event({
    when: "A sponsorship will end with the month that is paid.",
    optional: sponsorship,
    example: sponsored,
  }),
  "Sponsorship Cancelled": event({ when: "A sponsorship ended.", optional: sponsorship, example: sponsored }),

  "Subscription Change Scheduled": event({
    when: "A plan will change, or be cancelled, at the end of the billing period.",
    ...pending,
  }),
  "Subscription Change Withdrawn": event({ when: "Such a change was withdrawn.", ...pending }),

  "App Installed": event({ when: "An account installed the app.", optional: installation, example: installed }),
  "App Uninstalled": event({ when: "An account removed the app.", optional: installation, example: installed }),
  "App Suspended": event({ when: "An installation was suspended.", optional: installation, example: installed }),
  "App Unsuspended": event({ when: "A suspension ended.", optional: installation, example: installed }),
  "App Permissions Accepted": event({
    when: "An account granted new permissions to the app.",
    optional: installation,
    example: installed,
  }),
  "App Authorization Revoked": event({ when: "A person revoked the app's authorization.", example: {} }),
});

export default adapterPlan({
  families: ["billing", "projects", "community"],
  lacks: {
    ...because(
      "no such webhook",
      "Trial Ending",
      "Trial Converted",
      "Renewal Upcoming",
      "Price Change Upcoming",
      "Credit Granted",
    ),
    "Subscription Renewed": "renewals have no webhook",
    "Subscription Reactivated": "a withdrawn cancellation looks like any other withdrawn change",
    ...because("plans cannot be paused", "Subscription Paused", "Subscription Resumed"),
    ...because(
      "GitHub bills the customer and tells of no payment",
      "Subscription Past Due",
      "Subscription Recovered",
      "Payment Succeeded",
      "Payment Failed",
      "Payment Action Required",
      "Payment Refunded",
      "Refund Failed",
      "Invoice Created",
      "Invoice Sent",
      "Invoice Overdue",
      "Invoice Due Soon",
      "Invoice Voided",
      "Payment Method Added",
      "Payment Method Updated",
      "Payment Method Removed",
      "Payment Method Expiring",
      "Dispute Opened",
      "Dispute Closed",
      "Coupon Applied",
      "Coupon Removed",
    ),
  },
  own: GITHUB,
});
