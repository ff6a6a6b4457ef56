/**
 * Shopify's fulfillments: shipped parts of an order.
 */
import * as z from "zod";
import type { Maybe } from "../../src/contract/adapter.ts";
import { claimed, each, id, maybe, on, person, reference, text } from "../../src/contract/adapter.ts";
import { orderDelivered, ownEvents } from "../../src/vocabulary/adapter.ts";
import { lines, productsOf } from "./lines.ts";
import type { SHOPIFY } from "./plan.schema.ts";

const own = ownEvents<typeof SHOPIFY>();

/** The parcel of a fulfillment, also inside an order. */
export const parcel = z.object({
  id: maybe.id,
  ...each(maybe.text, "tracking_company", "tracking_number", "tracking_url"),
});

const fulfillment = parcel.extend({
  id,
  order_id: id,
  line_items: lines,
  // Shipped lines have no price.
  total_price: z.never().optional(),
  status: text,
  shipment_status: maybe.text,
  email: maybe.text,
});

/** A new or changed fulfillment; one that arrived. The products are those of the parcel. */
export function onFulfillment(event: "Fulfillment Created" | "Fulfillment Updated") {
  return on(fulfillment, (f) => {
    const who = person({ email: claimed(f.email), ids: [reference("order", f.order_id)] });
    const properties = { order_id: f.order_id, ...trackingOf(f), ...productsOf(f.line_items) };
    return f.shipment_status === "delivered"
      ? orderDelivered(who, { ...properties, status_raw: f.shipment_status })
      : own(event)(who, { ...properties, status: f.status, shipment_status: f.shipment_status });
  });
}

/** A parcel, as properties. */
export function trackingOf(from: Maybe<z.output<typeof parcel>>) {
  return {
    fulfillment_id: from?.id,
    tracking_number: from?.tracking_number,
    tracking_url: from?.tracking_url,
    carrier: from?.tracking_company,
  };
}
