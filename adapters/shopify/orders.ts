/**
 * Shopify's orders.
 */
import * as z from "zod";
import type { Draft, MapContext, PersonFacts, Properties } from "../../src/contract/adapter.ts";
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
  pick,
  reference,
  text,
  track,
} from "../../src/contract/adapter.ts";
import { about, buyer, emailOf, recordOf } from "./buyers.ts";
import { cartToken } from "./carts.ts";
import type { Options } from "./envelope.ts";
import { parcel } from "./fulfillments.ts";
import { lines, moneyOf, productsOf, shopMoney, sumProperties, sums } from "./lines.ts";

/** An order: the body of all order topics. */
export const order = z.object({
  id,
  order_number: id,
  ...each(maybe.text, "name", "email", "contact_email", "phone", "customer_locale", "order_status_url"),
  customer: optional(buyer),
  cart_token: optional(cartToken),
  checkout_token: maybe.id,
  checkout_id: maybe.id,
  ...each(maybe.text, "financial_status", "fulfillment_status", "cancel_reason"),
  cancelled_at: maybe.isoTime,
  total_price: maybe.decimal,
  total_shipping_price_set: shopMoney,
  ...sums,
  line_items: optional(lines),
  // The latest comes last.
  fulfillments: optional(z.array(parcel)),
});

/** The order must be in the state that the topic says. */
const paid = order.extend({ financial_status: decisive(text) });
const cancelled = order.extend({ cancelled_at: decisive(isoTime) });
const sent = order.extend({ fulfillment_status: decisive(text) });

type Order = z.output<typeof order>;

/** The person of the buyer. */
export function buyerOf(o: Order): PersonFacts {
  return person({
    record: recordOf(o.customer),
    email: emailOf(o.customer, o.email || o.contact_email),
    phone: o.customer?.phone || o.phone,
    ids: [
      personId("customer", o.customer?.id),
      personId("cart", o.cart_token),
      reference("order", o.id),
      reference("checkout", o.checkout_token ?? o.checkout_id),
    ],
  });
}

/** The only event of an order that carries its `total`, if the option selects this topic. */
export function onSale(moment: Options["order_completed_on"]) {
  return on(moment === "paid" ? paid : order, (o, { event, options: { order_completed_on: counted } }: MapContext<Options>) => {
    if (moment === "paid" && o.financial_status !== "paid") return ignore("the order is not paid");
    if (moment !== counted) return ignore(counted === "paid" ? "orders/paid counts the sale" : "orders/create counted the sale");
    const facts = buyerOf(o);
    return [
      ...(o.customer ? about(facts, o.customer, event.occurredAt, o.customer_locale) : []),
      orderEvent("Order Completed", o, {
        ...moneyProperties("total", moneyOf(o.total_price, o.currency)),
        ...sumProperties(o),
        shipping: moneyOf(o.total_shipping_price_set?.shop_money?.amount, o.currency)?.amount,
      }),
    ];
  });
}

/** An edited order. */
export const onChanged = on(order, (o) => orderEvent("Order Updated", o));

/** A cancelled order. */
export const onCancelled = on(cancelled, (o) =>
  o.cancelled_at ? orderEvent("Order Cancelled", o, { reason: o.cancel_reason }) : ignore("the order is not cancelled"),
);

/** A fully or partially shipped order. */
export function onSent(status: "fulfilled" | "partial", event: string) {
  return on(sent, (o) =>
    o.fulfillment_status === status
      ? orderEvent(event, o, pick(o.fulfillments?.at(-1), "tracking_company", "tracking_number", "tracking_url"))
      : ignore(status === "partial" ? "the order is not partially fulfilled" : "the order is not fulfilled"),
  );
}

function orderEvent(event: string, o: Order, properties: Properties = {}): Draft {
  return track(buyerOf(o), event, {
    order_id: o.id,
    order_number: o.name || o.order_number,
    checkout_id: o.checkout_token ?? o.checkout_id,
    ...pick(o, "order_status_url", "financial_status", "fulfillment_status"),
    ...productsOf(o.line_items ?? [], o.currency),
    ...properties,
  });
}
