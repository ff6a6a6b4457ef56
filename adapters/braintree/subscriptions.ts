/**
 * Events about Braintree's subscriptions and their charges.
 */
import type { Draft, MapContext, PersonFacts } from "../../src/contract/adapter.ts";
import { on, reference } from "../../src/contract/adapter.ts";
import {
  paymentFailed,
  paymentSucceeded,
  type SubscriptionEvent,
  subscriptionCancelled,
  subscriptionExpired,
  subscriptionRecovered,
  subscriptionRenewed,
  subscriptionStarted,
  subscriptionState,
  trialConverted,
} from "../../src/vocabulary/adapter.ts";
import { billed, factsOf, type Subscription, subscription } from "./subscription.ts";
import { customerOf, customOf, declineOf, identified, money } from "./transactions.ts";

/** Any step with an event of its own. */
export function onSubscription(...events: readonly SubscriptionEvent[]) {
  return on(subscription, (s, context) => told(s, context, ...events));
}

/** The first payment without a trial; or, after the subscription was past due, the one that was overdue. */
export const onActive = on(subscription, (s, context) => {
  const isFirst = s["current-billing-cycle"] === 1 && s["trial-period"] !== true;
  return told(s, context, isFirst ? startedAs : subscriptionRecovered);
});

/** A trial is followed by the first billing cycle. */
export const onTrialEnded = onSubscription(trialConverted);

/** Always at once: by a decision, or by Braintree when all retries failed. */
export const onCanceled = on(subscription, (s, context) =>
  (s["failure-count"] ?? 0) > 0 ? told(s, context, endedUnpaid) : told(s, context, cancelledNow, subscriptionExpired),
);

/** A payment, which carries the `total`; after the first one a new period began. */
export const onCharged = on(subscription, (s, context) => {
  const cycle = s["current-billing-cycle"];
  const total = money("total", s.latest?.amount, s.latest?.["currency-iso-code"]);
  return [
    ...told(s, context, ...(cycle && cycle > 1 ? [subscriptionRenewed] : [])),
    paymentSucceeded(subscriberOf(s), { ...billed(s), ...total }, customOf(s.latest)),
  ];
});

/** A failed attempt. */
export const onChargeFailed = on(subscription, (s, context) => {
  const failure = { attempt: s["failure-count"], days_past_due: s["days-past-due"], decline_reason: declineOf(s.latest) };
  const amount = money("amount", s.latest?.amount, s.latest?.["currency-iso-code"]);
  return [...told(s, context), paymentFailed(subscriberOf(s), { ...billed(s), ...amount, ...failure }, customOf(s.latest))];
});

const cancelledNow: SubscriptionEvent = (who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: true }, more);

const endedUnpaid: SubscriptionEvent = (who, facts, more) =>
  subscriptionExpired(who, { ...facts, cancellation_reason: "payment_failed" }, more);

const startedAs: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

function subscriberOf(s: Subscription): PersonFacts {
  const transactions = (s.transactions ?? []).map((made) => reference("transaction", made.id));
  return customerOf(s.latest?.customer, [reference("subscription", s.id), ...transactions]);
}

function told(s: Subscription, { event }: MapContext<unknown>, ...events: readonly SubscriptionEvent[]): readonly Draft[] {
  const [who, facts] = [subscriberOf(s), factsOf(s, event.occurredAt)];
  return [
    ...identified(who, s.latest?.customer),
    ...(facts.status ? [subscriptionState(who, event.occurredAt, facts)] : []),
    ...events.map((make) => make(who, facts, customOf(s.latest))),
  ];
}
