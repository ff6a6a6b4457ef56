/**
 * WooCommerce's customers: the accounts of a shop.
 */
import * as z from "zod";
import type { PersonFacts, Traits } from "../../src/contract/adapter.ts";
import {
  backed,
  claimed,
  each,
  flag,
  id,
  identify,
  isoTime,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
} from "../../src/contract/adapter.ts";
import { contactCreated, withCustom } from "../../src/vocabulary/adapter.ts";
import { words } from "./entities.ts";
import { customOf, meta } from "./meta.ts";

/** A time. `…_gmt` is written without the `Z`. */
export const gmt = optional(
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    .transform((time) => `${time}Z`)
    .pipe(isoTime),
);

/** A billing address: an account's, or typed at a checkout. */
export const address = optional(
  z.object({
    ...each(words, "first_name", "last_name", "city", "state"),
    ...each(maybe.text, "email", "phone", "postcode", "country"),
  }),
);

/** A customer; an order has no `is_paying_customer`. */
export const customer = z.object({
  id,
  is_paying_customer: flag,
  ...each(maybe.text, "role", "username", "email"),
  ...each(words, "first_name", "last_name"),
  date_created_gmt: gmt,
  date_modified_gmt: gmt,
  billing: address,
  meta_data: meta,
});

type Customer = z.output<typeof customer>;

/** A new account. */
export const onCreated = on(customer, (c) =>
  withCustom(
    [identify(factsOf(c), traitsOf(c)), contactCreated(factsOf(c), { contact_kind: c.role })],
    customOf(c.meta_data).custom,
  ),
);

/** A changed account. */
export const onUpdated = on(customer, (c) => withCustom([identify(factsOf(c), traitsOf(c))], customOf(c.meta_data).custom));

/** An account's address is claimed, unless the shop's accounts are the company's users. */
function factsOf(c: Customer): PersonFacts {
  return person({
    record: { customer_id: c.id },
    email: c.email ? backed(c.email) : claimed(c.billing?.email),
    phone: c.billing?.phone,
    ids: [personId("customer", c.id)],
  });
}

function traitsOf(c: Customer): Traits {
  return {
    ...addressTraits(c.billing),
    first_name: c.first_name || c.billing?.first_name,
    last_name: c.last_name || c.billing?.last_name,
    created_at: c.date_created_gmt,
    ...pick(c, "username", "role"),
    paying_customer: c.is_paying_customer,
  };
}

/** Traits from an address. */
export function addressTraits(a: z.output<typeof address>): Traits {
  return { ...pick(a, "first_name", "last_name", "city", "state"), postal_code: a?.postcode, country_code: a?.country };
}
