/**
 * Parts shared by Shopify's carts, checkouts, orders, refunds and fulfillments: lines and amounts. Money is decimal text in
 * the shop's currency; what the buyer was shown (`presentment_money`) is left alone.
 */
import * as z from "zod";
import type { Maybe, Money, Properties } from "../../src/contract/adapter.ts";
import { each, fromDecimal, fromMinor, list, maybe, optional, products } from "../../src/contract/adapter.ts";

const { text, decimal, currency } = maybe;

/** An amount in the shop's currency. */
export const shopMoney = optional(z.object({ shop_money: optional(z.object({ amount: decimal, currency_code: currency })) }));

/** A product and its quantity. */
export const line = z.object({
  product_id: maybe.id,
  variant_id: maybe.id,
  ...each(text, "sku", "title", "variant_title", "vendor"),
  quantity: maybe.integer,
  price: decimal,
  price_set: shopMoney,
  line_price: decimal,
});

/** The lines of a body. */
export const lines = list(line);

/** What leads to the total of a checkout or an order; to be spread into its shape. */
export const sums = {
  currency,
  ...each(decimal, "subtotal_price", "total_tax", "total_discounts"),
  discount_codes: optional(list(z.object({ code: text }))),
};

/** Money, if both amount and currency are present. */
export function moneyOf(amount: Maybe<string>, code: Maybe<string>): Money | null {
  return amount && code ? fromDecimal(amount, code) : null;
}

/** The sum; `null` if an amount is missing or currencies differ. */
export function sumOf([first = null, ...others]: readonly (Money | null)[]): Money | null {
  const add = (sum: Money | null, next: Money | null) =>
    sum && next && sum.currency === next.currency ? fromMinor(sum.minor + next.minor, sum.currency) : null;
  return others.reduce(add, first);
}

/** The properties of `sums`. */
export function sumProperties(o: z.output<z.ZodObject<typeof sums>>): Properties {
  return {
    subtotal: moneyOf(o.subtotal_price, o.currency)?.amount,
    tax: moneyOf(o.total_tax, o.currency)?.amount,
    discount: moneyOf(o.total_discounts, o.currency)?.amount,
    coupon: o.discount_codes?.[0]?.code,
  };
}

/** The products of some lines. */
export function productsOf(items: readonly z.output<typeof line>[], code?: Maybe<string>): Properties {
  return products(
    items.map((item) => ({
      product_id: item.product_id,
      variant_id: item.variant_id,
      sku: item.sku,
      name: item.title,
      variant: item.variant_title,
      brand: item.vendor,
      price: moneyOf(item.price, item.price_set?.shop_money?.currency_code ?? code)?.amount,
      quantity: item.quantity,
    })),
  );
}
