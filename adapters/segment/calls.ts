/**
 * Segment's calls: schema, person and properties.
 */
import * as z from "zod";
import type { CallContext, Maybe, PersonFacts, Properties, Traits } from "../../src/contract/adapter.ts";
import {
  decisive,
  each,
  group,
  id,
  identify,
  ignore,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  text,
  told,
  verified,
} from "../../src/contract/adapter.ts";
import { type Attribution, attribution, attributionIn } from "../../src/vocabulary/adapter.ts";
import { countOfProducts, sentProperties, sentTraits } from "./sent.ts";

const place = z.object(each(maybe.text, "city", "state", "postalCode", "country"));

const fields = optional(z.record(z.string(), z.unknown()));

const integration = optional(z.object({ name: maybe.text }));

const context = optional(
  z.object({
    traits: fields,
    ...each(integration, "integration", "library"),
    ...each(maybe.text, "locale", "timezone", "ip", "userAgent"),
    page: optional(z.object(each(maybe.text, "url", "title", "referrer", "path", "search"))),
    campaign: optional(z.object(each(maybe.text, "name", "source", "medium", "term", "content"))),
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

/** The person of a call; a group's traits are not the person's. The company's own code says who it is. */
export function personOf(c: Call, traits = c.traits): PersonFacts {
  const found = { ...c.context?.traits, ...traits };
  return person({
    record: { userId: c.userId, traits: found },
    email: verified(text.safeParse(found.email).data),
    phone: found.phone === null ? null : text.safeParse(found.phone).data,
    ids: [personId("anonymous", c.anonymousId)],
  });
}

/**
 * A user and the id that the same person had before: a visitor's, a former user id, or an address that was the user id.
 * @see https://segment.com/docs/connections/spec/alias/
 */
export const onAlias = on(call.extend({ previousId: decisive(id) }), (c) => {
  const { previousId } = c;
  if (!c.userId || !previousId) return ignore("does not name both ids");
  const user = personOf(c);
  const email = user.email ?? (previousId.includes("@") ? verified(previousId) : null);
  return identify(person({ ...user, email, merged: [personId("anonymous", previousId)], mergedUserIds: [previousId] }), {});
});

/**
 * An object and the person's relationship with it. Which type of object it is, the source's settings say.
 * @see https://docs.customer.io/integrations/data-in/connections/http-api/
 */
export const onGroup = on(call.extend({ groupId: id }), (c) => {
  const { objectTypeId: _, object_type_id: __, relationshipAttributes, ...traits } = c.traits ?? {};
  const relationship = sentProperties(fields.parse(relationshipAttributes));
  return group(personOf(c, null), { kind: "group", id: c.groupId }, sentProperties(traits), relationship);
});

/** The traits of an identify call. */
export function traitsOf(c: Call): Traits {
  const { email: _, phone: __, id: ___, ...traits } = sentTraits(c.traits);
  const address = c.traits?.address === null ? null : place.safeParse(c.traits?.address).data;
  return {
    ...told(pick(c.context, "timezone", "locale")),
    ...pick(address, "city", "state", "country"),
    postal_code: pick(address, "postalCode").postalCode,
    ...traits,
  };
}

/** The properties of a call, and where the person came from, in the plan's words. */
export function propertiesOf(c: Call): Properties {
  return { ...campaignOf(c), ...countOfProducts(c.properties), ...sentProperties(c.properties) };
}

/** Where it happened, as Customer.io reads it: without what is empty. */
export function contextOf({ context: c }: Call): { readonly context?: CallContext } {
  const page = filled(pick(c?.page, "path", "referrer", "search", "title", "url"));
  const campaign = filled(pick(c?.campaign, "name", "source", "medium", "term", "content"));
  const found = { ...filled(pick(c, "ip", "locale", "userAgent")), ...(page && { page }), ...(campaign && { campaign }) };
  return Object.keys(found).length === 0 ? {} : { context: found };
}

/** The campaign in a call's properties, whatever their spelling, and in its context. */
function campaignOf({ context: c, properties }: Call): Attribution {
  const { name, source, medium, term, content } = c?.campaign ?? {};
  const campaign = { utm_campaign: name, utm_source: source, utm_medium: medium, utm_term: term, utm_content: content };
  return attribution(attributionIn(properties), attributionIn(campaign));
}

function filled<Name extends string>(
  texts: { readonly [Key in Name]?: Maybe<string> },
): { readonly [Key in Name]?: string } | undefined;
function filled(texts: Readonly<Record<string, Maybe<string>>>): Readonly<Record<string, string>> | undefined {
  const kept = Object.entries(texts).flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
