/**
 * The lines of Shopify's carts, checkouts, orders, refunds and fulfillments, and their money: decimal text in the shop's currency.
 */
import * as z from "zod";
import type { Maybe, Money } from "../../src/contract/adapter.ts";
import { each, fromDecimal, inMinor, list, maybe, optional, products } from "../../src/contract/adapter.ts";
import type { ProductInput } from "../../src/vocabulary/adapter.ts";

const { text, decimal, currency } = maybe;

const amount = optional(z.object({ amount: decimal, currency_code: currency }));

/** An amount in the shop's currency, and in the one that the buyer was shown. */
export const moneySet = optional(z.object({ shop_money: amount, presentment_money: amount }));

/** A product and its quantity. */
export const line = z.object({
  product_id: maybe.id,
  variant_id: maybe.id,
  ...each(text, "sku", "title", "variant_title", "vendor"),
  quantity: maybe.integer,
  price: decimal,
  price_set: moneySet,
  line_price: decimal,
});

/** The lines of a body. */
export const lines = list(line);

/** Money, if both amount and currency are present. */
export function moneyOf(sum: Maybe<string>, code: Maybe<string>): Money | null {
  return sum && code ? fromDecimal(sum, code) : null;
}

/** What the shop gets, and what the buyer was shown, of an amount. */
export function bothOf(set: z.output<typeof moneySet>): { readonly shop: Money | null; readonly shown: Money | null } {
  const { shop_money: shop, presentment_money: shown } = set ?? {};
  return { shop: moneyOf(shop?.amount, shop?.currency_code), shown: moneyOf(shown?.amount, shown?.currency_code) };
}

/** The sum; `null` if an amount is missing or currencies differ. */
export function sumOf([first = null, ...others]: readonly Maybe<Money>[]): Money | null {
  const add = (sum: Maybe<Money>, next: Maybe<Money>) =>
    sum && next && sum.currency === next.currency ? inMinor(sum.minor + next.minor, sum) : null;
  return others.reduce(add, first) ?? null;
}

/** What the buyer paid, where that is another currency than the shop's. */
export function presentment(total: Maybe<Money>, shop: Maybe<string>) {
  return total && total.currency !== shop ? { presentment_currency: total.currency, presentment_total: total.amount } : {};
}

/**
 * The products of some lines.
 * @param code the shop's currency; a price in another is left out
 */
export function productsOf(items: readonly z.output<typeof line>[], code?: Maybe<string>) {
  return products(items.map((item) => productOf(item, code)));
}

function productOf(item: z.output<typeof line>, code: Maybe<string>): ProductInput {
  const { shop } = bothOf(item.price_set);
  const price = shop ?? moneyOf(item.price, code);
  return {
    product_id: item.product_id,
    variant_id: item.variant_id,
    sku: item.sku,
    name: item.title,
    variant: item.variant_title,
    brand: item.vendor,
    price: code && price?.currency !== code ? null : price?.amount,
    quantity: item.quantity,
  };
}
