/**
 * Paddle's transactions, and the adjustments that give money back.
 */
import * as z from "zod";
import type { Draft, MapResult } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  ignore,
  list,
  maybe,
  money,
  on,
  optional,
  pick,
  track,
} from "../../src/contract/adapter.ts";
import { owned, ownerOf } from "./customers.ts";
import { item, productsOf } from "./subscriptions.ts";

const { text, integer, currency } = maybe;

/** A sale, from the checkout to the payment. */
export const transaction = owned.extend({
  discount_id: maybe.id,
  invoice_number: text,
  ...each(decisive(anyText), "origin", "collection_mode"),
  currency_code: currency,
  items: optional(list(item)),
  details: optional(
    z.object({
      totals: optional(z.object(each(integer, "subtotal", "discount", "tax", "grand_total"))),
      line_items: optional(list(z.object({ price_id: maybe.id, product: optional(z.object({ name: text })) }))),
    }),
  ),
  // The latest attempt comes first.
  payments: optional(z.array(z.object({ error_code: text, method_details: optional(z.object({ type: text })) }))),
  checkout: optional(z.object({ url: text })),
});

type Transaction = z.output<typeof transaction>;

/** A refund or a credit. */
export const adjustment = owned.extend({
  ...each(decisive(anyText), "action", "status"),
  reason: text,
  currency_code: currency,
  totals: optional(z.object({ total: integer })),
});

/** The only event of a sale that carries its `total`. */
export function sale(t: Transaction): MapResult {
  if (t.origin === "subscription_payment_method_change") return ignore("only the payment method changed");
  if (t.subscription_id && t.details?.totals?.grand_total === 0) return ignore("nothing was paid");
  return transactionEvent(t.origin === "subscription_recurring" ? "Subscription Renewed" : "Order Completed", t, "total");
}

/**
 * A transaction event.
 * @param name name of the amount's property; only the sale itself has a `total`
 */
export function transactionEvent(event: string, t: Transaction, name: "total" | "amount" | "value"): Draft {
  const { subtotal, discount, tax, grand_total } = t.details?.totals ?? {};
  const names = new Map((t.details?.line_items ?? []).map((line) => [line.price_id, line.product?.name]));
  return track(ownerOf(t, { transaction: t.id }), event, {
    order_id: t.id,
    ...pick(t, "subscription_id", "invoice_number", "origin", "discount_id"),
    ...money(name, grand_total, t.currency_code),
    ...money("subtotal", subtotal, t.currency_code),
    ...money("discount", discount, t.currency_code),
    ...money("tax", tax, t.currency_code),
    ...productsOf((t.items ?? []).map((one) => ({ ...one, product: one.product ?? { name: names.get(one.price?.id) } }))),
    payment_method: t.payments?.[0]?.method_details?.type,
    error_code: t.payments?.[0]?.error_code,
    checkout_url: name === "value" ? t.checkout?.url : null,
  });
}

/**
 * An invoice event: a transaction that is invoiced and paid manually.
 * @param reason why other transactions are ignored
 */
export function onInvoice(event: string, reason: string) {
  return on(transaction, (t) => (t.collection_mode === "manual" ? transactionEvent(event, t, "amount") : ignore(reason)));
}

/** A refund counts when it is approved; `adjustment.updated` says so if Paddle reviews it. */
export function adjusted(a: z.output<typeof adjustment>): MapResult {
  const properties = {
    adjustment_id: a.id,
    order_id: a.transaction_id,
    ...pick(a, "subscription_id", "reason"),
    ...money("amount", a.totals?.total, a.currency_code),
  };
  switch (a.action) {
    case "refund":
      return a.status === "approved" ? track(ownerOf(a), "Refund Issued", properties) : ignore("the refund is not approved");
    case "chargeback":
      return track(ownerOf(a), "Dispute Opened", properties);
    case "chargeback_reverse":
      return track(ownerOf(a), "Dispute Closed", properties);
    default:
      return ignore("no money was returned");
  }
}
