/**
 * What becomes of PayPal's subscriptions.
 */
import { type Draft, identify, on, type PersonFacts, reference, told } from "../../src/contract/adapter.ts";
import {
  paymentFailed,
  type SubscriptionEvent,
  subscriptionCancelled,
  subscriptionPastDue,
  subscriptionStarted,
  subscriptionState,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { buyer, namesOf } from "./orders.ts";
import { customOf, money } from "./payments.ts";
import { factsOf, isFailing, isInTrial, type Subscription, subscription } from "./subscription.ts";

/** A started subscription, with its subscriber. */
export const onActivated = on(subscription, (s, { event }) => [
  identify(subscriberOf(s), told(namesOf(s.subscriber))),
  ...stated(s, event.occurredAt, ...(isInTrial(s) ? [trialStarted] : []), started),
]);

/** A later subscription event, with the state that results; the state alone for a change that PayPal does not describe. */
export function onSubscription(...events: readonly SubscriptionEvent[]) {
  return on(subscription, (s, { event }) => stated(s, event.occurredAt, ...events));
}

/** A cancelled subscription is over for PayPal: nothing is billed any more. */
export const cancelled: SubscriptionEvent = (who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: true }, more);

/** A failed payment; PayPal may retry it. The first of a row makes the subscription past due. */
export const onFailedPayment = on(subscription, (s, { event }) => {
  const failed = s.billing_info?.last_failed_payment;
  const attempt = s.billing_info?.failed_payments_count;
  const { subscription_id, plan_id, plan_name, quantity } = factsOf(s);
  const properties = {
    subscription_id,
    plan_id,
    plan_name,
    quantity,
    ...money("amount", failed?.amount),
    decline_reason: failed?.reason_code,
    next_attempt_at: failed?.next_payment_retry_time,
    attempt,
  };
  return [
    ...stated(s, event.occurredAt, ...(attempt === 1 ? [subscriptionPastDue] : [])),
    paymentFailed(subscriberOf(s), properties, customOf(s.custom_id)),
  ];
});

function stated(s: Subscription, at: string, ...events: readonly SubscriptionEvent[]): readonly Draft[] {
  const [who, facts] = [subscriberOf(s), factsOf(s)];
  return [
    ...(facts.status ? [subscriptionState(who, at, { ...facts, payment_failing: isFailing(s) })] : []),
    ...events.map((make) => make(who, facts, customOf(s.custom_id))),
  ];
}

const started: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

function subscriberOf(s: Subscription): PersonFacts {
  return buyer(s.subscriber, s.custom_id, [reference("subscription", s.id)]);
}
