/**
 * Shopify's buyers: person, traits and consents. The same record is the body of a customer's topics and part of an order and a
 * checkout.
 */
import * as z from "zod";
import type { Channel, Draft, Maybe, PersonFacts, PersonInput, Traits, Trust } from "../../src/contract/adapter.ts";
import {
  backed,
  claimed,
  consent,
  each,
  id,
  identify,
  list,
  maybe,
  optional,
  person,
  personId,
  pick,
  text,
  verified,
} from "../../src/contract/adapter.ts";
import { customFields, ordersState } from "../../src/vocabulary/adapter.ts";
import { moneyOf } from "./lines.ts";

/** A choice about a channel. `not_subscribed`, `redacted` and `invalid` are no choice of the person's. */
export const choice = z.object({
  state: optional(
    z
      .string()
      .toLowerCase()
      .pipe(z.enum(["subscribed", "unsubscribed", "pending"])),
  ),
  consent_updated_at: maybe.isoTime,
});

/** An address of the buyer's, as far as it is read; nothing where it says none of it. */
export const address = optional(
  z
    .object(each(maybe.text, "first_name", "last_name", "city", "province_code", "country_code", "zip"))
    .transform((given) => (Object.values(given).some((value) => value) ? given : null)),
);

/** A customer, also inside an order. Up to 2024-10 with tags, totals and consents; since then these have topics of their own. */
export const buyer = z.looseObject({
  id,
  ...each(maybe.text, "email", "phone", "first_name", "last_name", "state", "currency", "tags"),
  verified_email: maybe.flag,
  created_at: maybe.isoTime,
  orders_count: maybe.integer,
  total_spent: maybe.decimal,
  default_address: address,
  email_marketing_consent: optional(choice),
  sms_marketing_consent: optional(choice),
  accepts_marketing: maybe.flag,
  accepts_marketing_updated_at: maybe.isoTime,
  metafields: optional(list(z.object({ namespace: text, key: text, value: z.unknown() }))),
});

type Buyer = z.output<typeof buyer>;

/** A customer with little more than an id. */
export function customerOf(id: string, contact: Pick<PersonInput, "email" | "phone"> = {}): PersonFacts {
  return person({ record: { id }, ids: [personId("customer", id)], ...contact });
}

/** The person of a customer. */
export function factsOf(c: Buyer): PersonFacts {
  const email = c.verified_email === true ? verified(c.email) : backed(c.email);
  return person({ record: recordOf(c), email, phone: c.phone, ids: [personId("customer", c.id)] });
}

/**
 * A customer's own address is verified once Shopify says so: the customer confirmed it, or the shop's admin or API wrote it. Any other was
 * typed.
 * @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Customer#field-Customer.fields.verifiedEmail
 */
export function emailOf(c: Maybe<Buyer>, typed?: Maybe<string>): PersonInput["email"] {
  return c?.email && c.verified_email === true ? verified(c.email) : claimed(typed || c?.email);
}

/**
 * The customer, with metafields (where a subscription asks for them) by namespace and key: `metafields.custom.user_id`. An order's
 * note attributes are left out: the storefront fills them in, so a visitor could name someone else's user id.
 */
export function recordOf(c: Maybe<Buyer>): unknown {
  const namespaces = Map.groupBy(c?.metafields ?? [], (field) => field.namespace);
  const metafields = [...namespaces].map(([namespace, fields]) => [
    namespace,
    Object.fromEntries(fields.map(({ key, value }) => [key, value])),
  ]);
  return c && { ...c, metafields: Object.fromEntries(metafields) };
}

/** Where an address is, as traits. */
export function placeOf(from: z.output<typeof address>): Traits {
  return pick(from, "city", "province_code", "country_code", "zip");
}

/**
 * A customer's traits, the consents that have a time, and what they ordered so far, where the record says so.
 * @param at the time of the record; `null` where it is looked up
 * @param trust in consents to something: an order may be someone else's who typed the customer's address
 */
export function about(
  facts: PersonFacts,
  c: Buyer,
  at: string | null,
  { locale, trust }: { readonly locale?: Maybe<string>; readonly trust?: Trust } = {},
): readonly Draft[] {
  const traits = {
    ...pick(c, "first_name", "last_name", "created_at", "currency"),
    ...placeOf(c.default_address),
    locale,
    account_state: c.state,
    tags: c.tags?.split(",").flatMap((tag) => tag.trim() || []),
  };
  // Up to 2022-01. `false` may mean that the customer was not asked, so only `true` is a choice.
  const legacy = c.accepts_marketing
    ? { state: "subscribed" as const, consent_updated_at: c.accepts_marketing_updated_at }
    : null;
  const custom = (c.metafields ?? []).flatMap(({ namespace, key, value }) =>
    customFields(`metafields.${namespace}`, { [key]: value }),
  );
  const { orders_count } = c;
  const total_spent = moneyOf(c.total_spent, c.currency);
  return [
    { ...identify(facts, traits), ...(custom.length > 0 ? { custom } : {}) },
    ...choices(facts, "email", c.email_marketing_consent ?? legacy, at, trust),
    ...choices(facts, "sms", c.sms_marketing_consent, at, trust),
    ...(at && typeof orders_count === "number" ? [ordersState(facts, at, { orders_count, total_spent })] : []),
  ];
}

/**
 * A choice counts from the time that Shopify kept with it; an opt-out without one from that of the event, so that none is lost. The
 * box at the checkout (`buyer_accepts_marketing`) may be ticked beforehand and has no time: the consent topics tell what comes of it.
 */
export function choices(
  facts: PersonFacts,
  channel: Channel,
  made: Maybe<z.output<typeof choice>>,
  at: string | null,
  trust?: Trust,
): readonly Draft[] {
  const since = made?.consent_updated_at ?? (made?.state === "unsubscribed" ? at : null);
  return made?.state && since ? [consent(facts, { channel, state: made.state, at: since, ...(trust ? { trust } : {}) })] : [];
}
