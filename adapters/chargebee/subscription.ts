/**
 * A subscription of Chargebee's, of both product catalogues, as events hold it.
 */
import * as z from "zod";
import type { Maybe, Money } from "../../src/contract/adapter.ts";
import { text as anyText, decisive, each, fromMinor, list, maybe, optional, products } from "../../src/contract/adapter.ts";
import {
  coupons,
  fold,
  mrrOfItems,
  type PlanInput,
  period,
  type SubscriptionProperties,
  subscription as subscriptionProperties,
} from "../../src/vocabulary/adapter.ts";

const { text, integer, unixSeconds: time } = maybe;

const item = z.object({
  ...each(maybe.id, "item_price_id", "id"),
  ...each(text, "item_type", "billing_period_unit"),
  ...each(integer, "quantity", "unit_price", "amount", "billing_period"),
});

/** The plan is one of the items; in the older product catalogue it is on the subscription, with its addons in a list. */
export const subscription = z.looseObject({
  ...each(maybe.id, "id", "customer_id", "plan_id", "coupon"),
  status: decisive(anyText),
  ...each(text, "billing_period_unit", "cancel_reason", "cancel_reason_code"),
  ...each(integer, "billing_period", "plan_quantity", "plan_unit_price", "plan_amount", "mrr", "due_invoices_count"),
  ...each(time, "trial_start", "trial_end", "started_at", "activated_at", "current_term_start", "current_term_end"),
  ...each(time, "next_billing_at", "pause_date", "resume_date", "cancelled_at", "cancel_schedule_created_at"),
  currency_code: maybe.currency,
  subscription_items: optional(list(item)),
  addons: optional(list(item)),
  coupons: optional(list(z.object({ coupon_id: maybe.id }))),
  discounts: optional(z.array(z.unknown())),
  meta_data: optional(z.looseObject({})),
});

/** A subscription. */
export type Subscription = z.output<typeof subscription>;

/** What is billed again and again: the plan first. */
function itemsOf(s: Subscription): readonly z.output<typeof item>[] {
  if (!s.subscription_items) {
    const { plan_id, plan_quantity: quantity, plan_unit_price: unit_price, plan_amount: amount } = s;
    return [{ item_price_id: plan_id, quantity, unit_price, amount }, ...(s.addons ?? [])];
  }
  const recurring = s.subscription_items.filter(({ item_type }) => item_type !== "charge");
  return recurring.toSorted((a, b) => Number(b.item_type === "plan") - Number(a.item_type === "plan"));
}

/** A subscription in the words of the tracking plan. `cancelled_at` is Chargebee's time of the end, which may be in the future. */
export function factsOf(id: string, s: Subscription): SubscriptionProperties {
  const status = fold(s.status, {
    in_trial: "trialing",
    active: "active",
    non_renewing: "cancelled",
    paused: "paused",
    cancelled: "expired",
    transferred: "expired",
  });
  const [first] = itemsOf(s);
  return subscriptionProperties({
    subscription_id: id,
    status,
    status_raw: s.status,
    plan_id: first?.item_price_id ?? first?.id,
    price: amountOf(first?.unit_price, s.currency_code),
    quantity: first?.quantity,
    ...period(s.billing_period_unit, s.billing_period),
    mrr: mrrIn(s),
    coupons: couponsOf(s),
    trial_started_at: s.trial_start,
    trial_ends_at: s.trial_end,
    current_period_starts_at: s.current_term_start,
    current_period_ends_at: s.current_term_end,
    next_billing_at: s.next_billing_at,
    started_at: s.started_at,
    paused_at: s.pause_date,
    resumes_at: s.resume_date,
    cancelled_at: s.cancel_schedule_created_at ?? (status === "expired" ? s.cancelled_at : null),
    ends_at: s.cancelled_at,
    ended_at: status === "expired" ? s.cancelled_at : null,
    cancellation_reason: s.cancel_reason
      ? (fold(s.cancel_reason, { not_paid: "payment_failed", no_card: "payment_failed", fraud_review_failed: "merchant" }) ??
        "other")
      : null,
    cancellation_reason_raw: s.cancel_reason,
    cancellation_feedback: s.cancel_reason_code,
  });
}

/** Chargebee's own number follows a change only later; but it alone knows discounts, and prices in tiers. */
function mrrIn(s: Subscription): Money | null {
  const items = itemsOf(s).map(({ unit_price, quantity, amount, billing_period_unit, billing_period }): PlanInput => {
    const cycle = billing_period_unit ? period(billing_period_unit, billing_period) : undefined;
    return {
      price: amountOf(amount ?? (typeof unit_price === "number" ? unit_price * (quantity ?? 1) : null), s.currency_code),
      ...(cycle ?? period(s.billing_period_unit, s.billing_period)),
    };
  });
  const told = s.mrr ? amountOf(s.mrr, s.currency_code) : null;
  const isDiscounted = couponsOf(s).length > 0 || (s.discounts?.length ?? 0) > 0;
  return isDiscounted && told ? told : (mrrOfItems(items) ?? told);
}

function couponsOf(s: Subscription): readonly string[] {
  return coupons([s.coupon, ...(s.coupons ?? []).map(({ coupon_id }) => coupon_id)]).coupons ?? [];
}

/** The items of a subscription as products. */
export function productsOf(s: Subscription) {
  return products(
    itemsOf(s).map((one) => ({
      ...(s.subscription_items ? { variant_id: one.item_price_id } : { product_id: one.item_price_id ?? one.id }),
      price: amountOf(one.unit_price, s.currency_code)?.amount,
      quantity: one.quantity,
    })),
  );
}

/** An amount in minor units. */
export function amountOf(minor: Maybe<number>, code: Maybe<string>): Money | null {
  return typeof minor === "number" && code ? fromMinor(minor, code) : null;
}
