/**
 * Stripe's subscriptions.
 */
import * as z from "zod";
import { type MapResult, on } from "../../src/contract/define.ts";
import { type Draft, ignore, type Properties, pick, products, track } from "../../src/contract/drafts.ts";
import type { Maybe } from "../../src/contract/facts.ts";
import { each, id, maybe } from "../../src/contract/fields.ts";
import { idsOf, owned, ownerOf } from "./owners.ts";
import { price, productOf } from "./prices.ts";

const { text, integer, number, boolean, unixSeconds: time } = maybe;

const period = each(time, "current_period_start", "current_period_end");

/** The part of a subscription whose changes are told apart. Periods stood on the subscription itself up to API version 2025-02-24. */
const state = {
  status: text,
  cancel_at_period_end: boolean,
  cancel_at: time,
  pause_collection: z.object({ resumes_at: time }).nullish(),
  items: z.object({ data: z.array(z.object({ price, quantity: number, ...period })), total_count: integer }).nullish(),
  ...period,
};

/** Other changes that a person may notice. */
export const noticed = each(
  z.unknown().optional(),
  ...(["collection_method", "default_payment_method", "discounts", "metadata", "trial_end"] as const),
);

/** A subscription, with what was otherwise before it was updated. */
export const subscription = owned
  .extend({
    id,
    ...state,
    ...each(time, "trial_start", "trial_end", "canceled_at", "ended_at"),
    collection_method: text,
    cancellation_details: z.object(each(text, "reason", "feedback", "comment")).nullish(),
    previous_attributes: z.object({ ...state, ...noticed }).nullish(),
  })
  .transform((s) => ({ ...s, subscription: s.id }));

/** A subscription, with what was otherwise before it was updated. */
export type Subscription = z.output<typeof subscription>;

/** The part of a subscription whose changes are told apart. */
export type SubscriptionState = Pick<Subscription, keyof typeof state>;

/** A new subscription, unless its first payment has yet to come in. */
export function started(s: Subscription): MapResult {
  if (s.status === "incomplete") return ignore("the first payment is pending: customer.subscription.updated follows");
  return subscriptionEvent(s.status === "trialing" ? "Trial Started" : "Subscription Started", s);
}

/** A step of a subscription's life that has an event of its own. */
export function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

/** Something that happened to a subscription, with all that is known of it. */
export function subscriptionEvent(event: string, s: Subscription, properties: Properties = {}): Draft {
  return track(ownerOf(s), event, {
    ...idsOf(s),
    ...planOf(s),
    ...products(
      s.items?.data.map((item) => productOf(item.price, item.price?.currency, item.quantity)),
      s.items?.total_count,
    ),
    current_period_start: s.current_period_start ?? s.items?.data[0]?.current_period_start,
    current_period_end: periodEndOf(s),
    ...pick(s, "status", "collection_method", "trial_start", "trial_end"),
    ...pick(s, "cancel_at_period_end", "cancel_at", "canceled_at", "ended_at"),
    resumes_at: s.pause_collection?.resumes_at,
    cancellation_reason: s.cancellation_details?.reason,
    cancellation_feedback: s.cancellation_details?.feedback,
    cancellation_comment: s.cancellation_details?.comment,
    ...properties,
  });
}

/** The plan: the first item, which for most subscriptions is the only one. */
export function planOf(s: SubscriptionState): Properties {
  const { price, quantity } = s.items?.data[0] ?? {};
  return {
    plan: price?.nickname ?? price?.lookup_key,
    ...productOf(price, price?.currency, quantity),
    currency: price?.currency,
    ...pick(price?.recurring, "interval", "interval_count"),
  };
}

/** When what was paid for ends. */
export function periodEndOf(s: SubscriptionState): Maybe<string> {
  return s.current_period_end ?? s.items?.data[0]?.current_period_end;
}
