/**
 * The items that Paddle's subscriptions and transactions are made of.
 */
import * as z from "zod";
import { each, fromMinor, type Maybe, type Money, maybe, optional, products } from "../../src/contract/adapter.ts";
import { type PlanInput, period } from "../../src/vocabulary/adapter.ts";

const { text, integer } = maybe;

const sum = optional(z.object({ amount: integer, currency_code: maybe.currency }));

const product = optional(z.object(each(text, "name", "image_url")));

/** A price and its quantity. */
export const item = z.object({
  price: optional(
    z.object({
      ...each(maybe.id, "id", "product_id"),
      ...each(text, "name", "description"),
      unit_price: sum,
      billing_cycle: optional(z.object({ interval: text, frequency: integer })),
    }),
  ),
  product,
  quantity: integer,
});

/** What a line of a transaction cost, in the currency that was paid. */
export const line = z.object({
  price_id: maybe.id,
  product,
  unit_totals: optional(z.object({ subtotal: integer })),
});

type Item = z.output<typeof item>;
type Line = z.output<typeof line>;

/**
 * An item as the plan of a subscription.
 * @param currency what the subscription is billed in
 */
export function planItem(one: Item, currency: Maybe<string>, lines?: readonly Line[]): PlanInput {
  const found = lineOf(one, lines);
  return {
    plan_id: one.price?.id,
    plan_name: nameOf(one),
    product_id: one.price?.product_id,
    product_name: one.product?.name ?? found?.product?.name,
    price: priceOf(one, currency, found),
    quantity: one.quantity,
    ...period(one.price?.billing_cycle?.interval, one.price?.billing_cycle?.frequency),
  };
}

/** The products of an event. */
export function productsOf(items: Maybe<readonly Item[]>, currency: Maybe<string>, lines?: readonly Line[]) {
  return products(
    items?.map((one) => {
      const found = lineOf(one, lines);
      const name = one.product?.name ?? found?.product?.name;
      return {
        product_id: one.price?.product_id,
        variant_id: one.price?.id,
        name: name ?? nameOf(one),
        variant: name ? nameOf(one) : null,
        price: priceOf(one, currency, found)?.amount,
        quantity: one.quantity,
        image_url: one.product?.image_url ?? found?.product?.image_url,
      };
    }),
  );
}

function lineOf(one: Item, lines: readonly Line[] = []): Line | undefined {
  return lines.find(({ price_id }) => price_id && price_id === one.price?.id);
}

/**
 * The price of a unit: what was charged, where a transaction says so. The price's own is for all countries, perhaps in another currency than the
 * one that is billed: then it says nothing.
 * @see https://developer.paddle.com/build/products/offer-localized-pricing
 */
function priceOf(one: Item, currency: Maybe<string>, found: Line | undefined): Money | null {
  const base = one.price?.unit_price;
  const charged = found?.unit_totals?.subtotal;
  if (typeof charged === "number" && currency) return fromMinor(charged, currency);
  if (typeof base?.amount !== "number" || !base.currency_code) return null;
  return !currency || currency === base.currency_code ? fromMinor(base.amount, base.currency_code) : null;
}

function nameOf(one: Item): Maybe<string> {
  return one.price?.name ?? one.price?.description;
}
