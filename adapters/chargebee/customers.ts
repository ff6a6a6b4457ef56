/**
 * Chargebee's customers, and what else leads to them.
 */
import * as z from "zod";
import type { Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import { claimed, each, id, maybe, optional, person, personId, pick, reference } from "../../src/contract/adapter.ts";

const { text } = maybe;

/** A customer; custom fields stand beside the others as `cf_…`. */
const customer = z.looseObject({
  id,
  ...each(text, "email", "first_name", "last_name", "phone", "company", "locale", "auto_collection"),
  preferred_currency_code: maybe.currency,
  created_at: maybe.unixSeconds,
  billing_address: optional(z.object(each(text, "city", "state_code", "zip", "country"))),
});

/** What leads to a customer, on whatever object. */
export const owned = z.object({ id, customer_id: maybe.id, subscription_id: maybe.id });

/** What an event is about, and beside it nearly always the customer. Each handler demands its own part. */
export const content = z.object({
  customer: optional(customer),
  subscription: optional(owned),
  invoice: optional(owned),
  transaction: optional(owned),
});

/** An event about a customer alone. */
export const aboutCustomer = content.extend({ customer });

/**
 * The customer, or whatever leads there.
 * @param customerId where the event's own object is none of the usual ones
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

/** What is known of a customer. */
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
