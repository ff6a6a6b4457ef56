/**
 * A transaction of Paddle's, and what it says of a sale.
 */
import * as z from "zod";
import { text as anyText, decisive, each, list, maybe, money, optional, pick } from "../../src/contract/adapter.ts";
import { attributionIn, coupons, fold, plan } from "../../src/vocabulary/adapter.ts";
import { owned } from "./customers.ts";
import { item, line, planItem, productsOf } from "./items.ts";

const { text, integer, isoTime: time } = maybe;

const card = optional(z.object(each(text, "type", "last4")));

/** A sale, from the checkout to the payment. */
export const transaction = owned.extend({
  discount_id: maybe.id,
  invoice_id: maybe.id,
  invoice_number: text,
  ...each(decisive(anyText), "origin", "collection_mode"),
  currency_code: maybe.currency,
  billing_period: optional(z.object(each(time, "starts_at", "ends_at"))),
  items: optional(list(item)),
  details: optional(
    z.object({
      totals: optional(z.object(each(integer, "subtotal", "discount", "tax", "grand_total"))),
      line_items: optional(list(line)),
    }),
  ),
  // The latest attempt comes first.
  payments: optional(
    z.array(z.object({ status: text, error_code: text, method_details: optional(z.object({ type: text, card })) })),
  ),
  checkout: optional(z.object({ url: text })),
});

/** A transaction. */
export type Transaction = z.output<typeof transaction>;

/** Whether it is billed to a subscription; the first transaction of one does not name it at once, so its prices count too. */
export function isBilled(t: Transaction): boolean {
  return Boolean(t.subscription_id) || (t.items ?? []).some((one) => one.price?.billing_cycle);
}

/** The plan: the first recurring item. What it costs in a month is the subscription's to say. */
export function planOf(t: Transaction) {
  const items = t.items ?? [];
  const first = items.find((one) => one.price?.billing_cycle) ?? items[0];
  return first ? plan({ ...planItem(first, t.currency_code, t.details?.line_items ?? []), mrr: null }) : {};
}

/** What a payment is for. */
export function billingOf(t: Transaction) {
  return {
    subscription_id: t.subscription_id,
    order_id: t.id,
    billing_reason: fold(t.origin, {
      web: "first",
      api: "first",
      subscription_recurring: "renewal",
      subscription_update: "change",
      subscription_charge: "manual",
    }),
    billing_reason_raw: t.origin,
  };
}

/** Paddle's `subtotal` is before discounts. */
export function basketOf(t: Transaction) {
  const { subtotal, discount, tax } = t.details?.totals ?? {};
  return {
    ...money("subtotal", typeof subtotal === "number" ? subtotal - (discount ?? 0) : null, t.currency_code),
    ...money("discount", discount, t.currency_code),
    ...money("tax", tax, t.currency_code),
    ...coupons([t.discount_id]),
    ...productsOf(t.items, t.currency_code, t.details?.line_items ?? []),
    ...attributionIn(t.custom_data),
  };
}

/** A sale with its ids. */
export function aboutSale(t: Transaction) {
  return { ...pick(t, "invoice_id", "invoice_number"), payment_id: t.id, ...basketOf(t) };
}

/** How it was paid, at the latest attempt. */
export function methodOf(t: Transaction) {
  const method = t.payments?.[0]?.method_details;
  return {
    payment_method: method?.type,
    card_brand: method?.card?.type?.toLowerCase(),
    card_last4: method?.card?.last4,
  };
}
