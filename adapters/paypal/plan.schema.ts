/**
 * PayPal and the tracking plan.
 */
import {
  adapterPlan,
  amount,
  because,
  CURRENCY,
  event,
  family,
  PRODUCTS,
  text,
} from "../../src/vocabulary/adapter-plan.schema.ts";

/** Events that PayPal alone has. */
export const PAYPAL = family("PayPal", "Events that PayPal alone has.", {
  "Checkout Approved": event({
    when: "A buyer approved an order at PayPal; the payment is not taken yet.",
    required: { order_id: text("id of the order") },
    optional: {
      invoice_number: text("the company's own number for the order"),
      ...amount("value", "what will be taken"),
      ...CURRENCY,
      ...PRODUCTS,
    },
    example: { order_id: "5O190127TN364715T", value: 59.9, value_minor: 5990, currency: "EUR" },
  }),
});

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("a trial ends without a webhook", "Trial Ending", "Trial Converted", "Trial Expired"),
    "Subscription Renewed": "a payment does not say whether it is the first of a subscription",
    "Subscription Changed": "the webhook of a change does not say what changed",
    "Subscription Reactivated": "a cancelled subscription is not taken up again",
    "Subscription Recovered": "a payment does not say that others failed before",
    ...because("no such webhook", "Renewal Upcoming", "Payment Action Required", "Refund Failed", "Credit Granted"),
    "Price Change Upcoming": "a plan's prices change for all, without a webhook about a subscriber",
    "Invoice Created": "INVOICING.INVOICE.CREATED is about a draft, which may never be sent",
    ...because("no such webhook for invoices", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon"),
    ...because("no such webhook for payment methods", "Payment Method Updated", "Payment Method Expiring"),
    ...because("has no coupons", "Coupon Applied", "Coupon Removed"),
    ...because("has no carts", "Cart Created", "Cart Updated"),
    ...because("an order is told of once its buyer approved it", "Checkout Started", "Checkout Updated"),
    ...because(
      "takes payments, and does not follow what becomes of an order",
      "Order Updated",
      "Order Fulfilled",
      "Order Partially Fulfilled",
      "Order Delivered",
      "Order Cancelled",
    ),
    "Gift Received": "an order does not say that it is a gift",
  },
  own: PAYPAL,
});
