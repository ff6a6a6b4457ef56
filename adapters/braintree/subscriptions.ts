/**
 * Braintree's subscriptions and their charges.
 */
import * as z from "zod";
import type { MapResult, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  decisive,
  each,
  flag,
  id,
  maybe,
  on,
  optional,
  reference,
  track,
  integer as wholeNumber,
} from "../../src/contract/adapter.ts";
import { customerOf, identified, paid, transaction } from "./transactions.ts";

const { text, integer, isoTime: time } = maybe;

/** A subscription; its latest transaction comes first. */
const subscription = z
  .object({
    subscription: z.object({
      id,
      ...each(text, "status", "plan-id"),
      ...each(integer, "failure-count", "days-past-due"),
      "current-billing-cycle": decisive(wholeNumber),
      ...each(time, "next-billing-date", "paid-through-date", "billing-period-start-date", "billing-period-end-date"),
      "trial-period": decisive(flag),
      transactions: optional(z.array(transaction)),
    }),
  })
  .transform(({ subscription: s }) => ({ ...s, latest: s.transactions?.[0] }));

type Subscription = z.output<typeof subscription>;

function subscriberOf(s: Subscription): PersonFacts {
  const transactions = (s.transactions ?? []).map((made) => reference("transaction", made.id));
  return customerOf(s.latest?.customer, [reference("subscription", s.id), ...transactions]);
}

function about(s: Subscription): Properties {
  return {
    subscription_id: s.id,
    plan_id: s["plan-id"],
    status: s.status,
    billing_cycle: s["current-billing-cycle"],
    current_period_start: s["billing-period-start-date"],
    current_period_end: s["billing-period-end-date"],
    paid_through: s["paid-through-date"],
    next_billing_at: s["next-billing-date"],
    days_past_due: s["days-past-due"],
  };
}

function subscriptionEvent(event: string, s: Subscription, more: Properties = {}): MapResult {
  const facts = subscriberOf(s);
  return [...identified(facts, s.latest?.customer), track(facts, event, { ...about(s), ...more })];
}

/** A subscription event. */
export function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

/** The first payment; or, after the subscription was past due, the one that was overdue. */
export const onActive = on(subscription, (s) => {
  const isFirst = s["current-billing-cycle"] === 1 && s["trial-period"] !== true;
  return subscriptionEvent(isFirst ? "Subscription Started" : "Subscription Reactivated", s);
});

/**
 * A successful or failed charge.
 * @param sum name of the amount's property; only a sale has a `total`
 */
export function onCharge(event: string, sum: "total" | "amount") {
  return on(subscription, (s) => subscriptionEvent(event, s, { failure_count: s["failure-count"], ...paid(sum, s.latest) }));
}
