/**
 * Braintree and the tracking plan.
 */
import { adapterPlan, because } from "../../src/vocabulary/adapter-plan.schema.ts";

export default adapterPlan({
  families: ["billing", "commerce"],
  lacks: {
    ...because("no such webhook", "Trial Started", "Trial Ending", "Trial Expired", "Renewal Upcoming", "Price Change Upcoming"),
    ...because("no webhook about a changed subscription", "Subscription Changed", "Payment Action Required"),
    ...because("a subscription cannot be paused or taken up again", "Subscription Paused", "Subscription Resumed"),
    "Subscription Reactivated": "a subscription cannot be paused or taken up again",
    ...because("has no invoices", "Invoice Created", "Invoice Sent", "Invoice Overdue", "Invoice Due Soon", "Invoice Voided"),
    ...because("the vault has no webhooks", "Payment Method Added", "Payment Method Updated", "Payment Method Expiring"),
    ...because("no webhooks about discounts and credit", "Coupon Applied", "Coupon Removed", "Credit Granted"),
    ...because(
      "takes payments, and knows no carts, checkouts or shipping",
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
});
