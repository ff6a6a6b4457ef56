/**
 * RevenueCat's subscriptions, one-time purchases and virtual currency.
 */
import * as z from "zod";
import type { Draft, MapResult, Properties } from "../../src/contract/adapter.ts";
import {
  decisive,
  each,
  fromDecimal,
  ignore,
  list,
  maybe,
  moneyProperties,
  on,
  optional,
  pick,
  text,
} from "../../src/contract/adapter.ts";
import { customer, said } from "./customers.ts";

const { number, unixMilliseconds: time } = maybe;

const MOST_ADJUSTMENTS = 20;

/** A purchase of any kind, in any store. */
export const purchase = customer.extend({
  ...each(maybe.text, "product_id", "new_product_id", "presented_offering_id", "offer_code", "store"),
  ...each(decisive(text), "period_type", "cancel_reason"),
  expiration_reason: maybe.text,
  ...each(maybe.id, "transaction_id", "original_transaction_id"),
  is_family_share: maybe.boolean,
  is_trial_conversion: decisive(z.boolean()),
  ...each(time, "purchased_at_ms", "expiration_at_ms", "grace_period_expiration_at_ms", "auto_resume_at_ms"),
  entitlement_ids: optional(list(text)),
  renewal_number: maybe.integer,
  currency: maybe.currency,
  ...each(number, "price", "price_in_purchased_currency"),
});

type Purchase = z.output<typeof purchase>;

const adjustments = customer.extend({
  ...each(maybe.text, "product_id", "product_display_name", "source", "store"),
  ...each(maybe.id, "transaction_id", "virtual_currency_transaction_id"),
  adjustments: list(z.object({ amount: number, currency: optional(z.object(each(maybe.text, "code", "name"))) })),
});

/** A purchase event without a payment. */
export function onPurchase(event: string) {
  return on(purchase, (p) => purchaseEvent(event, p));
}

/** A purchase event with an amount that is not a sale's. */
export function onAmount(event: string) {
  return on(purchase, (p) => purchaseEvent(event, p, priceOf("amount", p)));
}

/** A started subscription, with or without a trial. */
export function started(p: Purchase): readonly Draft[] {
  return p.period_type === "TRIAL" ? purchaseEvent("Trial Started", p) : saleEvent("Subscription Started", p);
}

/** A renewal; after a trial the first paid period. */
export function renewed(p: Purchase): readonly Draft[] {
  return saleEvent(p.is_trial_conversion ? "Trial Converted" : "Subscription Renewed", p);
}

/**
 * A one-time purchase, or a grant by the company.
 * @see https://www.revenuecat.com/docs/integrations/webhooks/event-types-and-fields (`period_type`)
 */
export function ordered(p: Purchase): readonly Draft[] {
  if (p.period_type === "PROMOTIONAL") return purchaseEvent("Entitlement Granted", p);
  return saleEvent("Order Completed", p, { order_id: p.transaction_id });
}

/** The price of a refund is negative; the subscription may continue. */
export function cancelled(p: Purchase): MapResult {
  switch (p.cancel_reason) {
    case "CUSTOMER_SUPPORT":
      return purchaseEvent("Refund Issued", p, priceOf("amount", p));
    case "BILLING_ERROR":
      return ignore("covered by BILLING_ISSUE");
    default:
      return purchaseEvent("Subscription Cancelled", p);
  }
}

/** Added or spent virtual currency. */
export function onAdjustments(event: string) {
  return on(adjustments, (a) =>
    said(a, event, {
      ...pick(a, "virtual_currency_transaction_id", "transaction_id", "product_id", "store"),
      product_name: a.product_display_name,
      reason: a.source,
      adjustments: a.adjustments
        .slice(0, MOST_ADJUSTMENTS)
        .map(({ amount, currency }) => ({ amount, code: currency?.code, name: currency?.name })),
    }),
  );
}

/** The only event of a sale that carries its `total`. */
function saleEvent(event: string, p: Purchase, properties: Properties = {}): readonly Draft[] {
  return purchaseEvent(event, p, { ...properties, ...priceOf("total", p) });
}

function purchaseEvent(event: string, p: Purchase, properties: Properties = {}): readonly Draft[] {
  return said(p, event, {
    ...pick(p, "product_id", "new_product_id", "period_type", "store", "transaction_id", "original_transaction_id"),
    renewal_number: p.renewal_number,
    entitlements: p.entitlement_ids,
    offering_id: p.presented_offering_id,
    coupon: p.offer_code,
    family_share: p.is_family_share,
    purchased_at: p.purchased_at_ms,
    expires_at: p.expiration_at_ms,
    grace_period_expires_at: p.grace_period_expiration_at_ms,
    resumes_at: p.auto_resume_at_ms,
    reason: p.cancel_reason ?? p.expiration_reason,
    ...properties,
  });
}

/** `price` is in US dollars. */
function priceOf(name: string, p: Purchase): Properties {
  const [amount, code] =
    p.currency && typeof p.price_in_purchased_currency === "number"
      ? [p.price_in_purchased_currency, p.currency]
      : [p.price, "USD"];
  return moneyProperties(name, typeof amount === "number" ? fromDecimal(Math.abs(amount).toFixed(6), code) : null);
}
