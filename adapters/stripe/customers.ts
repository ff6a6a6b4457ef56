/**
 * Stripe's customers, in events and in the API.
 */
import * as z from "zod";
import type { MapContext, MapResult, PersonFacts, Properties, Pull, Traits, Trust } from "../../src/contract/adapter.ts";
import {
  bearerLookup,
  each,
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

/**
 * The option of a source: how far the address of a customer is trusted. Checkout, Payment Links and the customer portal write what a visitor
 * typed into it, and no event says which.
 */
export const customerEmail = z
  .enum(["claimed", "verified"])
  .default("claimed")
  .describe(
    "trust in customers' addresses: `claimed`, or `verified` if only your backend sets them, never Checkout or the customer portal",
  );

/** The context of a mapper: the trust in a customer's address. */
export type Context = MapContext<{ readonly customer_email: Trust }>;

/** An event about a customer, with person and traits. */
export function onCustomer(mapper: (who: PersonFacts, traits: Traits) => MapResult) {
  return on(customer, (c, { options }: Context) => mapper(personOf(c, options.customer_email), traitsOf(c)));
}

function personOf(c: Customer, trust: Trust): PersonFacts {
  return person({
    record: { metadata: c.metadata },
    email: { value: c.email, trust },
    phone: c.phone,
    ids: [personId("customer", c.id)],
  });
}

function traitsOf(c: Customer): Traits {
  return {
    customer_id: c.id,
    ...pick(c, "name", "business_name", "currency", "delinquent", "tax_exempt"),
    ...addressOf(c.address),
    locale: c.preferred_locales?.[0],
    created_at: c.created,
  };
}

/** The parts of an address as traits. */
export function addressOf(a: z.output<typeof address>): Properties {
  return Object.fromEntries(Object.entries(a ?? {}).map(([name, value]) => [`address_${name}`, value]));
}

/** The look-up of a customer by id. */
export const lookup = bearerLookup({
  host: HOST,
  kind: "customer",
  path: "/v1/customers/",
  schema: customer.extend({ deleted: z.literal(false).optional() }),
  draft: (found) => identify(personOf(found, "claimed"), traitsOf(found)),
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
    const drafts = customers.map((item) => identify(personOf(item, "claimed"), {}));
    return { drafts, next: found.has_more ? (last?.id ?? null) : null };
  },
};
