/**
 * Chargebee's customers, and references to them.
 */
import * as z from "zod";
import type { CustomField, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import { backed, each, id, maybe, optional, person, personId, pick, reference } from "../../src/contract/adapter.ts";
import { type Attribution, attribution, attributionIn, customFields } from "../../src/vocabulary/adapter.ts";
import { subscription } from "./subscription.ts";

const { text } = maybe;

/** A customer; custom fields are beside the others as `cf_…`. */
const customer = z.looseObject({
  id,
  ...each(text, "email", "first_name", "last_name", "phone", "company", "locale", "auto_collection"),
  preferred_currency_code: maybe.currency,
  created_at: maybe.unixSeconds,
  billing_address: optional(z.object(each(text, "city", "state_code", "zip", "country"))),
  meta_data: optional(z.looseObject({})),
});

/** Fields of any object that identify its customer. */
export const owned = z.object({ id, customer_id: maybe.id, subscription_id: maybe.id });

/** The event's object, nearly always with the customer. Each handler requires its own part. */
export const content = z.object({
  customer: optional(customer),
  subscription: optional(subscription),
  invoice: optional(owned),
  transaction: optional(owned),
});

/** What an event holds. */
export type Content = z.output<typeof content>;

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
    email: backed(record?.email),
    phone: record?.phone,
    ids: [
      personId("customer", owner),
      reference("subscription", s?.id ?? i?.subscription_id ?? t?.subscription_id),
      reference("invoice", i?.id),
      reference("transaction", t?.id),
    ],
  });
}

/** Traits of a customer. */
export function traitsOf({ customer: c }: z.output<typeof aboutCustomer>): Properties {
  const { zip, country } = pick(c.billing_address, "zip", "country");
  return {
    ...pick(c, "first_name", "last_name", "company", "locale", "auto_collection", "created_at"),
    ...pick(c.billing_address, "city", "state_code"),
    currency: c.preferred_currency_code,
    zip_code: zip,
    country_code: country,
  };
}

/** The company's own fields of the customer and the subscription, as candidates for `custom_fields`. */
export function customOf({ customer: c, subscription: s }: Pick<Content, "customer" | "subscription">): {
  readonly custom: readonly CustomField[];
} {
  return {
    custom: [
      ...customFields("subscription", ownFields(s)),
      ...customFields("subscription.meta_data", s?.meta_data),
      ...customFields("customer", ownFields(c)),
      ...customFields("customer.meta_data", c?.meta_data),
    ],
  };
}

/** Where the customer came from, if the company keeps it in fields of its own. */
export function attributionOf({ customer: c, subscription: s }: Pick<Content, "customer" | "subscription">): Attribution {
  const places = [s?.meta_data, c?.meta_data].map((fields) => attributionIn(fields));
  return attribution(attributionIn(ownFields(s), "cf_"), attributionIn(ownFields(c), "cf_"), ...places);
}

function ownFields(record: Maybe<object>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => name.startsWith("cf_")));
}
