/**
 * Stripe's subscriptions.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, Properties } from "../../src/contract/adapter.ts";
import {
  number as anyNumber,
  text as anyText,
  decisive,
  each,
  id,
  ignore,
  maybe,
  on,
  optional,
  pick,
  products,
  track,
  unixSeconds,
} from "../../src/contract/adapter.ts";
import { idsOf, owned, ownerOf } from "./owners.ts";
import { comparedPrice, price, productOf } from "./prices.ts";

const { text, integer, number, boolean, unixSeconds: time } = maybe;

const period = each(time, "current_period_start", "current_period_end");

const pause = z.object({ resumes_at: time });

/** The plan comes first. */
const items = z.object({ data: z.array(z.object({ price, quantity: number, ...period })), total_count: integer });

/** The part of a subscription that is compared. Periods were on the subscription itself up to API version 2025-02-24. */
const state = {
  status: text,
  cancel_at_period_end: boolean,
  cancel_at: time,
  pause_collection: optional(pause),
  items: optional(items),
  ...period,
};

/** The same for comparison with earlier values: a malformed field must not look like a change. */
const compared = {
  status: decisive(anyText),
  cancel_at_period_end: decisive(z.boolean()),
  ...each(decisive(unixSeconds), "cancel_at", "current_period_start", "current_period_end"),
  pause_collection: decisive(pause),
  items: decisive(
    items.extend({ data: z.array(items.shape.data.element.extend({ price: comparedPrice, quantity: decisive(anyNumber) })) }),
  ),
};

/** Other relevant changes. */
export const noticed = each(
  z.unknown().optional(),
  ...(["collection_method", "default_payment_method", "discounts", "metadata", "trial_end"] as const),
);

const whole = owned.extend({
  id,
  ...state,
  ...each(time, "trial_start", "trial_end", "canceled_at", "ended_at"),
  collection_method: text,
  cancellation_details: optional(z.object(each(text, "reason", "feedback", "comment"))),
});

function ofItself<Given extends { readonly id: string }>(given: Given) {
  return { ...given, subscription: given.id };
}

const subscription = whole.transform(ofItself);

/** A new subscription: its status says whether it begins with a trial. */
export const newSubscription = whole.extend({ status: compared.status }).transform(ofItself);

/** A subscription with its previous values. */
export const changedSubscription = whole
  .extend({ ...compared, previous_attributes: decisive(z.object({ ...compared, ...noticed })) })
  .transform(ofItself);

/** A subscription. */
export type Subscription = z.output<typeof subscription>;

/** The part of a subscription that is compared. */
export type SubscriptionState = Pick<Subscription, keyof typeof state>;

/** A new subscription, unless its first payment is pending. */
export function started(s: Subscription): MapResult {
  if (s.status === "incomplete") return ignore("the first payment is pending; followed by customer.subscription.updated");
  return subscriptionEvent(s.status === "trialing" ? "Trial Started" : "Subscription Started", s);
}

/** A step of a subscription's life that has an event of its own. */
export function onSubscription(event: string) {
  return on(subscription, (s) => subscriptionEvent(event, s));
}

/** A subscription event with its properties. */
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

/** The end of the paid period. */
export function periodEndOf(s: SubscriptionState): Maybe<string> {
  return s.current_period_end ?? s.items?.data[0]?.current_period_end;
}
