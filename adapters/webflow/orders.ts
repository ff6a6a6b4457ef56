/**
 * Webflow's orders. Amounts are whole minor units.
 *
 * @see https://developers.webflow.com/data/reference/all-events/ecomm-new-order
 */
import * as z from "zod";
import type { Draft, Maybe } from "../../src/contract/adapter.ts";
import {
  claimed,
  currency,
  decisive,
  each,
  fromMinor,
  id,
  identify,
  ignore,
  integer,
  list,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  products,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import {
  disputeClosed,
  disputeOpened,
  orderCompleted,
  orderFulfilled,
  orderRefunded,
  orderUpdated,
} from "../../src/vocabulary/adapter.ts";

const amount = z.object({ unit: currency, value: integer }).transform(({ unit, value }) => fromMinor(value, unit));

const item = z.object({
  ...each(maybe.id, "productId", "variantId"),
  ...each(maybe.text, "productName", "variantName", "variantSKU"),
  count: maybe.integer,
  variantPrice: optional(amount),
  variantImage: optional(z.object({ url: maybe.text })),
});

/** An order. */
export const order = z.object({
  orderId: id,
  status: decisive(text),
  ...each(maybe.isoTime, "acceptedOn", "fulfilledOn", "refundedOn", "disputedOn", "disputeUpdatedOn"),
  customerPaid: decisive(amount),
  customerInfo: optional(z.object({ fullName: maybe.text, email: decisive(text) })),
  purchasedItems: optional(list(item)),
  totals: optional(z.object({ subtotal: optional(amount), extras: optional(z.array(z.object({ type: text, price: amount }))) })),
  ...each(maybe.text, "orderComment", "shippingProvider", "shippingTracking", "shippingTrackingURL"),
});

type Order = z.output<typeof order>;

/** What makes an order's event one, and its time; `null` where only the whole body tells it. */
export function momentOf(type: string, o: Order): { readonly id: string; readonly at: Maybe<string> } | null {
  if (type === "ecomm_new_order") return { id: o.orderId, at: o.acceptedOn };
  const at = { fulfilled: o.fulfilledOn, refunded: o.refundedOn, disputed: o.disputedOn, "dispute-lost": o.disputeUpdatedOn };
  const time = Object.entries(at).find(([status]) => status === o.status)?.[1];
  return time ? { id: `${o.orderId}:${o.status}`, at: time } : null;
}

function whoOf(o: Order) {
  return person({ email: claimed(o.customerInfo?.email), ids: [reference("order", o.orderId)] });
}

function about(o: Order) {
  const extra = (type: string) => o.totals?.extras?.find((one) => one.type === type)?.price;
  const discounts =
    o.totals?.extras?.filter(({ type }) => type.includes("discount")).map(({ price }) => Math.abs(price.minor)) ?? [];
  const discount = discounts.reduce((sum, minor) => sum + minor, 0);
  const revenue = o.totals?.subtotal;
  const less = (minor: number) => (revenue ? fromMinor(minor, revenue.currency) : null);
  return {
    order_id: o.orderId,
    status_raw: o.status,
    note: o.orderComment,
    ...moneyProperties("revenue", revenue),
    ...moneyProperties("subtotal", revenue && less(revenue.minor - discount)),
    ...moneyProperties("tax", extra("tax")),
    ...moneyProperties("shipping", extra("shipping")),
    ...moneyProperties("discount", discount > 0 ? less(discount) : null),
    ...products(
      o.purchasedItems?.map((p) => ({
        product_id: p.productId,
        variant_id: p.variantId,
        sku: p.variantSKU,
        name: p.productName,
        variant: p.variantName,
        price: p.variantPrice?.amount,
        quantity: p.count,
        image_url: p.variantImage?.url,
      })),
    ),
  };
}

/** A new order, paid. */
export const onOrder = on(order, (o): readonly Draft[] => {
  const who = whoOf(o);
  return [
    identify(who, { name: o.customerInfo?.fullName || undefined }),
    orderCompleted(who, { ...about(o), ...moneyProperties("total", o.customerPaid) }),
  ];
});

/** An order in another state. Webflow pays back all of it, never a part. */
export const onChanged = on(order, (o) => {
  const who = whoOf(o);
  const disputed = { ...moneyProperties("amount", o.customerPaid), order_id: o.orderId, status_raw: o.status };
  switch (o.status) {
    case "fulfilled":
      return orderFulfilled(who, {
        ...about(o),
        carrier: o.shippingProvider,
        tracking_number: o.shippingTracking,
        tracking_url: o.shippingTrackingURL,
      });
    case "refunded":
      return orderRefunded(who, { ...about(o), ...moneyProperties("total", o.customerPaid), full: true });
    case "disputed":
      return disputeOpened(who, disputed);
    case "dispute-lost":
      return disputeClosed(who, { ...disputed, outcome: "lost" });
    case "pending":
      return ignore("not paid yet");
    default:
      return orderUpdated(who, { ...about(o), ...moneyProperties("value", o.customerPaid) });
  }
});
