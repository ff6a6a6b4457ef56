/**
 * A subscription of Braintree's, in the words of the tracking plan.
 */
import * as z from "zod";
import type { Maybe, Money } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  flag,
  fromDecimal,
  id,
  list,
  maybe,
  optional,
  integer as wholeNumber,
} from "../../src/contract/adapter.ts";
import {
  type BillingReason,
  fold,
  mrrOf,
  periodBetween,
  plan,
  type SubscriptionProperties,
  subscription as subscriptionProperties,
} from "../../src/vocabulary/adapter.ts";
import { aboutPayment, transaction } from "./transactions.ts";

const { integer, isoTime: time, decimal } = maybe;

const DAY = 24 * 60 * 60 * 1000;

const changes = optional(list(z.object({ id: maybe.id })));

/**
 * A subscription; its latest transaction comes first, and alone has the currency. `trial-period` says that it began with a trial: a trial that
 * runs is its billing cycle 0. `next-billing-period-amount` is the price with add-ons and discounts.
 */
export const subscription = z
  .object({
    subscription: z.object({
      id,
      "plan-id": maybe.text,
      status: decisive(anyText),
      ...each(decimal, "price", "next-billing-period-amount"),
      ...each(decisive(wholeNumber), "current-billing-cycle", "failure-count"),
      "days-past-due": integer,
      ...each(time, "next-billing-date", "first-billing-date", "billing-period-start-date", "billing-period-end-date"),
      "trial-period": decisive(flag),
      discounts: changes,
      transactions: optional(z.array(transaction)),
    }),
  })
  .transform(({ subscription: s }) => ({ ...s, latest: s.transactions?.[0] }));

/** A subscription. */
export type Subscription = z.output<typeof subscription>;

/** Braintree's `Canceled` has ended, and `Pending` has not begun. */
export function factsOf(s: Subscription, at: string): SubscriptionProperties {
  const status = fold(s.status, { active: "active", "past due": "past_due", canceled: "expired", expired: "expired" });
  const isTrial = status === "active" && s["trial-period"] === true && s["current-billing-cycle"] === 0;
  const cycle = isTrial ? {} : periodOf(s);
  return subscriptionProperties({
    subscription_id: s.id,
    status: isTrial ? "trialing" : status,
    status_raw: s.status,
    plan_id: s["plan-id"],
    price: amountOf(s, s.price),
    ...cycle,
    mrr: mrrOf({ price: amountOf(s, s["next-billing-period-amount"] ?? s.price), ...cycle }),
    coupons: s.discounts?.map((discount) => discount.id),
    trial_ends_at: isTrial ? s["first-billing-date"] : null,
    current_period_starts_at: s["billing-period-start-date"],
    current_period_ends_at: status === "expired" ? null : endOf(s),
    next_billing_at: status === "expired" ? null : s["next-billing-date"],
    ended_at: status === "expired" ? at : null,
    ends_at: status === "expired" ? at : null,
  });
}

function amountOf(s: Subscription, amount: Maybe<string>): Money | null {
  const code = s.latest?.["currency-iso-code"];
  return amount && code ? fromDecimal(amount, code) : null;
}

/** The end of the period's last day. */
function endOf(s: Subscription): Maybe<string> {
  const last = s["billing-period-end-date"];
  return last && new Date(Date.parse(last) + DAY).toISOString();
}

function periodOf(s: Subscription) {
  return periodBetween(s["billing-period-start-date"], endOf(s));
}

/** What a charge is about. */
export function billed(s: Subscription) {
  const cycle = s["current-billing-cycle"];
  const reason: Maybe<BillingReason> = cycle === 1 ? "first" : cycle ? "renewal" : null;
  return {
    subscription_id: s.id,
    order_id: s.latest?.["order-id"],
    ...plan({ plan_id: s["plan-id"], price: amountOf(s, s.price), ...periodOf(s), mrr: null }),
    billing_reason: reason,
    ...aboutPayment(s.latest),
  };
}
