/**
 * Lemon Squeezy's subscriptions. What they cost is not in their events: only the id of the price is.
 */
import * as z from "zod";
import type { Draft, MapContext } from "../../src/contract/adapter.ts";
import { text as anyText, decisive, each, isoTime, maybe, on, optional } from "../../src/contract/adapter.ts";
import {
  fold,
  type SubscriptionEvent,
  type SubscriptionProperties,
  subscriptionCancelled,
  subscriptionChanged,
  subscriptionExpired,
  subscription as subscriptionProperties,
  subscriptionStarted,
  subscriptionState,
  trialExpired,
  trialStarted,
} from "../../src/vocabulary/adapter.ts";
import { attributionOf, customOf, identifyOwner, owned, ownerOf } from "./customers.ts";

const { text, isoTime: time } = maybe;

/** Lemon Squeezy's name of a product's only variant. */
const ONLY_VARIANT = "Default";

/** A subscription: its status says whether it starts with a trial, and two times whether it ended with it. */
const subscription = owned.extend({
  ...each(maybe.id, "order_id", "product_id", "variant_id"),
  ...each(text, "product_name", "variant_name"),
  status: decisive(anyText),
  ...each(decisive(isoTime), "trial_ends_at", "ends_at"),
  ...each(time, "renews_at", "created_at"),
  pause: optional(z.object({ resumes_at: time })),
  first_subscription_item: optional(z.object({ quantity: maybe.integer })),
  urls: optional(z.object({ update_payment_method: text })),
});

type Subscription = z.output<typeof subscription>;

/** A started subscription, with or without a trial. */
export const onCreated = on(subscription, (s, context) => [
  identifyOwner(s),
  ...told(s, context, ...(s.status === "on_trial" ? [trialStarted] : []), startedAs),
]);

/** Any other step with an event of its own; the state alone without one. */
export function onSubscription(...events: readonly SubscriptionEvent[]) {
  return on(subscription, (s, context) => told(s, context, ...events));
}

/** The end; of a trial too, if nothing was paid after it. */
export const onExpired = on(subscription, (s, context) => {
  const isTrialOver = s.trial_ends_at && s.ends_at && s.ends_at <= s.trial_ends_at;
  return told(s, context, ...(isTrialOver ? [trialExpired] : []), subscriptionExpired);
});

/** A cancellation leaves the paid period to the customer. */
export const cancelledLater: SubscriptionEvent = (who, facts, more) =>
  subscriptionCancelled(who, { ...facts, immediate: false }, more);

/** Another plan; the one before it does not say. */
export const changedPlan: SubscriptionEvent = (who, facts, more) => subscriptionChanged(who, { ...facts, change: "other" }, more);

const startedAs: SubscriptionEvent = (who, facts, more) =>
  subscriptionStarted(who, { ...facts, status: facts.status ?? "active" }, more);

function told(s: Subscription, { event }: MapContext<unknown>, ...events: readonly SubscriptionEvent[]): readonly Draft[] {
  const [who, facts] = [ownerOf(s, { subscription: s.id, order: s.order_id }), factsOf(s)];
  const properties = { ...facts, payment_update_url: s.urls?.update_payment_method, ...attributionOf(s) };
  return [
    ...(facts.status ? [subscriptionState(who, event.occurredAt, facts)] : []),
    ...events.map((make) => make(who, properties, customOf(s))),
  ];
}

function factsOf(s: Subscription): SubscriptionProperties {
  const status = fold(s.status, {
    on_trial: "trialing",
    active: "active",
    paused: "paused",
    past_due: "past_due",
    unpaid: "past_due",
    cancelled: "cancelled",
    expired: "expired",
  });
  const isOver = status === "expired";
  return subscriptionProperties({
    subscription_id: s.id,
    status,
    status_raw: s.status,
    plan_id: s.variant_id,
    plan_name: s.variant_name === ONLY_VARIANT ? s.product_name : s.variant_name,
    product_id: s.product_id,
    product_name: s.product_name,
    quantity: s.first_subscription_item?.quantity,
    trial_ends_at: s.trial_ends_at,
    current_period_ends_at: isOver ? null : (s.ends_at ?? s.renews_at),
    next_billing_at: isOver || status === "cancelled" ? null : s.renews_at,
    started_at: s.created_at,
    resumes_at: s.pause?.resumes_at,
    ends_at: s.ends_at,
    ended_at: isOver ? s.ends_at : null,
  });
}
