/**
 * Polar's customers, and references to them.
 */
import * as z from "zod";
import type { CustomField, Maybe, PersonFacts, PersonInput, Properties } from "../../src/contract/adapter.ts";
import { backed, each, id, maybe, optional, person, personId, pick, reference, verified } from "../../src/contract/adapter.ts";
import { type Attribution, attribution, attributionIn, customFields } from "../../src/vocabulary/adapter.ts";

const { text } = maybe;

/** A customer. */
export const customer = z.object({
  id,
  ...each(text, "external_id", "email", "name"),
  email_verified: maybe.boolean,
  created_at: maybe.isoTime,
  metadata: optional(z.looseObject({})),
  billing_address: optional(z.object(each(text, "city", "postal_code", "state", "country"))),
});

/** What an object got from the company, the address of a link, or the buyer. */
export const filled = z.object({ metadata: optional(z.looseObject({})), custom_field_data: optional(z.looseObject({})) });

/** Fields of any object that identify its person. */
export const owned = filled.extend({
  id,
  customer: optional(customer),
  ...each(maybe.id, "customer_id", "subscription_id", "order_id", "checkout_id"),
});

/** References to a person. */
export type Owned = z.output<typeof owned>;

function emailOf(c: Maybe<z.output<typeof customer>>): PersonInput["email"] {
  return c?.email_verified === true ? verified(c.email) : backed(c?.email);
}

/** The person of a customer. */
export function personOf(c: z.output<typeof customer>): PersonFacts {
  return person({ record: c, email: emailOf(c), ids: [personId("customer", c.id)] });
}

/** Traits of a customer. */
export function traitsOf(c: z.output<typeof customer>): Properties {
  const { state, country } = pick(c.billing_address, "state", "country");
  return {
    ...pick(c, "name", "created_at"),
    ...pick(c.billing_address, "city", "postal_code"),
    state_code: state,
    country_code: country,
  };
}

/** The owner of an object. Its own metadata is not in the record: checkout links copy their URL's parameters into it. */
export function ownerOf(o: Owned, own: Readonly<Record<string, Maybe<string>>> = {}): PersonFacts {
  const leads = { subscription: o.subscription_id, order: o.order_id, checkout: o.checkout_id, ...own };
  return person({
    record: o.customer ?? { id: o.customer_id },
    email: emailOf(o.customer),
    ids: [
      personId("customer", o.customer?.id ?? o.customer_id),
      ...Object.entries(leads).map(([kind, value]) => reference(kind, value)),
    ],
  });
}

/** What the company and the buyer filled in, as candidates for `custom_fields`. */
export function customOf(o: Filled & { readonly customer?: Maybe<z.output<typeof customer>> }): {
  readonly custom: readonly CustomField[];
} {
  return {
    custom: [
      ...customFields("metadata", o.metadata),
      ...customFields("custom_field_data", o.custom_field_data),
      ...customFields("customer.metadata", o.customer?.metadata),
    ],
  };
}

/** Where the buyer came from: a checkout link copies the parameters of its address into the metadata. */
export function attributionOf(o: Filled): Attribution {
  return attribution(attributionIn(o.metadata), attributionIn(o.custom_field_data));
}

type Filled = z.output<typeof filled>;
