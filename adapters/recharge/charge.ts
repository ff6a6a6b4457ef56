/**
 * The schema of Recharge's charges.
 */
import * as z from "zod";
import { currency, decimal, decisive, each, id, list, maybe, optional, text } from "../../src/contract/adapter.ts";

const external = optional(z.object({ ecommerce: maybe.id }));
const pairs = optional(list(z.looseObject({ name: text, value: z.unknown() })));

const item = z.object({
  ...each(maybe.id, "purchase_item_id"),
  ...each(maybe.text, "purchase_item_type", "title", "variant_title", "sku"),
  ...each(external, "external_product_id", "external_variant_id"),
  quantity: maybe.integer,
  unit_price: maybe.number,
});

/** A charge. */
export const charge = z.object({
  id,
  customer: decisive(z.object({ id, email: maybe.text })),
  billing_address: optional(z.object(each(maybe.text, "first_name", "last_name", "phone"))),
  ...each(maybe.text, "type", "status", "error", "error_type"),
  ...each(maybe.decimal, "subtotal_price", "total_tax", "total_discounts", "total_refunds"),
  total_price: decisive(decimal),
  taxes_included: maybe.flag,
  shipping_lines: optional(z.array(z.object({ price: decimal }))),
  currency: decisive(currency),
  ...each(maybe.isoTime, "scheduled_at", "retry_date"),
  charge_attempts: maybe.integer,
  external_order_id: external,
  discounts: optional(list(z.object({ code: maybe.text }))),
  line_items: optional(list(item)),
  order_attributes: pairs,
  analytics_data: optional(z.object({ utm_params: optional(list(z.looseObject({}))) })),
});

/** A charge. */
export type Charge = z.output<typeof charge>;
