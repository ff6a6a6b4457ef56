/**
 * Parts shared by WooCommerce's orders and subscriptions: lines, and money as decimal text in one currency.
 */
import * as z from "zod";
import type { Maybe, Money, Properties } from "../../src/contract/adapter.ts";
import { each, fromDecimal, list, maybe, pick, products } from "../../src/contract/adapter.ts";

/** The lines of a body; `variation_id` is 0 for products without variations. */
export const lines = list(
  z.object({
    product_id: maybe.id,
    variation_id: maybe.id,
    ...each(maybe.text, "sku", "name"),
    ...each(maybe.number, "price", "quantity"),
  }),
);

/** The products of some lines. */
export function productsOf(items: z.output<typeof lines>): Properties {
  return products(
    items.map((item) => ({
      ...pick(item, "product_id", "sku", "name", "price", "quantity"),
      variant_id: item.variation_id === "0" ? null : item.variation_id,
    })),
  );
}

/** Money in the currency of the order. */
export function moneyOf(amount: Maybe<string>, { currency }: { readonly currency: string }): Money | null {
  return amount ? fromDecimal(amount, currency) : null;
}
