/**
 * Parts shared by WooCommerce's orders and subscriptions: lines, and money as decimal text in one currency.
 */
import * as z from "zod";
import type { Maybe, Money } from "../../src/contract/adapter.ts";
import { fromDecimal, inMinor, list, maybe, optional, pick, products } from "../../src/contract/adapter.ts";
import { words } from "./entities.ts";

/** The lines of a body; `variation_id` is 0 for products without variations. Prices are after discounts, without tax. */
export const lines = list(
  z.object({
    product_id: maybe.id,
    variation_id: maybe.id,
    sku: maybe.text,
    name: words,
    price: maybe.number,
    quantity: maybe.number,
    image: optional(z.object({ src: maybe.text })),
  }),
);

type Line = z.output<typeof lines>[number];

/** The products of some lines. */
export function productsOf(items: readonly Line[]) {
  return products(
    items.map((item) => ({
      ...pick(item, "product_id", "sku", "name", "price", "quantity"),
      variant_id: variantOf(item),
      image_url: item.image?.src,
    })),
  );
}

/** The variation of a line, if its product has any. */
export function variantOf(item: Maybe<Line>): Maybe<string> {
  return item?.variation_id === "0" ? null : item?.variation_id;
}

/** Money in the currency of the order. */
export function moneyOf(amount: Maybe<string>, { currency }: { readonly currency: string }): Money | null {
  return amount ? fromDecimal(amount, currency) : null;
}

/** A total without these parts of it; `null` where one is unknown. */
export function without(total: Money | null, ...parts: readonly (Money | null)[]): Money | null {
  return parts.reduce((rest, part) => (rest && part ? inMinor(rest.minor - part.minor, rest) : null), total);
}
