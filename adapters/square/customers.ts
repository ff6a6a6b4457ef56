/**
 * Square's customers: who they are, and which points they collect.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  consent,
  decisive,
  deleted,
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
  track,
} from "../../src/contract/adapter.ts";

const { text, integer, isoTime: time } = maybe;

/** A customer, whole: the record that paths such as `reference_id` lead into. */
const customer = z
  .object({
    customer: z.looseObject({
      id,
      ...each(time, "created_at", "updated_at"),
      ...each(text, "given_name", "family_name", "company_name", "email_address", "phone_number", "birthday", "creation_source"),
      address: optional(z.object(each(text, "locality", "administrative_district_level_1", "postal_code", "country"))),
      preferences: optional(z.object({ email_unsubscribed: maybe.flag })),
    }),
  })
  .transform((object) => object.customer);

type Customer = z.output<typeof customer>;

/** `deleted` stands beside the object; merging two customers deletes one of them, and nobody is gone. */
const deletedCustomer = z.object({
  type: z.literal("customer"),
  id,
  deleted: z.literal(true),
  object: decisive(
    z.object({
      customer: optional(z.looseObject({ email_address: text })),
      event_context: decisive(z.object({ merge: z.unknown().optional() })),
    }),
  ),
});

const loyaltyAccount = z
  .object({
    loyalty_account: z.object({
      id,
      customer_id: maybe.id,
      ...each(integer, "balance", "lifetime_points"),
      mapping: optional(z.object({ phone_number: text })),
    }),
  })
  .transform((object) => object.loyalty_account);

type LoyaltyAccount = z.output<typeof loyaltyAccount>;

function personOf(c: Customer): PersonFacts {
  return person({ record: c, email: claimed(c.email_address), phone: c.phone_number, ids: [personId("customer", c.id)] });
}

function about(c: Customer, { event }: MapContext<unknown>): readonly Draft[] {
  const facts = personOf(c);
  const known = identify(facts, {
    first_name: c.given_name,
    last_name: c.family_name,
    created_at: c.created_at,
    company: c.company_name,
    birthday: c.birthday,
    city: c.address?.locality,
    region: c.address?.administrative_district_level_1,
    postal_code: c.address?.postal_code,
    country_code: c.address?.country,
  });
  // `false` is also what somebody has who was never asked.
  return c.preferences?.email_unsubscribed
    ? [known, consent(facts, { channel: "email", state: "unsubscribed", at: c.updated_at ?? event.occurredAt })]
    : [known];
}

/** A customer whom Square did not know before. */
export const onNewCustomer = on(customer, (c, context) => [
  ...about(c, context),
  track(personOf(c), "Customer Created", pick(c, "creation_source")),
]);

/** What is known of a customer, and whether they want no e-mail. */
export const onChangedCustomer = on(customer, about);

/** A customer who is gone, unless they were joined with another. */
export const onDeletedCustomer = on(deletedCustomer, ({ id: customerId, object }): MapResult => {
  if (object?.event_context?.merge !== undefined) return ignore("merged into another customer");
  const facts = person({ email: claimed(object?.customer?.email_address), ids: [personId("customer", customerId)] });
  return deleted(facts, "Customer Deleted");
});

/** Somebody who began to collect points. */
export const onLoyaltyAccount = on(loyaltyAccount, (l) => [pointsOf(l), track(memberOf(l), "Loyalty Account Created")]);

/** Points that were earned or spent. */
export const onPoints = on(loyaltyAccount, pointsOf);

function memberOf(l: LoyaltyAccount): PersonFacts {
  return person({
    phone: l.mapping?.phone_number,
    ids: [personId("customer", l.customer_id), reference("loyalty_account", l.id)],
  });
}

function pointsOf(l: LoyaltyAccount): Draft {
  return identify(memberOf(l), { loyalty_points: l.balance, loyalty_lifetime_points: l.lifetime_points });
}
