/**
 * Recurly and the tracking plan.
 */
import {
  adapterPlan,
  amount,
  BILLED,
  because,
  event,
  family,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
  text,
  time,
} from "../../src/vocabulary/adapter-plan.schema.ts";

const owed = { ...BILLED, ...amount("amount", "what is still owed"), due_at: time("time at which it had to be paid") };

const example = { invoice_number: "2059", amount: 58, amount_minor: 5800, currency: "EUR" };

/** Events that Recurly alone has. */
export const RECURLY = family("Recurly", "Events that Recurly alone has.", {
  "Account Closed": event({
    when: "An account was closed: its subscriptions are cancelled, and it can be opened again.",
    optional: { reason: text("why, in the vendor's words") },
    example: {},
  }),
  "Payment Method Update Failed": event({
    when: "A customer's new payment details were refused.",
    optional: { reason: text("why, in the vendor's words") },
    example: {},
  }),
  "Gift Card Balance Low": event({
    when: "What is left on a gift card does not pay the next period.",
    required: SUBSCRIPTION_ID,
    optional: SUBSCRIPTION,
    example: { subscription_id: "75d3c1a0" },
  }),
  "Payment Reminder Due": event({
    when: "A step of the reminders about an unpaid invoice began.",
    optional: owed,
    example,
  }),
  "Invoice Failed": event({ when: "The attempts to collect an invoice ended, and it was not paid.", optional: owed, example }),
});

export default adapterPlan({
  families: ["billing"],
  lacks: {
    ...because("has no such status: payments and invoices tell it", "Subscription Past Due", "Subscription Recovered"),
    ...because(
      "no such webhook",
      "Payment Action Required",
      "Refund Failed",
      "Invoice Sent",
      "Invoice Due Soon",
      "Invoice Voided",
    ),
    ...because("a new one is billing_info.updated too", "Payment Method Added"),
    ...because("disputes are handled at the payment gateway", "Dispute Opened", "Dispute Closed"),
    ...because("no webhooks about coupons and credit", "Coupon Applied", "Coupon Removed", "Credit Granted"),
  },
  own: RECURLY,
});
