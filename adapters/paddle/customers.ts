/**
 * Paddle's customers with their addresses and businesses, and the owners of objects.
 */
import * as z from "zod";
import type { CustomField, Draft, Lookup, MapContext, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  backed,
  consent,
  each,
  id,
  identify,
  ignore,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
} from "../../src/contract/adapter.ts";
import { contactCreated, customFields } from "../../src/vocabulary/adapter.ts";

const { text, isoTime: time } = maybe;
const customData = optional(z.looseObject({}));

/** A customer: Paddle's only object with an address. */
export const customer = z.object({
  id,
  ...each(text, "email", "name", "locale", "status"),
  marketing_consent: maybe.boolean,
  custom_data: customData,
  created_at: time,
});

type Customer = z.output<typeof customer>;

/** Fields of any object that identify its person. */
export const owned = z.object({
  id,
  ...each(maybe.id, "customer_id", "subscription_id", "transaction_id"),
  custom_data: customData,
});

const address = owned.extend(each(text, "status", "city", "region", "postal_code", "country_code"));

const business = owned.extend(each(text, "status", "name"));

/** The person of a customer. */
export function personOf(c: Customer): PersonFacts {
  return person({ record: { id: c.id, custom_data: c.custom_data }, email: backed(c.email), ids: [personId("customer", c.id)] });
}

/** Traits of a customer. */
export function traitsOf(c: Customer): Properties {
  return pick(c, "name", "locale", "status", "marketing_consent", "created_at");
}

/**
 * The owner of an object: its customer, or references to one.
 * @param own the object's own kind, if other objects refer to it
 */
export function ownerOf(o: z.output<typeof owned>, own: Readonly<Record<string, Maybe<string>>> = {}): PersonFacts {
  const leads = { subscription: o.subscription_id, transaction: o.transaction_id, ...own };
  return person({
    record: { id: o.customer_id, custom_data: o.custom_data },
    ids: [personId("customer", o.customer_id), ...Object.entries(leads).map(([kind, value]) => reference(kind, value))],
  });
}

/** What the company wrote into an object's `custom_data`, as candidates for `custom_fields`. */
export function customOf({ custom_data }: Pick<z.output<typeof owned>, "custom_data">): {
  readonly custom: readonly CustomField[];
} {
  return { custom: customFields("custom_data", custom_data) };
}

/** An event about a customer: their traits, and what is returned beside them. */
export function onCustomer(more: (c: Customer, context: MapContext<unknown>) => readonly Draft[] = () => []) {
  return on(customer, (c, context) => [{ ...identify(personOf(c), traitsOf(c)), ...customOf(c) }, ...more(c, context)]);
}

/** A new customer, with the consent that the buyer ticked; `false` may also mean that the buyer was not asked. */
export const onCreated = onCustomer((c, { event }) => [
  ...(c.marketing_consent
    ? [consent(personOf(c), { channel: "email", state: "subscribed", at: c.created_at ?? event.occurredAt })]
    : []),
  contactCreated(personOf(c), {}, customOf(c)),
]);

/** An address of a customer. Older events do not name the customer. */
export const onAddress = on(address, (a) => {
  if (a.status === "archived") return ignore("archived: another may be in its place");
  const { city, region, postal_code, country_code } = a;
  return a.customer_id ? identify(ownerOf(a), { city, region, postal_code, country_code }) : ignore("names no customer");
});

/** The business that a customer buys for. */
export const onBusiness = on(business, (b) => {
  if (b.status === "archived") return ignore("archived: another may be in its place");
  return b.customer_id ? identify(ownerOf(b), { company: b.name }) : ignore("names no customer");
});

/** The look-up of a customer by id. Sandbox accounts have a host of their own. */
export const lookup: Lookup = {
  hosts: ["api.paddle.com", "sandbox-api.paddle.com"],
  request: ({ kind, id: customerId }, apiKey) =>
    kind === "customer" && /^ctm_\w+$/.test(customerId)
      ? {
          // @see https://developer.paddle.com/api-reference/about/authentication
          host: apiKey.startsWith("pdl_sdbx_") ? "sandbox-api.paddle.com" : "api.paddle.com",
          path: `/customers/${customerId}`,
          headers: { authorization: `Bearer ${apiKey}` },
        }
      : null,
  read: (body) => {
    const found = z.object({ data: customer }).safeParse(body).data?.data;
    return found ? [identify(personOf(found), traitsOf(found))] : null;
  },
};
