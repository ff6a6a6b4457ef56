/**
 * Polar's subscriptions.
 */
import * as z from "zod";
import type { Draft, MapResult } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  id,
  ignore,
  isoTime,
  maybe,
  money,
  on,
  optional,
  pick,
  track,
} from "../../src/contract/adapter.ts";
import { owned, ownerOf } from "./customers.ts";

const { text, integer, isoTime: time } = maybe;

/** How long after its start a subscription that becomes active is still a new one, milliseconds. */
const NEW = 60 * 60 * 1000;

/** The product. */
export const product = optional(z.object({ id, name: text }));

/** The discount. */
export const discount = optional(z.object(each(text, "code", "name")));

/** A subscription. */
export const subscription = owned.extend({
  ...each(text, "status", "recurring_interval", "customer_cancellation_reason", "customer_cancellation_comment"),
  ...each(integer, "amount", "recurring_interval_count", "seats"),
  ...each(time, "trial_end", "current_period_start", "current_period_end", "started_at", "canceled_at", "ends_at", "ended_at"),
  cancel_at_period_end: maybe.boolean,
  currency: maybe.currency,
  product,
  product_id: maybe.id,
  discount,
});

/** An activated subscription: these fields say whether for the first time. */
export const beginning = subscription.extend({
  status: decisive(anyText),
  ...each(decisive(isoTime), "trial_end", "current_period_start", "started_at"),
});

type Subscription = z.output<typeof subscription>;

/** Sent for a new subscription, after a trial, and when an overdue payment came in. */
export function activated(s: Subscription): MapResult {
  if (s.status === "trialing") return ignore("covered by subscription.created");
  if (s.trial_end && s.trial_end === s.current_period_start) return subscriptionEvent("Trial Converted", s);
  const isNew = !s.started_at || !s.current_period_start || Date.parse(s.current_period_start) - Date.parse(s.started_at) < NEW;
  return subscriptionEvent(isNew ? "Subscription Started" : "Subscription Recovered", s);
}

/** A subscription event. */
export function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

/** A subscription event. */
export function subscriptionEvent(event: string, s: Subscription): Draft {
  return track(ownerOf(s, { subscription: s.id }), event, {
    subscription_id: s.id,
    plan: s.product?.name,
    product_id: s.product?.id ?? s.product_id,
    ...money("price", s.amount, s.currency),
    interval: s.recurring_interval,
    interval_count: s.recurring_interval_count,
    coupon: s.discount?.code ?? s.discount?.name,
    ...pick(s, "status", "seats", "cancel_at_period_end"),
    ...pick(s, "trial_end", "current_period_start", "current_period_end", "started_at", "canceled_at", "ends_at", "ended_at"),
    cancellation_reason: s.customer_cancellation_reason,
    cancellation_comment: s.customer_cancellation_comment,
  });
}
