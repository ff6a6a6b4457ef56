/**
 * Steps in the life of a subscription that have a webhook of their own.
 */
import { type Draft, ignore, type MapContext, on } from "../../src/contract/adapter.ts";
import {
  attributionIn,
  ownEvents,
  type SubscriptionEvent,
  subscriptionCancelled,
  subscriptionExpired,
  subscriptionPaused,
  subscriptionStarted,
  subscriptionState,
  trialExpired,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { customOf, ownerOf } from "./owners.ts";
import type { STRIPE } from "./plan.schema.ts";
import { type Subscription, subscription } from "./subscription.ts";
import { factsOf, isEnding, productsOf } from "./subscriptions.ts";

const own = ownEvents<typeof STRIPE>();

/** A new subscription, unless its first payment is pending. */
export const onCreated = on(subscription, (s, context) => {
  if (s.status === "incomplete") return ignore("the first payment is pending; followed by customer.subscription.updated");
  return told(s, context, ...(s.status === "trialing" ? [trialStarted] : []), startedAs);
});

/** Any other step. */
export function onSubscription(...events: readonly SubscriptionEvent[]) {
  return on(subscription, (s, context) => told(s, context, ...events));
}

/**
 * A trial that ended without a payment method.
 * @see https://docs.stripe.com/billing/subscriptions/trials#create-free-trials-without-payment
 */
export const onPaused = onSubscription(trialExpired, subscriptionPaused);

/** The end: decided before, now, or by nobody where a payment failed or a trial ran out. */
export const onEnded = on(subscription, (s, context) => {
  const isTrialOver = typeof s.trial_end === "string" && typeof s.ended_at === "string" && s.ended_at <= s.trial_end;
  const reason = s.cancellation_details?.reason ?? "cancellation_requested";
  const isDecidedNow = !isEnding(s) && reason === "cancellation_requested" && !(isTrialOver && s.ended_at === s.trial_end);
  return told(s, context, ...(isDecidedNow ? [cancelledNow] : []), ...(isTrialOver ? [trialExpired] : []), subscriptionExpired);
});

/** A change that waited for a payment was dropped. */
export const onChangeExpired = onSubscription((who, facts, more) => own("Subscription Change Expired")(who, facts, more));

/** The state of a subscription, and events about it. */
export function told(s: Subscription, { event }: MapContext<unknown>, ...events: readonly SubscriptionEvent[]): readonly Draft[] {
  const [who, facts] = [ownerOf(s), factsOf(s)];
  const properties = { ...facts, ...productsOf(s), ...attributionIn(s.metadata) };
  return [
    ...(facts.status ? [subscriptionState(who, event.occurredAt, facts)] : []),
    ...events.map((make) => make(who, properties, customOf(s))),
  ];
}

/** Its start; a status that the plan does not have counts as active. */
export const startedAs: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

const cancelledNow: SubscriptionEvent = (who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: true }, more);
