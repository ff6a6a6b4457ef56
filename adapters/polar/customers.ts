/**
 * Polar's customers, references to them, and their benefits.
 */
import * as z from "zod";
import type { Maybe, PersonFacts, PersonInput, Properties } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  id,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
  track,
  verified,
} from "../../src/contract/adapter.ts";

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

/** Fields of any object that identify its person. */
export const owned = z.object({
  id,
  customer: optional(customer),
  ...each(maybe.id, "customer_id", "subscription_id", "order_id", "checkout_id"),
});

/** References to a person. */
export type Owned = z.output<typeof owned>;

const grant = owned.extend({
  benefit: optional(z.object({ id, ...each(text, "type", "description") })),
  benefit_id: maybe.id,
});

function emailOf(c: Maybe<z.output<typeof customer>>): PersonInput["email"] {
  return c?.email_verified === true ? verified(c.email) : claimed(c?.email);
}

/** The person of a customer. */
export function personOf(c: z.output<typeof customer>): PersonFacts {
  return person({ record: c, email: emailOf(c), ids: [personId("customer", c.id)] });
}

/** Traits of a customer. */
export function traitsOf(c: z.output<typeof customer>): Properties {
  return {
    customer_id: c.id,
    ...pick(c, "name", "created_at"),
    ...pick(c.billing_address, "city", "postal_code"),
    state_code: c.billing_address?.state,
    country_code: c.billing_address?.country,
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

/** A granted or revoked benefit. */
export function onGrant(event: string) {
  return on(grant, (g) =>
    track(ownerOf(g), event, {
      benefit_grant_id: g.id,
      benefit_id: g.benefit?.id ?? g.benefit_id,
      ...pick(g.benefit, "type", "description"),
      ...pick(g, "subscription_id", "order_id"),
    }),
  );
}
