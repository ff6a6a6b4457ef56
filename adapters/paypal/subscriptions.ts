/**
 * PayPal's subscriptions.
 */
import * as z from "zod";
import type { Draft, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import { each, id, identify, maybe, on, optional, pick, reference, track } from "../../src/contract/adapter.ts";
import { buyer, namesOf, payer } from "./orders.ts";
import { amount, money } from "./payments.ts";

const { text, isoTime: time } = maybe;

const subscription = z.object({
  id,
  ...each(text, "plan_id", "status", "custom_id"),
  quantity: maybe.number,
  start_time: time,
  subscriber: payer,
  billing_info: optional(
    z.object({
      next_billing_time: time,
      failed_payments_count: maybe.integer,
      last_failed_payment: optional(z.object({ amount, reason_code: text, next_payment_retry_time: time })),
    }),
  ),
});

type Subscription = z.output<typeof subscription>;

/** A started subscription, with its subscriber. */
export const onActivated = on(subscription, (s) => [
  identify(subscriberOf(s), namesOf(s.subscriber)),
  subscriptionEvent("Subscription Started", s),
]);

/** A later subscription event. */
export function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

/** A failed payment; PayPal may retry it. */
export const onFailedPayment = on(subscription, (s) => {
  const failed = s.billing_info?.last_failed_payment;
  return subscriptionEvent(
    "Payment Failed",
    s,
    failed && {
      ...money("amount", failed.amount),
      reason: failed.reason_code,
      next_attempt_at: failed.next_payment_retry_time,
      failed_payments_count: s.billing_info?.failed_payments_count,
    },
  );
});

function subscriberOf(s: Subscription): PersonFacts {
  return buyer(s.subscriber, s.custom_id, [reference("subscription", s.id)]);
}

function subscriptionEvent(event: string, s: Subscription, more: Maybe<Properties> = {}): Draft {
  return track(subscriberOf(s), event, {
    subscription_id: s.id,
    ...pick(s, "plan_id", "status", "quantity"),
    started_at: s.start_time,
    next_billing_at: s.billing_info?.next_billing_time,
    ...more,
  });
}
