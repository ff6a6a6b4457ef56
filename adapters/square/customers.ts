/**
 * Square's customers and their loyalty points.
 */
import * as z from "zod";
import type { Draft, MapContext, MapResult, PersonFacts } from "../../src/contract/adapter.ts";
import {
  backed,
  claimed,
  consent,
  decisive,
  deleted,
  each,
  id,
  identify,
  ignore,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  reference,
} from "../../src/contract/adapter.ts";
import { contactCreated, customFields, ownEvents, withCustom } from "../../src/vocabulary/adapter.ts";
import type { SQUARE } from "./plan.schema.ts";

const own = ownEvents<typeof SQUARE>();

const { text, integer, isoTime: time } = maybe;

/** A whole customer, and those that were merged into it: `user_id_from` reads paths such as `reference_id` from it. */
const customer = z
  .object({
    customer: z.looseObject({
      id,
      ...each(time, "created_at", "updated_at"),
      ...each(text, "given_name", "family_name", "company_name", "email_address", "phone_number", "birthday", "creation_source"),
      ...each(text, "note", "reference_id", "nickname"),
      address: optional(z.object(each(text, "locality", "administrative_district_level_1", "postal_code", "country"))),
      preferences: optional(z.object({ email_unsubscribed: maybe.flag })),
    }),
    // @see https://developer.squareup.com/reference/square/objects/CustomerCreatedEventEventContextMerge
    event_context: optional(z.object({ merge: optional(z.object({ from_customer_ids: optional(list(id)) })) })),
  })
  .transform(({ customer: record, event_context: context }) => ({
    ...record,
    record,
    former: context?.merge?.from_customer_ids ?? [],
  }));

type Customer = z.output<typeof customer>;

/** `deleted` is beside the object. A merge of two customers deletes one of them, but no person. */
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
  return person({
    record: c.record,
    email: backed(c.email_address),
    phone: c.phone_number,
    ids: [personId("customer", c.id)],
    merged: c.former.map((id) => personId("customer", id)),
  });
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
  // `false` may also mean that the customer was not asked.
  const drafts = c.preferences?.email_unsubscribed
    ? [known, consent(facts, { channel: "email", state: "unsubscribed", at: c.updated_at ?? event.occurredAt })]
    : [known];
  return withCustom(drafts, customFields("customer", { reference_id: c.reference_id, note: c.note, nickname: c.nickname }));
}

/** A new customer. */
export const onNewCustomer = on(customer, (c, context) => [
  ...about(c, context),
  contactCreated(personOf(c), { created_by: c.creation_source?.toLowerCase() }),
]);

/** A customer's traits, and an opt-out of e-mail. */
export const onChangedCustomer = on(customer, about);

/** A deleted customer, unless merged into another. */
export const onDeletedCustomer = on(deletedCustomer, ({ id: customerId, object }): MapResult => {
  if (object?.event_context?.merge !== undefined) return ignore("merged into another customer");
  const facts = person({ email: claimed(object?.customer?.email_address), ids: [personId("customer", customerId)] });
  return deleted(facts, "Contact Deleted");
});

/** A new loyalty account. */
export const onLoyaltyAccount = on(loyaltyAccount, (l) => [
  pointsOf(l),
  own("Loyalty Account Created")(memberOf(l), { loyalty_account_id: l.id, loyalty_points: l.balance }),
]);

/** Earned or spent points. */
export const onPoints = on(loyaltyAccount, pointsOf);

function memberOf(l: LoyaltyAccount): PersonFacts {
  return person({
    phone: l.mapping?.phone_number ?? undefined,
    ids: [personId("customer", l.customer_id), reference("loyalty_account", l.id)],
  });
}

function pointsOf(l: LoyaltyAccount): Draft {
  return identify(memberOf(l), { loyalty_points: l.balance, loyalty_lifetime_points: l.lifetime_points });
}
