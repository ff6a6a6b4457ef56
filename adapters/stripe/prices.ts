/**
 * Stripe's amounts, prices and products.
 */
import * as z from "zod";
import type { Maybe, Properties } from "../../src/contract/adapter.ts";
import { decisive, each, fromMinor, maybe, moneyProperties, optional } from "../../src/contract/adapter.ts";
import { otherId, related } from "./owners.ts";

const { text, integer } = maybe;

/**
 * Currencies whose minor units at Stripe differ from ISO 4217.
 * @see https://docs.stripe.com/currencies#special-cases
 */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ["ISK", 2],
  ["MGA", 0],
  ["UGX", 2],
]);

/** An amount in Stripe's minor units as properties. A unit price may be a fraction of one: six digits of it are kept. */
export function money(name: string, minor: Maybe<number>, code: Maybe<string>): Properties {
  return typeof minor === "number" && code ? moneyProperties(name, fromMinor(Number(minor.toFixed(6)), code, EXPONENTS)) : {};
}

/** `unit_amount_decimal`: minor units, with up to twelve digits after the point. */
const shape = z.object({
  ...each(related, "id", "product"),
  ...each(text, "nickname", "lookup_key"),
  unit_amount_decimal: maybe.number,
  currency: maybe.currency,
  recurring: optional(z.object({ interval: text, interval_count: integer })),
});

/** A price, if there is one. */
export const price = optional(shape);

/** A price that is compared with another. */
export const comparedPrice = decisive(shape.extend({ id: decisive(otherId) }));

/** An item as one of an event's `products`. */
export function productOf(
  p: Maybe<Pick<NonNullable<z.output<typeof price>>, "id" | "product" | "unit_amount_decimal">>,
  code: Maybe<string>,
  quantity: Maybe<number>,
): Properties {
  const unit = money("price", p?.unit_amount_decimal, code);
  return { product_id: p?.product, price_id: p?.id, price: unit.price, quantity };
}
