/**
 * Chargebee's customers, and references to them.
 */
import * as z from "zod";
import type { Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import { claimed, each, id, maybe, optional, person, personId, pick, reference } from "../../src/contract/adapter.ts";

const { text } = maybe;

/** A customer; custom fields are beside the others as `cf_…`. */
const customer = z.looseObject({
  id,
  ...each(text, "email", "first_name", "last_name", "phone", "company", "locale", "auto_collection"),
  preferred_currency_code: maybe.currency,
  created_at: maybe.unixSeconds,
  billing_address: optional(z.object(each(text, "city", "state_code", "zip", "country"))),
});

/** Fields of any object that identify its customer. */
export const owned = z.object({ id, customer_id: maybe.id, subscription_id: maybe.id });

/** The event's object, nearly always with the customer. Each handler requires its own part. */
export const content = z.object({
  customer: optional(customer),
  subscription: optional(owned),
  invoice: optional(owned),
  transaction: optional(owned),
});

/** An event about a customer alone. */
export const aboutCustomer = content.extend({ customer });

/**
 * The customer, or references to one.
 * @param customerId if the event's object is an unusual one
 */
export function ownerOf(c: z.output<typeof content>, customerId?: Maybe<string>): PersonFacts {
  const { customer: record, subscription: s, invoice: i, transaction: t } = c;
  const owner = record?.id ?? s?.customer_id ?? i?.customer_id ?? t?.customer_id ?? customerId;
  return person({
    record: record ?? { id: owner },
    email: claimed(record?.email),
    phone: record?.phone,
    ids: [
      personId("customer", owner),
      reference("subscription", s?.id ?? i?.subscription_id ?? t?.subscription_id),
      reference("invoice", i?.id),
    ],
  });
}

/** Traits of a customer. */
export function traitsOf({ customer: c }: z.output<typeof aboutCustomer>): Properties {
  return {
    customer_id: c.id,
    ...pick(c, "first_name", "last_name", "company", "locale", "auto_collection", "created_at"),
    ...pick(c.billing_address, "city", "state_code"),
    currency: c.preferred_currency_code,
    zip_code: c.billing_address?.zip,
    country_code: c.billing_address?.country,
  };
}
