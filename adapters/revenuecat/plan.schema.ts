/**
 * RevenueCat and the tracking plan.
 */
import * as z from "zod";
import {
  adapterPlan,
  because,
  event,
  family,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
  text,
  texts,
  time,
} from "../../src/vocabulary/adapter-plan.schema.ts";

const adjustment = z.looseObject({ amount: z.number() });

/** Events that RevenueCat alone has. */
export const REVENUECAT = family("RevenueCat", "Events that RevenueCat alone has.", {
  "Subscription Extended": event({
    when: "The company or the store prolonged a period without a payment.",
    required: SUBSCRIPTION_ID,
    optional: SUBSCRIPTION,
    example: { subscription_id: "200000000000001", current_period_ends_at: "2026-12-30T09:00:00Z" },
  }),
  "Promotional Access Granted": event({
    when: "The company granted access without a purchase.",
    optional: {
      product_id: text("id of the product"),
      entitlements: texts("ids of the entitlements"),
      expires_at: time("end of the access"),
    },
    example: { entitlements: ["pro"], expires_at: "2026-12-23T09:00:00Z" },
  }),
  "Purchases Transferred": event({
    when: "Purchases moved from one person to another; each of the two has one.",
    required: { direction: z.enum(["away", "here"]).describe("from this person, or to them") },
    optional: { affiliation: text("store") },
    example: { direction: "here" },
  }),
  "Virtual Currency Adjusted": event({
    when: "Virtual currency was added or spent.",
    optional: {
      adjustment_id: text("id of the adjustment"),
      payment_id: text("id of the purchase, if it was one"),
      product_id: text("id of the product"),
      product_name: text("name of the product"),
      affiliation: text("store"),
      reason: text("why, in the vendor's words"),
      adjustments: z.array(adjustment).describe("amount, code and name of each virtual currency"),
    },
    example: { adjustments: [{ amount: 100, code: "COINS" }] },
  }),
  "Experiment Enrolled": event({
    when: "A person takes part in an experiment.",
    optional: {
      experiment_id: text("id of the experiment"),
      variant: text("their variant"),
      offering_id: text("the offering that they see"),
      enrolled_at: time("time of it"),
    },
    example: { experiment_id: "prexp1", variant: "b" },
  }),
});

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("no such webhook", "Trial Ending", "Renewal Upcoming", "Price Change Upcoming", "Payment Action Required"),
    ...because(
      "the stores renew it: RENEWAL does not say that it was paused or past due",
      "Subscription Resumed",
      "Subscription Recovered",
    ),
    ...because("the stores keep payment methods to themselves", "Payment Method Added", "Payment Method Updated"),
    ...because("the stores keep payment methods to themselves", "Payment Method Removed", "Payment Method Expiring"),
    ...because("the stores send no invoices", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon", "Invoice Voided"),
    ...because("the stores settle it themselves", "Dispute Opened", "Dispute Closed"),
    ...because("an offer is part of a purchase and has no event of its own", "Coupon Applied", "Coupon Removed"),
    "Credit Granted": "virtual currency is no money",
    ...because(
      "sells in app stores, without carts, checkouts or shipping",
      "Cart Created",
      "Cart Updated",
      "Checkout Started",
      "Checkout Updated",
      "Checkout Expired",
      "Order Updated",
      "Order Fulfilled",
      "Order Partially Fulfilled",
      "Order Delivered",
      "Order Cancelled",
      "Gift Received",
    ),
  },
  own: REVENUECAT,
});
