/**
 * A subscription of Stripe's, as events hold it.
 */
import * as z from "zod";
import {
  number as anyNumber,
  text as anyText,
  decisive,
  each,
  id,
  maybe,
  optional,
  unixSeconds,
} from "../../src/contract/adapter.ts";
import { coupon } from "./benefits.ts";
import { owned } from "./owners.ts";
import { comparedPrice, price } from "./prices.ts";

const { text, integer, number, boolean, unixSeconds: time } = maybe;

const period = each(time, "current_period_start", "current_period_end");

const pause = z.object({ behavior: anyText, resumes_at: time });

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

const whole = owned.extend({
  id,
  ...state,
  ...each(time, "start_date", "trial_start", "trial_end", "canceled_at", "ended_at"),
  cancellation_details: optional(z.object(each(text, "reason", "feedback", "comment"))),
  // Ids alone, unless they are expanded.
  discounts: optional(z.array(z.union([id.transform(() => null), z.object({ source: optional(z.object({ coupon })), coupon })]))),
});

function ofItself<Given extends { readonly id: string }>(given: Given) {
  return { ...given, subscription: given.id };
}

/** A subscription whose status decides, as do the fields that say how it ended. */
export const subscription = whole.extend({ status: compared.status }).transform(ofItself);

/** A subscription with its previous values. */
export const changedSubscription = whole
  .extend({ ...compared, previous_attributes: decisive(z.object(compared)) })
  .transform(ofItself);

/** A subscription. */
export type Subscription = z.output<typeof subscription>;

/** The part of a subscription that is compared. */
export type SubscriptionState = Pick<Subscription, keyof typeof state>;
