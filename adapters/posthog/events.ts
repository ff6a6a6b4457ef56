/**
 * PostHog's events and persons.
 *
 * `distinct_id` is the company's user id once the product called identify; before, it is the id of a device.
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../../src/contract/adapter.ts";
import {
  backed,
  decisive,
  group,
  id,
  identify,
  ignore,
  maybe,
  on,
  optional,
  page,
  person,
  personId,
  text,
  track,
} from "../../src/contract/adapter.ts";
import { countOfProducts, nameAsSent, sentProperties, sentTraits } from "../../src/contract/custom-events.ts";
import { attributionIn, firstTouch } from "../../src/vocabulary/adapter.ts";

const fields = optional(z.record(z.string(), z.unknown()));

const profile = optional(z.object({ id: maybe.id, properties: fields }));

const event = z.looseObject({
  event: text.pipe(z.string().min(1)),
  uuid: maybe.id,
  distinct_id: decisive(id),
  timestamp: maybe.isoTime,
  properties: fields,
});

/** The body by default: the event and its person. */
export const body = z.object({ event, person: profile });

const told = event.extend({ person: profile });

type Told = z.output<typeof told>;

/** Ids of devices are UUIDs of version 7, and older ones two hashes around random numbers. */
const DEVICE = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-|[0-9a-f]{10,}-[0-9a-f]{8,}-[0-9a-f]{4,}-)/;

function personOf(
  { distinct_id, properties, person: known }: Told,
  more: { readonly before?: string | undefined } = {},
): PersonFacts {
  const { $device_id, $is_identified } = properties ?? {};
  const isDevice = distinct_id === $device_id || $is_identified === false || DEVICE.test(distinct_id ?? "");
  const { email, phone } = known?.properties ?? {};
  return person({
    record: { distinct_id: isDevice ? undefined : distinct_id },
    email: backed(text.safeParse(email).data),
    phone: text.safeParse(phone).data,
    ids: [personId("person", known?.id), personId("device", isDevice ? distinct_id : null)],
    merged: [personId("device", more.before)],
    mergedUserIds: [DEVICE.test(more.before ?? "") ? null : more.before],
  });
}

/** Without what PostHog adds. */
function own(given: z.output<typeof fields>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([name]) => !name.startsWith("$")));
}

/** PostHog has already made what the event sets part of the person's properties. */
function identified(e: Told, who: PersonFacts): Draft {
  const known = e.person?.properties ?? {};
  const { email: _, phone: __, id: ___, ...traits } = sentTraits(own(known));
  const first = firstTouch(attributionIn(said(known), "$initial_"));
  return { ...identify(who, traits), ...(Object.keys(first).length === 0 ? {} : { first }) };
}

/** `$direct` stands for no referrer. */
function said(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "$direct"));
}

function propertiesOf(e: Told) {
  const properties = own(e.properties);
  return { ...attributionIn(properties), ...countOfProducts(properties), ...sentProperties(properties) };
}

/** Who the person is, and the device that they used before. */
export const onIdentify = on(told, (e) => {
  const before = text.safeParse(e.properties?.$anon_distinct_id).data;
  return identified(e, personOf(e, { before }));
});

/** Two ids of one person. */
export const onAlias = on(told, (e) => {
  const before = text.safeParse(e.properties?.alias).data;
  return before ? identify(personOf(e, { before }), {}) : ignore("does not name both ids");
});

/** A group of the project. @see https://posthog.com/docs/product-analytics/group-analytics */
export const onGroup = on(told, (e) => {
  const { $group_type: kind, $group_key: key, $group_set } = e.properties ?? {};
  const groupId = id.safeParse(key).data;
  if (!groupId) return ignore("names no group");
  return group(
    personOf(e),
    { kind: text.safeParse(kind).data ?? "group", id: groupId },
    sentProperties(fields.parse($group_set)),
  );
});

/** A page view. */
export const onPage = on(told, (e) => {
  const { $current_url, $referrer, title } = said({ ...e.properties });
  const { data: url } = text.safeParse($current_url);
  if (!url) return ignore("the page has no URL");
  const seen = { referrer: text.safeParse($referrer).data, ...propertiesOf(e) };
  return page(personOf(e), text.safeParse(title).data || "Page", url, seen);
});

/** A screen of an app. */
export const onScreen = on(told, (e) => {
  const name = text.safeParse(e.properties?.$screen_name).data;
  return track(personOf(e), "Screen Viewed", { ...propertiesOf(e), ...(name ? { name } : {}) });
});

/** An event of the company's own; with what it sets of the person. */
export const onEvent = on(told, (e) => {
  if (e.event.startsWith("$")) return ignore("measured by PostHog itself");
  const name = nameAsSent(e.event);
  if (name === null) return ignore("its name is empty or too long for Customer.io");
  const who = personOf(e);
  const made = track(who, name, propertiesOf(e));
  return fields.parse(e.properties?.$set) ? [identified(e, who), made] : made;
});
