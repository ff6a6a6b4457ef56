/**
 * Square and the tracking plan.
 */
import { adapterPlan, because, event, family, number, text, time } from "../../src/vocabulary/adapter-plan.schema.ts";

/** Events that Square alone has. */
export const SQUARE = family("Square", "Events that Square alone has.", {
  "Booking Updated": event({
    when: "A booking changed; Square does not say what.",
    required: { meeting_id: text("id of the booking") },
    optional: {
      meeting_kind: text("id of the booked service"),
      starts_at: time("start"),
      ends_at: time("end"),
      location: text("kind of place, in Square's words"),
      status_raw: text("status of the booking, in Square's words"),
    },
    example: { meeting_id: "b_1", starts_at: "2026-12-01T10:00:00Z", status_raw: "accepted" },
  }),
  "Loyalty Account Created": event({
    when: "A customer joined the loyalty program.",
    optional: { loyalty_account_id: text("id of the account"), loyalty_points: number("points to spend") },
    example: { loyalty_account_id: "l_1", loyalty_points: 12 },
  }),
});

export default adapterPlan({
  families: ["billing", "commerce", "forms-and-meetings"],
  lacks: {
    ...because(
      "a subscription's webhook does not tell of the phases of its plan",
      "Trial Started",
      "Trial Ending",
      "Trial Converted",
      "Trial Expired",
    ),
    ...because(
      "a subscription is sent as it stands, without what was before",
      "Subscription Renewed",
      "Subscription Changed",
      "Subscription Reactivated",
      "Subscription Resumed",
    ),
    ...because("a failed charge changes no status", "Subscription Past Due", "Subscription Recovered"),
    ...because("no such webhook", "Renewal Upcoming", "Price Change Upcoming", "Payment Action Required", "Credit Granted"),
    "Payment Refunded": "a refund does not say whether an invoice or a sale was paid: all are Order Refunded",
    "Refund Failed": "a refund that fails was never told as one",
    ...because("a time that passes makes no webhook", "Invoice Overdue", "Invoice Due Soon"),
    "Payment Method Expiring": "a time that passes makes no webhook",
    ...because("discounts are part of orders, which are not read", "Coupon Applied", "Coupon Removed"),
    ...because(
      "carts and checkouts have no webhook",
      "Cart Created",
      "Cart Updated",
      "Checkout Started",
      "Checkout Updated",
      "Checkout Expired",
    ),
    ...because(
      "an order's webhooks hold its id and state alone, and no person",
      "Order Updated",
      "Order Fulfilled",
      "Order Partially Fulfilled",
      "Order Delivered",
      "Order Cancelled",
    ),
    "Gift Received": "a sale does not say that it is a gift",
    "Form Submitted": "has no forms",
    "Meeting Rescheduled": "a changed booking does not say what changed: Booking Updated",
    ...because("tells only who did not come", "Meeting Attended", "Meeting No Show Withdrawn"),
    ...because("has no webinars", "Webinar Registered", "Webinar Attended"),
  },
  own: SQUARE,
});
