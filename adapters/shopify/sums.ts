/**
 * What leads to the total of a Shopify checkout or order, and where the buyer came from.
 */
import * as z from "zod";
import type { CustomField, Maybe, Money } from "../../src/contract/adapter.ts";
import { each, inMinor, list, maybe, moneyProperties, optional } from "../../src/contract/adapter.ts";
import {
  type Attribution,
  attribution,
  attributionFrom,
  attributionIn,
  coupons,
  customFields,
  customList,
} from "../../src/vocabulary/adapter.ts";
import { moneyOf, moneySet, sumOf } from "./lines.ts";

const { text, decimal, currency } = maybe;

const shippingLine = z.object({
  ...each(decimal, "price", "discounted_price"),
  tax_lines: optional(z.array(z.object({ price: decimal }))),
});

/** To be spread into the shape of a checkout or an order. */
export const sums = {
  currency,
  ...each(decimal, "subtotal_price", "total_tax", "total_discounts", "total_line_items_price"),
  taxes_included: maybe.flag,
  discount_codes: optional(list(z.object({ code: text }))),
  shipping_lines: optional(z.array(shippingLine)),
  total_shipping_price_set: moneySet,
  ...each(text, "note", "source_name", "landing_site", "referring_site", "tags"),
  note_attributes: optional(z.array(z.looseObject({ name: text, value: z.unknown() }))),
};

type Sums = z.output<z.ZodObject<typeof sums>>;

/** The sums as properties: `subtotal`, `tax` and `shipping` add up. Where prices include tax, it is taken out of the other two. */
export function sumProperties(o: Sums) {
  const tax = moneyOf(o.total_tax, o.currency);
  const { price, taxes } = shippingOf(o);
  const inProducts = tax && minus(tax, taxes ?? inMinor(0, tax));
  const isGross = o.taxes_included === true;
  const subtotal = moneyOf(o.subtotal_price, o.currency);
  return {
    ...moneyProperties("subtotal", isGross ? minus(subtotal, inProducts) : subtotal),
    ...moneyProperties("tax", tax),
    ...moneyProperties("discount", moneyOf(o.total_discounts, o.currency)),
    ...moneyProperties("shipping", isGross && taxes ? minus(price, taxes) : price),
    ...coupons(o.discount_codes?.map(({ code }) => code)),
    affiliation: o.source_name,
    note: o.note,
  };
}

/** Products before discounts, tax and shipping: nothing where prices include tax. */
export function revenueOf(o: Sums): Money | null {
  return o.taxes_included === true ? null : moneyOf(o.total_line_items_price, o.currency);
}

/** Where the buyer came from: the first page of the visit, and what the storefront wrote into the note attributes. */
export function attributionOf(o: Sums): Attribution {
  return attribution(attributionFrom(o.landing_site, o.referring_site), attributionIn(o.note_attributes));
}

/** The shop's own fields. */
export function customOf(o: Sums): { readonly custom: readonly CustomField[] } {
  const tags = o.tags?.split(",").flatMap((tag) => tag.trim() || []);
  return { custom: [...customFields("note_attributes", o.note_attributes), ...customList("tags", tags)] };
}

/** Shipping after its own discounts, and the tax in it. The total, which older bodies have alone, is before discounts. */
function shippingOf(o: Sums): { readonly price: Money | null; readonly taxes: Money | null } {
  const lines = o.shipping_lines ?? [];
  const none = moneyOf("0", o.currency);
  if (lines.length === 0) {
    const total = o.total_shipping_price_set?.shop_money;
    return { price: total?.currency_code === o.currency ? moneyOf(total?.amount, o.currency) : null, taxes: null };
  }
  return {
    price: sumOf([none, ...lines.map((one) => moneyOf(one.discounted_price ?? one.price, o.currency))]),
    taxes: sumOf([none, ...lines.flatMap((one) => one.tax_lines ?? []).map((one) => moneyOf(one.price, o.currency))]),
  };
}

function minus(from: Maybe<Money>, other: Maybe<Money>): Money | null {
  return from && other && from.currency === other.currency ? inMinor(from.minor - other.minor, from) : null;
}
