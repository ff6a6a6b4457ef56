/**
 * Polar's subscriptions.
 */
import type * as z from "zod";
import type { Draft, MapContext } from "../../src/contract/adapter.ts";
import { text as anyText, decisive, each, ignore, inMinor, isoTime, maybe, on } from "../../src/contract/adapter.ts";
import {
  fold,
  mrrOf,
  period,
  type SubscriptionEvent,
  type SubscriptionProperties,
  subscriptionCancelled,
  subscriptionExpired,
  subscription as subscriptionProperties,
  subscriptionRecovered,
  subscriptionStarted,
  subscriptionState,
  trialConverted,
  trialExpired,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { attributionOf, customOf, owned, ownerOf } from "./customers.ts";
import { afterDiscount, amountOf, couponOf, discount, product } from "./products.ts";

const { text, integer, isoTime: time } = maybe;

/** How long after its start a subscription that becomes active is still a new one, milliseconds. */
const NEW = 60 * 60 * 1000;

/** A subscription: the decisive fields say how it began and ended. */
const subscription = owned.extend({
  status: decisive(anyText),
  ...each(decisive(isoTime), "trial_end", "current_period_start", "started_at", "ended_at"),
  ...each(text, "recurring_interval", "customer_cancellation_reason", "customer_cancellation_comment"),
  ...each(integer, "amount", "recurring_interval_count", "seats"),
  ...each(time, "trial_start", "current_period_end", "canceled_at", "ends_at"),
  cancel_at_period_end: maybe.boolean,
  currency: maybe.currency,
  product,
  product_id: maybe.id,
  discount,
});

type Subscription = z.output<typeof subscription>;

/** Any step with an event of its own; the state alone without one. */
export function onSubscription(...events: readonly SubscriptionEvent[]) {
  return on(subscription, (s, context) => told(s, context, ...events));
}

/** A new subscription; without a trial its start is told when it becomes active. */
export const onCreated = on(subscription, (s, context) =>
  told(s, context, ...(s.status === "trialing" ? [trialStarted, startedAs] : [])),
);

/** Sent for a new subscription, after a trial, and when an overdue payment came in. */
export const onActive = on(subscription, (s, context) => {
  if (s.status === "trialing") return told(s, context);
  if (s.trial_end && s.trial_end === s.current_period_start) return told(s, context, trialConverted);
  const isNew = !s.started_at || !s.current_period_start || Date.parse(s.current_period_start) - Date.parse(s.started_at) < NEW;
  return told(s, context, isNew ? startedAs : subscriptionRecovered);
});

/** A new period, which after a trial is its conversion: subscription.active has that. */
export const onCycled = (renewed: SubscriptionEvent) =>
  on(subscription, (s, context) => told(s, context, ...(s.trial_end && s.trial_end === s.current_period_start ? [] : [renewed])));

/** A cancellation, at once or at the end of the period. */
export const onCanceled = on(subscription, (s, context) =>
  told(s, context, (who, facts, more) => subscriptionCancelled(who, { ...facts, immediate: s.status === "canceled" }, more)),
);

/** The end; of a trial too, if nothing was paid after it. */
export const onRevoked = on(subscription, (s, context) => {
  const isTrialOver = s.trial_end && s.ended_at && s.ended_at <= s.trial_end;
  return told(s, context, ...(isTrialOver ? [trialExpired] : []), subscriptionExpired);
});

const startedAs: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

function told(s: Subscription, { event }: MapContext<unknown>, ...events: readonly SubscriptionEvent[]) {
  const [who, facts] = [ownerOf(s, { subscription: s.id }), factsOf(s)];
  const properties = { ...facts, ...attributionOf(s) };
  const drafts: readonly Draft[] = [
    ...(facts.status ? [subscriptionState(who, event.occurredAt, facts)] : []),
    ...events.map((make) => make(who, properties, customOf(s))),
  ];
  return drafts.length > 0 ? drafts : ignore("the first payment was not made");
}

/** `amount` is for all seats. */
function factsOf(s: Subscription): SubscriptionProperties {
  const amount = amountOf(s.amount, s.currency);
  const cycle = period(s.recurring_interval, s.recurring_interval_count);
  const units = s.seats ?? 1;
  const status = statusOf(s);
  return subscriptionProperties({
    subscription_id: s.id,
    status,
    status_raw: s.status,
    plan_id: s.product?.id ?? s.product_id,
    plan_name: s.product?.name,
    product_id: s.product?.id ?? s.product_id,
    product_name: s.product?.name,
    price: amount && units > 0 && amount.minor % units === 0 ? inMinor(amount.minor / units, amount) : null,
    quantity: s.seats,
    ...cycle,
    mrr: amount && mrrOf({ price: inMinor(afterDiscount(amount.minor, s.discount), amount), ...cycle }),
    coupons: [couponOf(s.discount)],
    trial_started_at: s.trial_start,
    trial_ends_at: s.trial_end,
    current_period_starts_at: s.current_period_start,
    current_period_ends_at: s.current_period_end,
    started_at: s.started_at,
    cancelled_at: s.canceled_at,
    ends_at: s.ended_at ?? s.ends_at,
    ended_at: status === "expired" ? s.ended_at : null,
    cancellation_reason: s.customer_cancellation_reason ? "customer" : null,
    cancellation_feedback: s.customer_cancellation_reason,
    cancellation_comment: s.customer_cancellation_comment,
  });
}

/** `incomplete` and `incomplete_expired`, where the first payment was never made, are no status of the plan. */
function statusOf(s: Subscription) {
  const status = fold(s.status, {
    trialing: "trialing",
    active: "active",
    past_due: "past_due",
    unpaid: "past_due",
    paused: "paused",
    canceled: "expired",
  });
  return s.cancel_at_period_end === true && (status === "active" || status === "trialing") ? "cancelled" : status;
}
