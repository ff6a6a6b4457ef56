/**
 * Orb's customers, as the company's backend created them.
 */
import * as z from "zod";
import type { Draft } from "../../src/contract/adapter.ts";
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
import { customFields } from "../../src/vocabulary/adapter.ts";

/** The company's own. */
export const metadata = optional(z.record(z.string(), z.unknown()));

/** A customer: a company or a person. */
export const customer = z.looseObject({
  id: decisive(id),
  external_customer_id: decisive(id),
  email: decisive(text),
  ...each(maybe.text, "name", "timezone"),
  metadata,
});

type Customer = z.output<typeof customer>;

/** The customer, with what an event is about. */
export function personOf(c: Customer, ...references: readonly ReturnType<typeof reference>[]) {
  return person({ record: c, email: backed(c.email), ids: [personId("customer", c.id), ...references] });
}

/** What is known of the customer. */
export function identified(c: Customer): readonly Draft[] {
  return [{ ...identify(personOf(c), { name: c.name, timezone: c.timezone }), ...customOf(c) }];
}

/** The company's own fields. */
export const customOf = (record: { readonly metadata?: z.output<typeof metadata> }) => ({
  custom: customFields("metadata", record.metadata),
});
