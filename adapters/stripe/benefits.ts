/**
 * Stripe's coupons, credit, entitlements and usage alerts.
 */
import * as z from "zod";
import { type Draft, decisive, each, id, maybe, on, optional, pick, text, track } from "../../src/contract/adapter.ts";
import { idsOf, owned, ownerOf, related } from "./owners.ts";
import { money } from "./prices.ts";

const { integer, number } = maybe;

const coupon = optional(
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
export function onDiscount(event: string) {
  return on(discount, (d) =>
    track(ownerOf(d), event, {
      ...idsOf(d),
      coupon_id: d.coupon?.id,
      coupon_name: d.coupon?.name,
      ...money("discount", d.coupon?.amount_off, d.coupon?.currency),
      percent_off: d.coupon?.percent_off,
      duration: d.coupon?.duration,
      promotion_code_id: d.promotion_code,
      ends_at: d.end,
    }),
  );
}

/** Bought or granted credit. */
export function onCreditGrant(event: string) {
  return on(creditGrant, (c) =>
    track(ownerOf(c), event, {
      credit_grant_id: c.id,
      ...money("amount", c.amount?.monetary?.value, c.amount?.monetary?.currency),
      ...pick(c, "name", "category", "effective_at", "expires_at"),
    }),
  );
}

/** The current, added and removed entitlements of a customer. */
export function entitled(e: z.output<typeof entitlementSummary>): Draft {
  const { keys, complete } = e.entitlements;
  const before = e.previous_attributes?.entitlements?.keys ?? [];
  return track(ownerOf(e), "Entitlements Updated", {
    entitlements: keys,
    complete,
    added: keys.filter((key) => !before.includes(key)),
    removed: before.filter((key) => !keys.includes(key)),
  });
}

/** Usage exceeded a limit. */
export function usageReached({ alert, value, ...a }: z.output<typeof usageAlert>): Draft {
  return track(ownerOf(a), "Usage Alert Triggered", {
    alert_id: alert.id,
    title: alert.title,
    threshold: alert.usage_threshold?.gte,
    value,
  });
}
