/**
 * Paystack's customers.
 */
import * as z from "zod";
import {
  backed,
  decisive,
  each,
  id,
  identify,
  maybe,
  optional,
  person,
  personId,
  type reference,
  text,
} from "../../src/contract/adapter.ts";

/** The company's own fields: an empty text, a number or null stands for none. */
export const metadata = optional(z.record(z.string(), z.unknown()));

/** A customer. */
export const customer = z.looseObject({
  email: decisive(text),
  customer_code: decisive(id),
  ...each(maybe.text, "first_name", "last_name", "phone"),
  metadata,
});

type Customer = z.output<typeof customer>;

/** The person; the company's backend wrote the address where it also gave its user id. */
export function personOf(c: Customer, record: unknown, ...references: readonly ReturnType<typeof reference>[]) {
  return person({
    record,
    email: backed(c.email),
    phone: c.phone || undefined,
    ids: [personId("customer", c.customer_code), ...references],
  });
}

/** What is known of the customer. */
export function known(c: Customer, who: ReturnType<typeof personOf>) {
  return identify(who, { first_name: c.first_name || undefined, last_name: c.last_name || undefined });
}
