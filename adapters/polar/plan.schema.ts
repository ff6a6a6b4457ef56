/**
 * Polar and the tracking plan.
 */
import { adapterPlan, because, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const benefit = {
  benefit_grant_id: text("id of the grant"),
  benefit_id: text("id of the benefit"),
  benefit_kind: text("kind of benefit, in the vendor's words"),
  description: text("description of the benefit"),
  subscription_id: text("id of the subscription that it comes with"),
  order_id: text("id of the order that it comes with"),
};

const example = { benefit_grant_id: "bg_1", benefit_kind: "license_keys", subscription_id: "sub_1" };

/** Events that Polar alone has. */
export const POLAR = family("Polar", "Events that Polar alone has.", {
  "Benefit Granted": event({ when: "A customer got a benefit of a product.", optional: benefit, example }),
  "Benefit Revoked": event({ when: "A customer lost a benefit of a product.", optional: benefit, example }),
});

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("no such webhook", "Trial Ending", "Renewal Upcoming", "Price Change Upcoming", "Payment Action Required"),
    "Subscription Changed": "subscription.updated does not say what changed",
    "Payment Failed": "no such webhook: Subscription Past Due tells the first failure",
    ...because("an invoice is an order, and has no webhook of its own", "Invoice Created", "Invoice Sent", "Invoice Overdue"),
    ...because("an invoice is an order, and has no webhook of its own", "Invoice Due Soon", "Invoice Voided"),
    ...because("no webhooks about payment methods", "Payment Method Added", "Payment Method Updated"),
    ...because("no webhooks about payment methods", "Payment Method Removed", "Payment Method Expiring"),
    ...because("Polar is the seller and settles it", "Dispute Opened", "Dispute Closed"),
    ...because("no webhooks about discounts and credit", "Coupon Applied", "Coupon Removed", "Credit Granted"),
    ...because(
      "sells by checkouts, without carts, shipping or changes of an order",
      "Cart Created",
      "Cart Updated",
      "Checkout Updated",
      "Order Updated",
      "Order Fulfilled",
      "Order Partially Fulfilled",
      "Order Delivered",
      "Order Cancelled",
      "Gift Received",
    ),
  },
  own: POLAR,
});
