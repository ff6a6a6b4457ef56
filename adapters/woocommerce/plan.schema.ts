/**
 * WooCommerce and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because(
      "a subscription is sent as it stands, without what was before",
      "Subscription Changed",
      "Subscription Reactivated",
      "Subscription Resumed",
      "Subscription Recovered",
    ),
    // @see https://github.com/Automattic/woocommerce-subscriptions-core/blob/trunk/includes/class-wc-subscription.php
    "Trial Expired": "a subscription that is cancelled or ends loses the date of its trial",
    ...because("a time that passes makes no webhook", "Trial Ending", "Renewal Upcoming", "Price Change Upcoming"),
    "Payment Action Required": "an order that waits for its buyer is pending, which is Checkout Started",
    "Refund Failed": "a refund is in the order once it is made",
    ...because(
      "what is billed is an order",
      "Invoice Created",
      "Invoice Sent",
      "Invoice Overdue",
      "Invoice Due Soon",
      "Invoice Voided",
    ),
    ...because(
      "saved payment methods have no webhook",
      "Payment Method Added",
      "Payment Method Updated",
      "Payment Method Removed",
      "Payment Method Expiring",
    ),
    ...because("disputes are the payment provider's", "Dispute Opened", "Dispute Closed"),
    ...because("coupons are part of orders", "Coupon Applied", "Coupon Removed"),
    "Credit Granted": "no such webhook",
    ...because("a cart is in the browser's session and has no webhook", "Cart Created", "Cart Updated"),
    ...because("a pending order has no event of its own when it changes or is given up", "Checkout Updated", "Checkout Expired"),
    "Order Updated": "an order is sent at every change, most of which concern nobody",
    ...because("a status for it is an extension's", "Order Partially Fulfilled", "Order Delivered"),
    "Gift Received": "an order does not say that it is a gift",
  },
});
