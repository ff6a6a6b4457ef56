/**
 * Lemon Squeezy's orders.
 */
import * as z from "zod";
import type { MapResult } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  fromMinor,
  ignore,
  maybe,
  money,
  on,
  optional,
  pick,
  products,
  integer as wholeNumber,
} from "../../src/contract/adapter.ts";
import { type More, orderCompleted, orderRefunded } from "../../src/vocabulary/adapter.ts";
import { attributionOf, customOf, identifyOwner, owned, ownerOf } from "./customers.ts";

const { id, text, integer } = maybe;

/** Charged and refunded amounts, in minor units. */
export const charged = owned.extend({
  currency: maybe.currency,
  ...each(integer, "discount_total", "tax", "total", "refunded_amount"),
});

/** An order, with its first item. */
export const order = charged.extend({
  order_number: id,
  status: decisive(anyText),
  first_order_item: optional(
    z.object({
      ...each(id, "product_id", "variant_id"),
      ...each(text, "product_name", "variant_name"),
      ...each(integer, "price", "quantity"),
    }),
  ),
  urls: optional(z.object({ receipt: text })),
});

/** The refunded amount decides the sum of a refund. */
export const refundedOrder = order.extend({ refunded_amount: decisive(wholeNumber) });

type Charged = z.output<typeof charged>;
type Order = z.output<typeof order>;

/** A placed order, paid or pending. */
export const onOrder = on(order, (o): MapResult => {
  if (o.status !== "paid") return ignore("not paid");
  const paid = { ...aboutOrder(o), ...partsOf(o), ...money("total", o.total, o.currency) };
  return [identifyOwner(o), orderCompleted(ownerOf(o, { order: o.id }), paid, customOf(o))];
});

/** A full or partial refund of an order. */
export const onOrderRefunded = on(refundedOrder, (o) =>
  orderRefunded(
    ownerOf(o, { order: o.id }),
    { ...aboutOrder(o), ...refundOf(o) },
    { ...customOf(o), ...refundsSoFar(`order:${o.id}`, o) },
  ),
);

/** Lemon Squeezy tells what was given back so far, not one refund: the part that is new is the core's to find. */
export function refundsSoFar(of: string, { refunded_amount: refunded, total, currency }: Charged): Pick<More, "sum"> {
  const minor = refunded ?? total;
  if (typeof minor !== "number" || !currency) return {};
  return { sum: { of: `refunds:${of}`, amount: fromMinor(minor, currency), tells: "each" } };
}

/** What was given back so far. */
export function refundOf(c: Charged) {
  const refund = c.refunded_amount ?? c.total;
  return {
    ...money("total", refund, c.currency),
    ...money("total_refunded", refund, c.currency),
    full: typeof refund === "number" && typeof c.total === "number" ? refund >= c.total : null,
  };
}

/** The parts of a charge. Its `subtotal` is before discounts, and without a set-up fee. */
export function partsOf(c: Charged) {
  return {
    ...money("subtotal", typeof c.total === "number" && typeof c.tax === "number" ? c.total - c.tax : null, c.currency),
    ...money("discount", c.discount_total, c.currency),
    ...money("tax", c.tax, c.currency),
  };
}

function aboutOrder(o: Order) {
  const { first_order_item: first } = o;
  return {
    order_id: o.id,
    order_number: o.order_number,
    ...products(
      first && [
        {
          ...pick(first, "product_id", "variant_id"),
          name: first.product_name,
          variant: first.variant_name,
          price: money("price", first.price, o.currency).price,
          quantity: first.quantity ?? 1,
        },
      ],
    ),
    receipt_url: o.urls?.receipt,
    status_raw: o.status,
    ...attributionOf(o),
  };
}
