/**
 * Polar's checkouts and orders.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  decisive,
  each,
  id,
  ignore,
  list,
  maybe,
  money,
  on,
  optional,
  person,
  personId,
  pick,
  products,
  reference,
  track,
  integer as wholeNumber,
} from "../../src/contract/adapter.ts";
import { owned, ownerOf } from "./customers.ts";
import { discount, product } from "./subscriptions.ts";

const { text, integer, currency } = maybe;

/** An order, once its payment is known. */
export const order = owned.extend({
  billing_reason: decisive(anyText),
  invoice_number: text,
  ...each(integer, "subtotal_amount", "discount_amount", "tax_amount", "total_amount"),
  ...each(integer, "refunded_amount", "refunded_tax_amount"),
  currency,
  product,
  product_id: maybe.id,
  discount,
  items: optional(list(z.object({ label: text, amount: integer, product_price_id: maybe.id }))),
});

/** The refund is the sum of two amounts. */
export const refundedOrder = order.extend(each(decisive(wholeNumber), "refunded_amount", "refunded_tax_amount"));

type Order = z.output<typeof order>;

const checkout = z.object({
  id,
  ...each(maybe.id, "customer_id", "product_id"),
  ...each(text, "customer_email", "customer_name", "url"),
  currency,
  total_amount: integer,
  product,
  expires_at: maybe.isoTime,
});

/** The only event of an order that carries its `total`. */
export function sale(o: Order): MapResult {
  if (o.total_amount === 0 && o.subscription_id) return ignore("nothing was paid");
  const isRenewal = o.billing_reason?.startsWith("subscription_cycle") === true;
  return orderEvent(isRenewal ? "Subscription Renewed" : "Order Completed", o, "total", o.total_amount);
}

/** A full or partial refund of an order. */
export function refunded(o: Order): Draft {
  const { refunded_amount: amount, refunded_tax_amount: tax } = o;
  return orderEvent("Order Refunded", o, "amount_refunded", typeof amount === "number" ? amount + (tax ?? 0) : null);
}

function orderEvent(event: string, o: Order, name: string, amount: Maybe<number>): Draft {
  return track(ownerOf(o, { order: o.id }), event, {
    order_id: o.id,
    ...pick(o, "subscription_id", "checkout_id", "billing_reason", "invoice_number"),
    ...money(name, amount, o.currency),
    ...money("subtotal", o.subtotal_amount, o.currency),
    ...money("discount", o.discount_amount, o.currency),
    ...money("tax", o.tax_amount, o.currency),
    coupon: o.discount?.code ?? o.discount?.name,
    product_id: o.product?.id ?? o.product_id,
    product_name: o.product?.name,
    ...products(
      (o.items ?? []).map((item) => ({
        price_id: item.product_price_id,
        name: item.label,
        price: money("price", item.amount, o.currency).price,
      })),
    ),
  });
}

/** A started or expired checkout. */
export function onCheckout(event: string) {
  return on(checkout, (c) => {
    const ids = [personId("customer", c.customer_id), reference("checkout", c.id)];
    return track(person({ record: { id: c.customer_id }, email: claimed(c.customer_email), ids }), event, {
      checkout_id: c.id,
      checkout_url: c.url,
      ...money("value", c.total_amount, c.currency),
      product_id: c.product?.id ?? c.product_id,
      product_name: c.product?.name,
      expires_at: c.expires_at,
    });
  });
}
