/**
 * Paddle's customers, the owners of objects, and saved payment methods.
 */
import * as z from "zod";
import type { Lookup, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  id,
  identify,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
  track,
} from "../../src/contract/adapter.ts";

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

const paymentMethod = owned.extend(each(text, "type", "origin", "deletion_reason"));

/** The person of a customer. */
export function personOf(c: Customer): PersonFacts {
  return person({ record: { id: c.id, custom_data: c.custom_data }, email: claimed(c.email), ids: [personId("customer", c.id)] });
}

/** Traits of a customer. */
export function traitsOf(c: Customer): Properties {
  return { customer_id: c.id, ...pick(c, "name", "locale", "status", "marketing_consent", "created_at") };
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

/** A saved or removed payment method. */
export function onPaymentMethod(event: string) {
  return on(paymentMethod, (p) =>
    track(ownerOf(p), event, { payment_method_id: p.id, ...pick(p, "type", "origin", "deletion_reason") }),
  );
}

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
