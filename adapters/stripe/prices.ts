/**
 * Stripe's amounts, prices and products.
 */
import * as z from "zod";
import type { Maybe, Money, MoneyProperties } from "../../src/contract/adapter.ts";
import { decisive, each, fromMinor, maybe, moneyProperties, optional } from "../../src/contract/adapter.ts";
import { type PlanInput, period } from "../../src/vocabulary/adapter.ts";
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

/** An amount in Stripe's minor units. A unit price may be a fraction of one: six digits of it are kept. */
export function amountOf(minor: Maybe<number>, code: Maybe<string>): Money | null {
  return typeof minor === "number" && code
    ? fromMinor(Number.isInteger(minor) ? minor : Number(minor.toFixed(6)), code, EXPONENTS)
    : null;
}

/** The same as properties. */
export function money<Name extends string>(name: Name, minor: Maybe<number>, code: Maybe<string>): MoneyProperties<Name> {
  return moneyProperties(name, amountOf(minor, code));
}

/** `unit_amount_decimal`: minor units, with up to twelve digits after the point. */
const shape = z.object({
  ...each(related, "id", "product"),
  ...each(text, "nickname", "lookup_key"),
  unit_amount_decimal: maybe.number,
  currency: maybe.currency,
  recurring: optional(z.object({ interval: text, interval_count: integer, usage_type: text })),
});

/** A price, if there is one. */
export const price = optional(shape);

/** A price that is compared with another. */
export const comparedPrice = decisive(shape.extend({ id: decisive(otherId) }));

/** An item as one of an event's `products`. */
export function productOf(
  p: Maybe<Pick<Price, "id" | "product" | "unit_amount_decimal">>,
  code: Maybe<string>,
  quantity: Maybe<number>,
) {
  return { product_id: p?.product, variant_id: p?.id, price: amountOf(p?.unit_amount_decimal, code)?.amount, quantity };
}

/** An item of a subscription as its plan. What is used is billed by usage, so neither price nor quantity tell what it will be. */
export function planItem(p: Maybe<Price>, quantity: Maybe<number>): PlanInput {
  return {
    plan_id: p?.id,
    plan_name: p?.nickname ?? p?.lookup_key,
    product_id: p?.product,
    price: amountOf(p?.unit_amount_decimal, p?.currency),
    quantity,
    ...period(p?.recurring?.interval, p?.recurring?.interval_count),
  };
}

type Price = NonNullable<z.output<typeof price>>;
