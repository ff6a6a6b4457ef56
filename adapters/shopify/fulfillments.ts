/**
 * Shopify's fulfillments: shipped parts of an order.
 */
import * as z from "zod";
import { claimed, each, id, maybe, on, person, pick, reference, text, track } from "../../src/contract/adapter.ts";
import { lines, productsOf } from "./lines.ts";

/** The parcel of a fulfillment, also inside an order. */
export const parcel = z.object(each(maybe.text, "tracking_company", "tracking_number", "tracking_url"));

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

/** A new or changed fulfillment. */
export function onFulfillment(event: string) {
  return on(fulfillment, (f) =>
    track(person({ email: claimed(f.email), ids: [reference("order", f.order_id)] }), event, {
      fulfillment_id: f.id,
      ...pick(f, "order_id", "status", "shipment_status", "tracking_company", "tracking_number", "tracking_url"),
      ...productsOf(f.line_items),
    }),
  );
}
