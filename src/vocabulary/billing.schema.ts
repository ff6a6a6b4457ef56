/**
 * The tracking plan: trials, subscriptions, payments, invoices, payment methods and disputes.
 */
import { event, family } from "./definition.schema.ts";
import { DISPUTE_OUTCOMES, SUBSCRIPTION_CHANGES } from "./enums.ts";
import {
  amount,
  BILLED,
  COUPON,
  CURRENCY,
  choice,
  count,
  flag,
  PAYMENT_METHOD,
  PLAN,
  PREVIOUS,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
  text,
  time,
} from "./shapes.schema.ts";

const about = { required: SUBSCRIPTION_ID, optional: SUBSCRIPTION };

const pro = {
  subscription_id: "sub_1",
  plan_id: "price_1",
  plan_name: "Pro",
  price: 29,
  price_minor: 2900,
  currency: "EUR",
  quantity: 1,
  interval: "month",
  interval_count: 1,
  mrr: 29,
  mrr_minor: 2900,
} as const;

const paid = { total: 34.51, total_minor: 3451, currency: "EUR" };
const owed = { amount: 34.51, amount_minor: 3451, currency: "EUR", invoice_id: "in_1" };

const total = { ...amount("total", "money that came in with this payment"), ...CURRENCY };
const due = { ...amount("amount", "what has to be paid"), ...BILLED, due_at: time("time at which it has to be paid") };

const paymentMethod = {
  payment_method_id: text("the vendor's id of the payment method"),
  ...PAYMENT_METHOD,
  card_exp_month: count("month in which the card expires, 1 to 12"),
  card_exp_year: count("year in which the card expires"),
  ...SUBSCRIPTION_ID,
  plan_id: PLAN.plan_id,
  plan_name: PLAN.plan_name,
  reason: text("why, in the vendor's words"),
};

const dispute = {
  dispute_id: text("the vendor's id of the dispute"),
  ...amount("amount", "the disputed money"),
  ...BILLED,
  reason: text("why the customer disputes it, in the vendor's words"),
  status_raw: text("the vendor's word for the state of the dispute"),
  evidence_due_at: time("time until which evidence may be sent"),
  is_inquiry: flag("whether the bank only asks so far, before money is taken"),
};

