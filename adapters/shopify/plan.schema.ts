/**
 * Shopify and the tracking plan.
 */
import {
  adapterPlan,
  because,
  count,
  event,
  family,
  PRODUCTS,
  SUBSCRIPTION_ID,
  text,
  texts,
  time,
} from "../../src/vocabulary/adapter-plan.schema.ts";

const parcel = {
  order_id: text("id of the order"),
  fulfillment_id: text("id of the fulfillment"),
  status: text("status of the fulfillment, in Shopify's words"),
  shipment_status: text("where the parcel is, in Shopify's words"),
  tracking_number: text("number of the parcel"),
  tracking_url: text("page that follows the parcel"),
  carrier: text("who delivers it"),
  ...PRODUCTS,
};

const goodsBack = {
  return_id: text("id of the return"),
  order_id: text("id of the order"),
  items_count: count("lines of the return"),
  reason: text("why it was declined, in Shopify's words"),
  note: text("the shop's note about it"),
};

const cycle = {
  cycle: count("number of the billing cycle"),
  cycle_starts_at: time("start of the cycle"),
  cycle_ends_at: time("end of the cycle"),
  next_billing_at: time("time of its payment"),
};

const returned = { return_id: "2001", order_id: "1001", items_count: 1 };

/** Events that Shopify alone has. */
export const SHOPIFY = family("Shopify", "Events that Shopify alone has.", {
  "Customer Enabled": event({ when: "A customer has an account to sign in to.", example: {} }),
  "Customer Disabled": event({ when: "A customer has no account any more, or none yet.", example: {} }),
  "Customer Tags Changed": event({
    when: "A customer was given tags, or lost them: Shopify's signed words do not say which.",
    optional: { tags: texts("the tags") },
    example: { tags: ["vip"] },
  }),
  "Fulfillment Created": event({
    when: "A part of an order is on its way.",
    optional: parcel,
    example: { order_id: "1001", carrier: "DHL" },
  }),
  "Fulfillment Updated": event({
    when: "A parcel's number or whereabouts changed; Order Delivered when it arrived.",
    optional: parcel,
    example: { order_id: "1001", shipment_status: "in_transit" },
  }),
  "Return Requested": event({ when: "A buyer wants to send goods back.", optional: goodsBack, example: returned }),
  "Return Approved": event({ when: "The shop agreed to a return.", optional: goodsBack, example: returned }),
  "Return Declined": event({ when: "The shop refused a return.", optional: goodsBack, example: returned }),
  "Return Cancelled": event({ when: "A return was called off.", optional: goodsBack, example: returned }),
  "Return Closed": event({ when: "A return is done.", optional: goodsBack, example: returned }),
  "Subscription Cycle Skipped": event({
    when: "A delivery and its payment will be left out.",
    required: SUBSCRIPTION_ID,
    optional: cycle,
    example: { subscription_id: "1", cycle: 3 },
  }),
  "Subscription Cycle Unskipped": event({
    when: "A delivery that was to be left out will come.",
    required: SUBSCRIPTION_ID,
    optional: cycle,
    example: { subscription_id: "1", cycle: 3 },
  }),
});

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("contracts have no trial", "Trial Started", "Trial Ending", "Trial Converted", "Trial Expired"),
    ...because("a contract's webhook has neither plan nor price", "Subscription Changed", "Price Change Upcoming"),
    ...because("a failed attempt changes no status", "Subscription Past Due", "Subscription Recovered"),
    "Subscription Reactivated": "a cancelled contract is not taken up again",
    "Renewal Upcoming": "no such webhook",
    "Payment Refunded": "every refund is an order's: Order Refunded",
    "Refund Failed": "a refund's webhook comes when it is made",
    ...because(
      "the only invoice is that of a draft order, when it is sent",
      "Invoice Created",
      "Invoice Overdue",
      "Invoice Due Soon",
      "Invoice Voided",
    ),
    ...because(
      "the body does not say whether the method was added, changed or removed",
      "Payment Method Added",
      "Payment Method Updated",
      "Payment Method Removed",
    ),
    "Payment Method Expiring": "no such webhook",
    ...because("discounts are part of orders and checkouts", "Coupon Applied", "Coupon Removed"),
    "Credit Granted": "no such webhook",
    "Checkout Expired": "there is no webhook for it: wait for Checkout Started without Order Completed",
    "Gift Received": "an order does not say that it is a gift",
  },
  own: SHOPIFY,
});
