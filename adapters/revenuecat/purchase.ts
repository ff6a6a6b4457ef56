/**
 * A purchase in any store, as RevenueCat's events hold it, in the words of the tracking plan.
 */
import * as z from "zod";
import type { Money } from "../../src/contract/adapter.ts";
import { decisive, each, fromDecimal, list, maybe, optional, text } from "../../src/contract/adapter.ts";
import {
  type CancellationReason,
  coupons,
  fold,
  periodBetween,
  plan,
  type SubscriptionProperties,
  subscription as subscriptionProperties,
} from "../../src/vocabulary/adapter.ts";
import { attributionOf, customer } from "./customers.ts";

const { number, unixMilliseconds: time } = maybe;

/** A purchase of any kind. */
export const purchase = customer.extend({
  ...each(maybe.text, "product_id", "new_product_id", "offer_code", "store"),
  ...each(decisive(text), "period_type", "cancel_reason", "expiration_reason"),
  ...each(maybe.id, "transaction_id", "original_transaction_id"),
  is_family_share: maybe.boolean,
  is_trial_conversion: decisive(z.boolean()),
  ...each(time, "purchased_at_ms", "expiration_at_ms", "grace_period_expiration_at_ms", "auto_resume_at_ms"),
  entitlement_ids: optional(list(text)),
  currency: maybe.currency,
  ...each(number, "price", "price_in_purchased_currency"),
});

/** A purchase. */
export type Purchase = z.output<typeof purchase>;

/** The price, or the refund, which is negative. `price` is in US dollars. */
export function amountOf(p: Purchase): Money | null {
  const [amount, code] =
    p.currency && typeof p.price_in_purchased_currency === "number"
      ? [p.price_in_purchased_currency, p.currency]
      : [p.price, "USD"];
  return typeof amount === "number" ? fromDecimal(Math.abs(amount).toFixed(6), code) : null;
}

/** What is always known of a subscription. A product of a store is a plan: it has one price and one period. */
export function subscriptionOf(p: Purchase): SubscriptionProperties | null {
  const id = p.original_transaction_id ?? p.transaction_id;
  return id ? subscriptionProperties({ subscription_id: id, ...planIds(p), ...timesOf(p), mrr: null }) : null;
}

/** All of a subscription, at the beginning of a period. */
export function beginningOf(p: Purchase): SubscriptionProperties | null {
  const id = p.original_transaction_id ?? p.transaction_id;
  if (!id) return null;
  const isTrial = p.period_type === "TRIAL";
  const paid = amountOf(p);
  const isKnown = !isTrial && p.is_family_share !== true && paid && paid.minor > 0;
  return subscriptionProperties({
    subscription_id: id,
    status: isTrial ? "trialing" : "active",
    status_raw: p.period_type,
    ...planIds(p),
    ...(isKnown ? { price: paid, ...periodBetween(p.purchased_at_ms, p.expiration_at_ms) } : {}),
    ...timesOf(p),
    started_at: p.original_transaction_id === p.transaction_id ? p.purchased_at_ms : null,
  });
}

/** How and when it ends. */
export function endingOf(
  p: Purchase,
): Pick<SubscriptionProperties, "ends_at" | "cancellation_reason" | "cancellation_reason_raw"> {
  const reason = p.cancel_reason ?? p.expiration_reason;
  const cause: CancellationReason | undefined = fold(reason, {
    unsubscribe: "customer",
    price_increase: "customer",
    billing_error: "payment_failed",
    developer_initiated: "merchant",
  });
  return {
    ends_at: p.expiration_at_ms,
    cancellation_reason: reason ? (cause ?? "other") : null,
    cancellation_reason_raw: reason,
  };
}

/** What belongs to any event about a purchase. */
export function aboutPurchase(p: Purchase) {
  return { affiliation: p.store, entitlements: p.entitlement_ids, ...coupons([p.offer_code]), ...attributionOf(p) };
}

/** What a payment is about. */
export function paymentOf(p: Purchase) {
  const { entitlements: _, ...about } = aboutPurchase(p);
  return {
    payment_id: p.transaction_id,
    subscription_id: p.original_transaction_id ?? p.transaction_id,
    ...plan({ ...planIds(p), mrr: null }),
    ...about,
  };
}

function planIds(p: Purchase) {
  return { plan_id: p.product_id, product_id: p.product_id };
}

function timesOf(p: Purchase) {
  const [start, end] = [p.purchased_at_ms, p.expiration_at_ms];
  return {
    ...(p.period_type === "TRIAL" ? { trial_started_at: start, trial_ends_at: end } : {}),
    current_period_starts_at: start,
    current_period_ends_at: end,
  };
}