/** Billing. */
export const BILLING = family("Billing", "Trials, subscriptions, payments, invoices, payment methods and disputes.", {
  "Trial Started": event({
    ...about,
    when: "A trial began; Subscription Started with the status `trialing` goes with it.",
    example: { ...pro, status: "trialing", trial_ends_at: "2026-12-07T09:00:00Z" },
  }),
  "Trial Ending": event({
    ...about,
    when: "A trial will end soon, about three days before, where the vendor says so.",
    example: { ...pro, status: "trialing", trial_ends_at: "2026-12-07T09:00:00Z" },
  }),
  "Trial Converted": event({
    ...about,
    when: "A trial became a paid subscription.",
    example: { ...pro, status: "active", current_period_ends_at: "2027-01-07T09:00:00Z" },
  }),
  "Trial Expired": event({
    ...about,
    when: "A trial ended and did not become a paid subscription; Subscription Expired goes with it where the subscription ended too.",
    example: { ...pro, status: "expired", ended_at: "2026-12-07T09:00:00Z" },
  }),

  "Subscription Started": event({
    when: "A subscription became active for the first time, in a trial or not: `status` says which.",
    required: { ...SUBSCRIPTION_ID, status: SUBSCRIPTION.status },
    optional: SUBSCRIPTION,
    example: { ...pro, status: "active", started_at: "2026-11-23T09:00:00Z" },
  }),
  "Subscription Renewed": event({
    ...about,
    when: "A new paid period began; Payment Succeeded has its money.",
    example: { ...pro, status: "active", current_period_ends_at: "2027-01-23T09:00:00Z" },
  }),
  "Subscription Changed": event({
    when: "Plan, price, quantity or billing period changed.",
    required: {
      ...SUBSCRIPTION_ID,
      change: choice(SUBSCRIPTION_CHANGES, "what changed; upgrade and downgrade by what it costs in a month"),
    },
    optional: { ...SUBSCRIPTION, ...PREVIOUS, takes_effect_at: time("time of the change, where it is later") },
    example: {
      ...pro,
      change: "upgrade",
      previous_plan_id: "price_0",
      previous_plan_name: "Basic",
      previous_price: 9,
      previous_price_minor: 900,
    },
  }),
  "Subscription Cancelled": event({
    when: "The customer or the company decided to end it, at once or later.",
    required: SUBSCRIPTION_ID,
    optional: { ...SUBSCRIPTION, immediate: flag("whether it ends at once") },
    example: { ...pro, status: "cancelled", immediate: false, ends_at: "2026-12-23T09:00:00Z", cancellation_reason: "customer" },
  }),
  "Subscription Reactivated": event({
    ...about,
    when: "The decision to end it was withdrawn, or it started anew under the same id.",
    example: { ...pro, status: "active" },
  }),
  "Subscription Expired": event({
    ...about,
    when: "It ended, whatever the cause.",
    example: { ...pro, status: "expired", ended_at: "2026-12-23T09:00:00Z" },
  }),
  "Subscription Paused": event({
    ...about,
    when: "It was paused: nothing is billed until it resumes.",
    example: { ...pro, status: "paused", resumes_at: "2027-01-23T09:00:00Z" },
  }),
  "Subscription Resumed": event({ ...about, when: "A pause ended.", example: { ...pro, status: "active" } }),
  "Subscription Past Due": event({
    ...about,
    when: "A payment for it is owed after a failed attempt or a missed date; it still runs.",
    example: { ...pro, status: "past_due" },
  }),
  "Subscription Recovered": event({
    ...about,
    when: "A payment that was owed arrived: it is active again.",
    example: { ...pro, status: "active" },
  }),

  "Renewal Upcoming": event({
    when: "The next period will be billed soon.",
    required: {},
    optional: { ...due, renews_at: time("start of the next period") },
    example: { ...pro, amount: 34.51, amount_minor: 3451, renews_at: "2026-12-23T09:00:00Z" },
  }),
  "Price Change Upcoming": event({
    when: "The price will change, announced by the vendor.",
    required: {},
    optional: {
      ...SUBSCRIPTION_ID,
      ...SUBSCRIPTION,
      ...amount("new_price", "`price` from then on"),
      takes_effect_at: time("time of the change"),
    },
    example: { ...pro, new_price: 35, new_price_minor: 3500, takes_effect_at: "2027-01-01T00:00:00Z" },
  }),

  "Payment Succeeded": event({
    when: "Money for a subscription or an invoice arrived, the first payment included; or more money for an order that was edited.",
    optional: { ...total, ...BILLED, ...PAYMENT_METHOD, attempt: count("number of this attempt, from 1") },
    example: { ...pro, ...paid, billing_reason: "renewal" },
  }),
  "Payment Failed": event({
    when: "An attempt to collect money failed, for whatever it was.",
    required: {},
    optional: {
      ...due,
      ...PAYMENT_METHOD,
      attempt: count("number of this attempt, from 1"),
      next_attempt_at: time("time of the next attempt"),
      final: flag("whether no further attempt follows"),
      decline_reason: text("why it was declined, in the vendor's words"),
      error_message: text("what the vendor says about it"),
      days_past_due: count("days since it was due"),
      grace_period_ends_at: time("time until which access is kept"),
    },
    example: { ...pro, ...owed, attempt: 2, decline_reason: "insufficient_funds", final: false },
  }),
  "Payment Action Required": event({
    when: "The customer has to confirm a payment.",
    required: {},
    optional: { ...due, ...PAYMENT_METHOD },
    example: { ...pro, ...owed, invoice_url: "https://billing.example.com/in_1" },
  }),
  "Payment Refunded": event({
    when: "Money of a payment for a subscription or an invoice went back.",
    optional: {
      ...amount("total", "this refund alone, with those before it whose amount the vendor did not tell"),
      ...BILLED,
      ...PAYMENT_METHOD,
      refund_id: text("the vendor's id of the refund"),
      ...amount("total_refunded", "all refunds of the payment so far"),
      full: flag("whether nothing of the payment is left"),
      reason: text("why, in the vendor's words"),
    },
    example: { ...paid, payment_id: "ch_1", full: true, reason: "requested_by_customer" },
  }),

  "Refund Failed": event({
    when: "A refund was undone: the customer's bank did not take it, or an app store took it back. The merchant has the money after all.",
    optional: {
      ...amount("amount", "the refund"),
      ...BILLED,
      refund_id: text("the vendor's id of the refund"),
      reason: text("why it was refunded, in the vendor's words"),
      failure_reason: text("why it failed, in the vendor's words"),
    },
    example: { ...owed, refund_id: "re_1", failure_reason: "expired_or_canceled_card" },
  }),

  "Invoice Created": event({ when: "An invoice was made final, before it is paid.", optional: due, example: owed }),
  "Invoice Sent": event({ when: "An invoice was sent to the customer.", optional: due, example: owed }),
  "Invoice Overdue": event({ when: "An invoice was not paid in time.", optional: due, example: owed }),
  "Invoice Due Soon": event({ when: "An invoice will be due soon.", optional: due, example: owed }),
  "Invoice Voided": event({
    when: "An invoice was cancelled: it need not be paid.",
    optional: { ...due, reason: text("why, in the vendor's words") },
    example: owed,
  }),

  "Payment Method Added": event({
    when: "A customer saved a payment method.",
    optional: paymentMethod,
    example: { payment_method: "card", card_brand: "visa", card_last4: "4242" },
  }),
  "Payment Method Updated": event({
    when: "A saved payment method changed, or another took its place.",
    optional: paymentMethod,
    example: { payment_method: "card", card_brand: "visa", card_last4: "4242" },
  }),
  "Payment Method Removed": event({
    when: "A saved payment method can no longer be used: removed, revoked, or expired (`reason`).",
    optional: paymentMethod,
    example: { payment_method: "card", card_last4: "4242", reason: "revoked" },
  }),
  "Payment Method Expiring": event({
    when: "A saved card will expire soon.",
    optional: paymentMethod,
    example: { payment_method: "card", card_last4: "4242", card_exp_month: 12, card_exp_year: 2026 },
  }),

  "Dispute Opened": event({
    when: "A customer disputed a payment at their bank.",
    optional: dispute,
    example: { ...owed, dispute_id: "dp_1", reason: "fraudulent" },
  }),
  "Dispute Closed": event({
    when: "A dispute ended.",
    optional: { ...dispute, outcome: choice(DISPUTE_OUTCOMES, "how it ended for the merchant") },
    example: { ...owed, dispute_id: "dp_1", outcome: "won" },
  }),

  "Coupon Applied": event({
    when: "A coupon was applied to a customer, subscription or order.",
    optional: COUPON,
    example: { coupon_id: "cpn_1", coupon_name: "Spring", percent_off: 20 },
  }),
  "Coupon Removed": event({
    when: "A coupon was removed.",
    optional: COUPON,
    example: { coupon_id: "cpn_1", coupon_name: "Spring", percent_off: 20 },
  }),
  "Credit Granted": event({
    when: "A customer got credit, bought or given.",
    optional: {
      ...SUBSCRIPTION_ID,
      ...PLAN,
      credit_id: text("the vendor's id of the credit"),
      ...amount("amount", "the credit"),
      invoice_id: text("the vendor's id of the invoice it was given for"),
      name: text("name of the credit"),
      category: text("kind of credit, in the vendor's words"),
      reason: text("why, in the vendor's words"),
      effective_at: time("time from which it can be used"),
      expires_at: time("time until which it can be used"),
    },
    example: { credit_id: "cg_1", amount: 10, amount_minor: 1000, currency: "EUR" },
  }),
});
