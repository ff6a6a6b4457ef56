/**
 * Stripe's coupons, credit, entitlements and usage alerts.
 */
import * as z from "zod";
import { type Draft, decisive, each, id, maybe, on, optional, pick, text } from "../../src/contract/adapter.ts";
import { type couponApplied, type couponRemoved, creditGranted, ownEvents } from "../../src/vocabulary/adapter.ts";
import { customOf, idsOf, owned, ownerOf, related } from "./owners.ts";
import type { STRIPE } from "./plan.schema.ts";
import { money } from "./prices.ts";

const own = ownEvents<typeof STRIPE>();

const { integer, number } = maybe;

/** A coupon, or its id alone. */
export const coupon = optional(
  z.preprocess(
    (value) => (typeof value === "string" ? { id: value } : value),
    z.object({ id, name: maybe.text, percent_off: number, amount_off: integer, currency: maybe.currency, duration: maybe.text }),
  ),
);

/** The coupon moved into `source` in API version 2025-09-30. */
const discount = owned
  .extend({ source: optional(z.object({ coupon })), coupon, promotion_code: related, end: maybe.unixSeconds })
  .transform((d) => ({ ...d, coupon: d.source?.coupon ?? d.coupon }));

/** The amount is in minor units; credit without a currency has none. */
const creditGrant = owned.extend({
  id,
  ...each(maybe.text, "name", "category"),
  amount: optional(z.object({ monetary: optional(z.object({ value: integer, currency: maybe.currency })) })),
  ...each(maybe.unixSeconds, "effective_at", "expires_at"),
});

const entitlements = z
  .object({ data: z.array(z.object({ lookup_key: text })), has_more: maybe.boolean })
  .transform((list) => ({ keys: list.data.map((entitlement) => entitlement.lookup_key), complete: list.has_more !== true }));

/** All entitlements of a customer, and the previous ones. */
export const entitlementSummary = owned.extend({
  entitlements,
  previous_attributes: decisive(z.object({ entitlements: decisive(entitlements) })),
});

/** A usage limit. */
export const usageAlert = owned.extend({
  alert: z.object({ id, title: maybe.text, usage_threshold: optional(z.object({ gte: number })) }),
  value: number,
});

/** A coupon added to or removed from a customer or subscription. */
export function onDiscount(make: typeof couponApplied | typeof couponRemoved) {
  return on(discount, (d) => {
    const { subscription_id, invoice_id, checkout_id } = idsOf(d);
    return make(ownerOf(d), {
      subscription_id,
      invoice_id,
      checkout_id,
      coupon_id: d.coupon?.id,
      coupon_name: d.coupon?.name,
      ...money("discount", d.coupon?.amount_off, d.coupon?.currency),
      percent_off: d.coupon?.percent_off,
      duration: d.coupon?.duration,
      ends_at: d.end,
    });
  });
}

/** Bought or granted credit. */
export const onCreditGrant = on(creditGrant, (c) =>
  creditGranted(
    ownerOf(c),
    {
      credit_id: c.id,
      ...money("amount", c.amount?.monetary?.value, c.amount?.monetary?.currency),
      ...pick(c, "name", "category", "effective_at", "expires_at"),
    },
    customOf(c),
  ),
);

/** The current, added and removed entitlements of a customer. */
export function entitled(e: z.output<typeof entitlementSummary>): Draft {
  const { keys, complete } = e.entitlements;
  const before = e.previous_attributes?.entitlements?.keys ?? [];
  return own("Entitlements Updated")(ownerOf(e), {
    entitlements: keys,
    entitlements_count: keys.length,
    entitlements_complete: complete,
    entitlements_added: keys.filter((key) => !before.includes(key)),
    entitlements_removed: before.filter((key) => !keys.includes(key)),
  });
}

/** Usage exceeded a limit. */
export function usageReached({ alert, value, ...a }: z.output<typeof usageAlert>): Draft {
  return own("Usage Alert Triggered")(ownerOf(a), {
    alert_id: alert.id,
    title: alert.title,
    threshold: alert.usage_threshold?.gte,
    usage: value,
  });
}
