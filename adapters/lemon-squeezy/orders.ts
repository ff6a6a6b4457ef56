/**
 * Lemon Squeezy's orders, and the licence keys that come with them.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, Properties } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  decisive,
  each,
  ignore,
  maybe,
  money,
  on,
  optional,
  pick,
  products,
  track,
  integer as wholeNumber,
} from "../../src/contract/adapter.ts";
import { identifyOwner, owned, ownerOf } from "./customers.ts";

const { id, text, integer } = maybe;

/** Charged and refunded amounts, in minor units. */
export const charged = owned.extend({
  currency: maybe.currency,
  ...each(integer, "subtotal", "discount_total", "tax", "total", "refunded_amount"),
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

type Order = z.output<typeof order>;

/**
 * Without the key itself. `disabled` is a number, although it is documented as `true`.
 * @see https://github.com/lmsqueezy/lemonsqueezy.js/blob/main/src/licenseKeys/types.ts
 */
const licence = owned.extend({
  ...each(id, "order_id", "product_id"),
  status: text,
  disabled: maybe.flag,
  ...each(integer, "activation_limit", "instances_count"),
  expires_at: maybe.isoTime,
});

/** A placed order, paid or pending. */
export function ordered(o: Order): MapResult {
  return o.status === "paid" ? [identifyOwner(o), orderEvent("Order Completed", o, "total", o.total)] : ignore("not paid");
}

/** A full or partial refund of an order. */
export function refunded(o: Order): Draft {
  return orderEvent("Order Refunded", o, "amount_refunded", o.refunded_amount ?? o.total);
}

function orderEvent(event: string, o: Order, name: string, amount: Maybe<number>): Draft {
  const { first_order_item: first } = o;
  return track(ownerOf(o, { order: o.id }), event, {
    order_id: o.id,
    order_number: o.order_number,
    ...sums(o, name, amount),
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
  });
}

/**
 * The amounts of an order or of a subscription's payment.
 * @param name name of the amount's property
 */
export function sums(c: z.output<typeof charged>, name: string, amount: Maybe<number>): Properties {
  return {
    ...money(name, amount, c.currency),
    ...money("subtotal", c.subtotal, c.currency),
    ...money("discount", c.discount_total, c.currency),
    ...money("tax", c.tax, c.currency),
  };
}

/** A created or changed licence key. */
export function onLicence(event: string) {
  return on(licence, (l) =>
    track(ownerOf(l, { order: l.order_id }), event, {
      license_key_id: l.id,
      activations: l.instances_count,
      ...pick(l, "order_id", "product_id", "status", "disabled", "activation_limit", "expires_at"),
    }),
  );
}
