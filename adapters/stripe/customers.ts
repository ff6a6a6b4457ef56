/**
 * Stripe's customers, in events and in the API.
 */
import * as z from "zod";
import type { MapResult, PersonFacts, Properties, Pull, Traits } from "../../src/contract/adapter.ts";
import {
  backed,
  bearerLookup,
  each,
  firstItem,
  id,
  identify,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  text,
} from "../../src/contract/adapter.ts";

const HOST = "api.stripe.com";

/** A postal address. */
export const address = optional(z.object(each(maybe.text, "line1", "line2", "city", "state", "postal_code", "country")));

/** Also the answer of the API, where a deleted customer is an object of the same kind. */
const customer = z.object({
  object: z.literal("customer"),
  id,
  ...each(maybe.text, "email", "name", "business_name", "phone", "tax_exempt"),
  address,
  // The first is the preferred one.
  preferred_locales: optional(z.array(text)),
  created: maybe.unixSeconds,
  currency: maybe.currency,
  delinquent: maybe.boolean,
  metadata: optional(z.looseObject({})),
});

type Customer = z.output<typeof customer>;

/** An event about a customer, with person and traits. */
export function onCustomer(mapper: (who: PersonFacts, traits: Traits) => MapResult) {
  return on(customer, (c) => mapper(personOf(c), traitsOf(c)));
}

/**
 * Checkout, Payment Links and the customer portal write what a visitor typed into a customer's address, and no event says which. A customer whose
 * metadata hold the user id was made by the company's backend.
 */
function personOf(c: Customer): PersonFacts {
  return person({
    record: { metadata: c.metadata },
    email: backed(c.email),
    phone: c.phone,
    ids: [personId("customer", c.id)],
  });
}

function traitsOf(c: Customer): Traits {
  return {
    ...pick(c, "name", "business_name", "currency", "delinquent", "tax_exempt"),
    ...addressOf(c.address),
    locale: firstItem(c.preferred_locales),
    created_at: c.created,
  };
}

/** The parts of an address as traits. */
export function addressOf(a: z.output<typeof address>): Properties {
  const parts = pick(a, "line1", "line2", "city", "state", "postal_code", "country");
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [`address_${name}`, value]));
}

/** The look-up of a customer by id. */
export const lookup = bearerLookup({
  host: HOST,
  kind: "customer",
  path: "/v1/customers/",
  schema: customer.extend({ deleted: z.literal(false).optional() }),
  draft: (found) => identify(personOf(found), traitsOf(found)),
});

/**
 * The list of all customers.
 * @see https://docs.stripe.com/api/customers/list
 */
export const pull: Pull = {
  hosts: [HOST],
  request: (page, apiKey) => ({
    host: HOST,
    path: `/v1/customers?limit=100${page === null ? "" : `&starting_after=${encodeURIComponent(page)}`}`,
    headers: { authorization: `Bearer ${apiKey}` },
  }),
  read: (body) => {
    const found = z.object({ data: z.array(z.unknown()), has_more: z.boolean() }).safeParse(body).data;
    const last = z.object({ id }).safeParse(found?.data.at(-1)).data;
    if (!found || (found.has_more && !last)) return null;
    const customers = found.data.flatMap((item) => customer.safeParse(item).data ?? []);
    const drafts = customers.map((item) => identify(personOf(item), {}));
    return { drafts, next: found.has_more ? (last?.id ?? null) : null };
  },
};
