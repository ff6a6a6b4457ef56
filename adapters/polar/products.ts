/**
 * What Polar sells, and discounts on it.
 */
import * as z from "zod";
import { each, fromMinor, id, list, type Maybe, type Money, maybe, optional } from "../../src/contract/adapter.ts";

const { text, integer } = maybe;

/** The product. */
export const product = optional(z.object({ id, name: text, medias: optional(list(z.object({ public_url: text }))) }));

/** The discount. `basis_points` are hundredths of a per cent. */
export const discount = optional(
  z.object({ ...each(text, "code", "name", "duration"), ...each(integer, "basis_points", "amount"), currency: maybe.currency }),
);

/** The product as one of an event's `products`. */
export function productOf(p: z.output<typeof product>, product_id: Maybe<string>) {
  return { product_id: p?.id ?? product_id, name: p?.name, image_url: p?.medias?.[0]?.public_url };
}

/** The code of a discount, or its name if it has none. */
export function couponOf(d: z.output<typeof discount>): Maybe<string> {
  return d?.code ?? d?.name;
}

/** What is left of an amount by a discount that stays. */
export function afterDiscount(minor: number, d: z.output<typeof discount>): number {
  if (!d || d.duration === "once") return minor;
  return Math.max(0, Math.round(minor * (1 - (d.basis_points ?? 0) / 10_000)) - (d.basis_points ? 0 : (d.amount ?? 0)));
}

/** An amount in minor units. */
export function amountOf(minor: Maybe<number>, code: Maybe<string>): Money | null {
  return typeof minor === "number" && code ? fromMinor(minor, code) : null;
}
