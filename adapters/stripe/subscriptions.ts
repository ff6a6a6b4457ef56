/**
 * Stripe's subscriptions in the words of the tracking plan.
 */
import type { Maybe, Money } from "../../src/contract/adapter.ts";
import { products } from "../../src/contract/adapter.ts";
import {
  fold,
  mrrOfItems,
  type PlanInput,
  type SubscriptionProperties,
  type SubscriptionStatus,
  subscription as subscriptionProperties,
} from "../../src/vocabulary/adapter.ts";
import { amountOf, planItem, productOf } from "./prices.ts";
import type { Subscription, SubscriptionState } from "./subscription.ts";

/** A subscription in the words of the tracking plan. */
export function factsOf(s: Subscription): SubscriptionProperties {
  const { reason, feedback, comment } = s.cancellation_details ?? {};
  return subscriptionProperties({
    subscription_id: s.id,
    status: statusOf(s),
    status_raw: s.status,
    ...planOf(s),
    mrr: mrrOf(s),
    coupons: s.discounts?.map((discount) => (discount?.source?.coupon ?? discount?.coupon)?.id),
    trial_started_at: s.trial_start,
    trial_ends_at: s.trial_end,
    current_period_starts_at: s.current_period_start ?? s.items?.data[0]?.current_period_start,
    current_period_ends_at: periodEndOf(s),
    started_at: s.start_date,
    resumes_at: s.pause_collection?.resumes_at,
    cancelled_at: s.canceled_at,
    ends_at: s.ended_at ?? s.cancel_at ?? (s.cancel_at_period_end ? periodEndOf(s) : null),
    ended_at: s.ended_at,
    cancellation_reason: reason
      ? (fold(reason, { cancellation_requested: "customer", payment_failed: "payment_failed" }) ?? "other")
      : null,
    cancellation_reason_raw: reason,
    cancellation_feedback: feedback,
    cancellation_comment: comment,
  });
}

/** `incomplete` and `incomplete_expired`, where the first payment was never made, are no status of the plan. */
function statusOf(s: SubscriptionState): SubscriptionStatus | undefined {
  const status = fold(s.status, {
    trialing: "trialing",
    active: "active",
    past_due: "past_due",
    unpaid: "past_due",
    paused: "paused",
    canceled: "expired",
  });
  if (status !== "active" && status !== "trialing") return status;
  if (isEnding(s)) return "cancelled";
  return isPaused(s) ? "paused" : status;
}

/**
 * Whether the end is set. In flexible billing mode a cancellation sets `cancel_at` alone.
 * @see https://docs.stripe.com/changelog/basil/2025-07-30/cancel-at-enums
 */
export function isEnding(s: SubscriptionState): boolean {
  return s.cancel_at_period_end === true || typeof s.cancel_at === "string";
}

/** Is collection paused? This does not change the status and has no event of its own. */
export function isPaused(s: SubscriptionState): boolean {
  return (s.pause_collection ?? null) !== null;
}

/** The plan: the first item, which for most subscriptions is the only one. */
export function planOf(s: SubscriptionState): PlanInput {
  const { price, quantity } = s.items?.data[0] ?? {};
  return planItem(price, quantity);
}

/** What all items cost in a month, after coupons that stay; `null` where some are not in the event, or are billed by usage. */
export function mrrOf(s: Pick<Subscription, "items" | "discounts">): Money | null {
  const all = s.items?.data ?? [];
  const licensed = all.filter(({ price }) => price?.recurring?.usage_type !== "metered");
  if ((s.items?.total_count ?? 0) > all.length) return null;
  const coupons = s.discounts?.map((discount) => discount?.source?.coupon ?? discount?.coupon) ?? [];
  const lasting = coupons.find((one) => one && one.duration !== "once");
  return mrrOfItems(
    licensed.map(({ price, quantity }) => planItem(price, quantity)),
    lasting && { percent: lasting.percent_off, amount: amountOf(lasting.amount_off, lasting.currency) },
  );
}

/** All items as products. */
export function productsOf(s: SubscriptionState) {
  return products(
    s.items?.data.map((item) => productOf(item.price, item.price?.currency, item.quantity)),
    s.items?.total_count,
  );
}

/** The end of the paid period. */
export function periodEndOf(s: SubscriptionState): Maybe<string> {
  return s.current_period_end ?? s.items?.data[0]?.current_period_end;
}
