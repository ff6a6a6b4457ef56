/**
 * Segment's calls: schema, person and properties.
 */
import * as z from "zod";
import type { PersonFacts, Properties, Traits, Trust, Value } from "../../src/contract/adapter.ts";
import { decisive, each, id, list, maybe, optional, person, personId, pick, products, text } from "../../src/contract/adapter.ts";
import { propertyNameOf, relayedValue } from "../../src/contract/custom-events.ts";

/** Maximum number of properties of a call. */
const MOST_PROPERTIES = 200;

/** @see https://segment.com/docs/connections/spec/ecommerce/v2/ */
const product = z.object({
  ...each(maybe.id, "product_id", "sku"),
  ...each(maybe.text, "name", "brand", "category", "variant", "coupon", "url", "image_url"),
  ...each(maybe.number, "price", "quantity", "position"),
});

const place = z.object(each(maybe.text, "city", "state", "postalCode", "country"));

const fields = optional(z.record(z.string(), z.unknown()));

const integration = optional(z.object({ name: maybe.text }));

const context = optional(
  z.object({
    traits: fields,
    ...each(integration, "integration", "library"),
    ...each(maybe.text, "locale", "timezone"),
    page: optional(z.object(each(maybe.text, "url", "title", "referrer"))),
  }),
);

const identifier = z.union([id, z.literal("")]);

/** Fields of every call. */
export const call = z.looseObject({
  type: text,
  messageId: id,
  ...each(maybe.isoTime, "timestamp", "receivedAt"),
  userId: decisive(identifier),
  anonymousId: optional(identifier),
  ...each(fields, "properties", "traits", "integrations"),
  context,
});

/** A call. */
export type Call = z.output<typeof call>;

/** The person of a call; a group's traits are not the person's. */
export function personOf(c: Call, trust: Trust, traits = c.traits): PersonFacts {
  const found = { ...c.context?.traits, ...traits };
  return person({
    record: { userId: c.userId, traits: found },
    email: { value: text.safeParse(found.email).data, trust },
    phone: text.safeParse(found.phone).data,
    ids: [personId("anonymous", c.anonymousId)],
  });
}

/** The traits of an identify call. */
export function traitsOf(c: Call): Traits {
  const { email: _, phone: __, id: ___, ...traits } = relayed(c.traits);
  const address = place.safeParse(c.traits?.address).data;
  return {
    ...pick(c.context, "timezone", "locale"),
    ...pick(address, "city", "state", "country"),
    postal_code: address?.postalCode,
    ...traits,
  };
}

/**
 * The part of an object that is passed on: texts, numbers, booleans and lists of them, and products; nothing else that is nested. An amount in
 * minor units is left out: only its sender knows which amount it belongs to.
 */
export function relayed(object: Call["traits"]): Properties {
  const { products: bought, products_count: _, ...others } = object ?? {};
  const entries = Object.entries(others)
    .slice(0, MOST_PROPERTIES)
    .flatMap(([given, value]): readonly (readonly [string, Value])[] => {
      const name = propertyNameOf(given);
      if (name === null || name.endsWith("_minor") || name.startsWith("products")) return [];
      const passed = relayedValue(name, value);
      return passed === undefined ? [] : [[name, passed]];
    });
  return {
    ...Object.fromEntries(entries),
    ...products(list(product).safeParse(bought).data),
  };
}
