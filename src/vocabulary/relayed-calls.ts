/**
 * Calls of the analytics specification that several vendors share (identify, track, page, screen, group, alias), relayed: events, properties and
 * traits keep the names that the sender gave them. Only the traits that Customer.io has a name for get it (`firstName`).
 *
 * Calls from Customer.io or this project are ignored to prevent loops. A call named like one of Customer.io's actions is never passed on.
 *
 * @see https://segment.com/docs/connections/spec/
 */
import * as z from "zod";
import {
  type CallContext,
  group,
  type IdentifyDraft,
  identify,
  ignore,
  type Properties,
  page,
  pick,
  type Traits,
  told,
  track,
} from "../contract/drafts.ts";
import { type Maybe, type PersonFacts, person, personId, verified } from "../contract/facts.ts";
import { decisive, each, id, maybe, optional, text } from "../contract/fields.ts";
import { type MapResult, on } from "../contract/handlers.ts";
import { nameAsSent } from "../contract/relay.ts";
import { isReservedEvent } from "../contract/reserved.ts";
import { countOfProducts, sentProperties, sentTraits } from "../contract/sent.ts";
import type { Arrival, VendorEvent } from "../contract/vendor-event.ts";
import { type Attribution, attribution, attributionIn } from "./attribution.ts";

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

/** Fields of every call: the body of a webhook. */
export const call = z.looseObject({
  type: text,
  messageId: id,
  ...each(maybe.isoTime, "timestamp", "receivedAt"),
  userId: decisive(identifier),
  anonymousId: optional(identifier),
  ...each(fields, "properties", "traits", "integrations"),
  context,
});

type Call = z.output<typeof call>;

/** The event in such a call. */
export function callEvent(body: Call, { receivedAt }: Pick<Arrival, "receivedAt">): VendorEvent {
  const reason = reasonToIgnore(body);
  return {
    id: body.messageId,
    type: body.type,
    occurredAt: body.timestamp ?? body.receivedAt ?? receivedAt,
    test: false,
    data: body,
    ...(reason === null ? {} : { ignore: reason }),
  };
}

/** The person of a call; a group's traits are not the person's. The company's own code says who it is. */
function personOf(c: Call, traits = c.traits): PersonFacts {
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
const onAlias = on(call.extend({ previousId: decisive(id) }), (c) => {
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
const onGroup = on(call.extend({ groupId: id }), (c) => {
  const { objectTypeId: _, object_type_id: __, relationshipAttributes, ...traits } = c.traits ?? {};
  const relationship = sentProperties(fields.parse(relationshipAttributes));
  return group(personOf(c, null), { kind: "group", id: c.groupId }, sentProperties(traits), relationship);
});

/** The traits of an identify call. */
function traitsOf(c: Call): Traits {
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
function propertiesOf(c: Call): Properties {
  return { ...campaignOf(c), ...countOfProducts(c.properties), ...sentProperties(c.properties) };
}

/** Where it happened, as Customer.io reads it: without what is empty. */
function contextOf({ context: c }: Call): { readonly context?: CallContext } {
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

/** Loops, and calls that exclude Customer.io. */
function reasonToIgnore({ context: c, properties, integrations, event }: Call): string | null {
  const origins = [c?.integration?.name, c?.library?.name].map((name) => name?.toLowerCase() ?? "");
  if (origins.some((name) => /customer\.?io|tributary/.test(name))) return "sent by Customer.io or Tributary";
  const isOurs = ["provider", "source", "source_event"].every((name) => typeof properties?.[name] === "string");
  if (isOurs) return "sent by Customer.io or Tributary";
  const choice = Object.entries(integrations ?? {}).find(([name]) => /^customer\.?io/i.test(name))?.[1] ?? integrations?.All;
  if (choice === false) return "not for Customer.io, by its integrations";
  return typeof event === "string" && isReservedEvent(event) ? "named like a Customer.io action" : null;
}

function tracked(c: Call, name: string): MapResult {
  const event = nameAsSent(name);
  if (event === null) return ignore("its name is empty or too long for Customer.io");
  if (isReservedEvent(event)) return ignore("named like a Customer.io action");
  return { ...track(personOf(c), event, propertiesOf(c)), ...contextOf(c) };
}

function viewed(c: Call, name: Maybe<string>): MapResult {
  const { url: own, ...properties } = propertiesOf(c);
  const url = typeof own === "string" ? own : c.context?.page?.url;
  if (!url) return ignore("the page has no URL");
  const seen = { ...pick(c.context?.page, "title", "referrer"), ...properties };
  return { ...page(personOf(c), name || c.context?.page?.title || "Page", url, seen), ...contextOf(c) };
}

const named = call.extend({ name: maybe.text });

/** Handlers of the calls, by type. */
export const callHandlers = {
  identify: on(call, (c): IdentifyDraft => identify(personOf(c), traitsOf(c))),
  track: on(call.extend({ event: text }), (c) => tracked(c, c.event)),
  page: on(named, (c) => viewed(c, c.name)),
  screen: on(named, (c) => ({
    ...track(personOf(c), "Screen Viewed", { ...propertiesOf(c), ...(c.name ? { name: c.name } : {}) }),
    ...contextOf(c),
  })),
  group: onGroup,
  alias: onAlias,
};
