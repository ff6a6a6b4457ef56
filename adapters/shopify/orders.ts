/**
 * Shopify's orders.
 */
import * as z from "zod";
import type { PersonFacts } from "../../src/contract/adapter.ts";
import {
  decisive,
  each,
  id,
  ignore,
  isoTime,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { orderCancelled, type orderFulfilled, type orderPartiallyFulfilled, orderUpdated } from "../../src/vocabulary/adapter.ts";
import { emailOf, recordOf } from "./buyers.ts";
import { cartToken } from "./carts.ts";
import { parcel, trackingOf } from "./fulfillments.ts";
import { lines, moneyOf, moneySet, productsOf } from "./lines.ts";
import { shopperFields } from "./shoppers.ts";
import { attributionOf, customOf, sums } from "./sums.ts";

/** An order: the body of all order topics. */
export const order = z.object({
  id,
  order_number: id,
  ...each(maybe.text, "name", "email", "contact_email", "phone", "order_status_url"),
  cart_token: optional(cartToken),
  checkout_token: maybe.id,
  checkout_id: maybe.id,
  ...shopperFields,
  ...each(maybe.text, "financial_status", "fulfillment_status", "cancel_reason"),
  cancelled_at: maybe.isoTime,
  ...each(maybe.decimal, "total_price", "current_total_price", "total_tip_received"),
  total_price_set: moneySet,
  payment_gateway_names: optional(z.array(text)),
  ...sums,
  line_items: optional(lines),
  // The latest comes last.
  fulfillments: optional(z.array(parcel)),
});

/** The order must be in the state that the topic says. */
const cancelled = order.extend({ cancelled_at: decisive(isoTime) });
const sent = order.extend({ fulfillment_status: decisive(text) });

/** An order. */
export type Order = z.output<typeof order>;

/** The person of the buyer. */
export function buyerOf(o: Order): PersonFacts {
  return person({
    record: recordOf(o.customer),
    email: emailOf(o.customer, o.email || o.contact_email),
    phone: o.customer?.phone || o.phone || undefined,
    ids: [
      personId("customer", o.customer?.id),
      personId("cart", o.cart_token),
      reference("order", o.id),
      reference("checkout", o.checkout_token ?? o.checkout_id),
    ],
  });
}

/** A changed order, with what it is worth after edits and refunds. */
export const onChanged = on(order, (o) =>
  orderUpdated(
    buyerOf(o),
    { ...aboutOrder(o), ...moneyProperties("value", moneyOf(o.current_total_price ?? o.total_price, o.currency)) },
    customOf(o),
  ),
);

/** A cancelled order. */
export const onCancelled = on(cancelled, (o) =>
  o.cancelled_at
    ? orderCancelled(
        buyerOf(o),
        { ...aboutOrder(o), ...moneyProperties("value", moneyOf(o.total_price, o.currency)), reason: o.cancel_reason },
        customOf(o),
      )
    : ignore("the order is not cancelled"),
);

/** A fully or partially shipped order. */
export function onSent(status: "fulfilled" | "partial", make: typeof orderFulfilled | typeof orderPartiallyFulfilled) {
  return on(sent, (o) =>
    o.fulfillment_status === status
      ? make(buyerOf(o), { ...aboutOrder(o), ...trackingOf(o.fulfillments?.at(-1)) }, customOf(o))
      : ignore(status === "partial" ? "the order is not partially fulfilled" : "the order is not fulfilled"),
  );
}

/** What events say of an order, beside money. */
export function aboutOrder(o: Order) {
  return {
    order_id: o.id,
    order_number: o.name || o.order_number,
    checkout_id: o.checkout_token ?? o.checkout_id,
    cart_id: o.cart_token,
    order_url: o.order_status_url,
    status_raw: o.financial_status,
    ...productsOf(o.line_items ?? [], o.currency),
    ...attributionOf(o),
  };
}
