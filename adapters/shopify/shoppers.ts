/**
 * Who is named by a Shopify order or checkout.
 */
import type * as z from "zod";
import { type Draft, identify, maybe, optional, type PersonFacts, pick, told } from "../../src/contract/adapter.ts";
import { about, address, buyer, placeOf } from "./buyers.ts";

/** To be spread into the shape of an order or a checkout. */
export const shopperFields = {
  customer: optional(buyer),
  billing_address: address,
  shipping_address: address,
  customer_locale: maybe.text,
};

/**
 * A customer with all that Shopify says of it; a guest with what an address says.
 * @param at the time of the order or checkout
 */
export function shopper(
  facts: PersonFacts,
  { customer, billing_address, shipping_address, customer_locale: locale }: z.output<z.ZodObject<typeof shopperFields>>,
  at: string,
): readonly Draft[] {
  if (customer) return about(facts, customer, at, { locale });
  const place = billing_address ?? shipping_address;
  return place ? [identify(facts, told({ ...pick(place, "first_name", "last_name"), ...placeOf(place), locale }))] : [];
}
