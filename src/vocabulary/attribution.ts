/**
 * Where a person came from: campaign, referrer, landing page, click on an advertisement, from wherever a vendor has them.
 */
import type { Properties } from "../contract/drafts.ts";
import type { Maybe } from "../contract/facts.ts";
import { CLICK_IDS, type ClickIdType } from "./enums.ts";

const TEXTS = [
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "utm_term",
  "utm_content",
  "referrer",
  "landing_url",
  "click_id",
] as const;

/** Properties of an event, and the traits of the first time that they become. */
const FIRST = [...TEXTS, "click_id_type"].map((name) => [name, `first_${name}`] as const);

/** Longest value, characters. */
const LONGEST = 500;

/** Where a person came from, as properties of an event. */
export type Attribution = { readonly [Name in (typeof TEXTS)[number]]?: string } & { readonly click_id_type?: ClickIdType };

/** The company's own fields as vendors send them: by name, or as a list of names and values. */
export type Fields = { readonly [name: string]: unknown } | readonly { readonly [key: string]: unknown }[];

/** Other names of what is looked for. */
const ALIASES: { readonly [name: string]: (typeof TEXTS)[number] } = {
  referring_site: "referrer",
  referer: "referrer",
  referrer_url: "referrer",
  landing_site: "landing_url",
  landing_page: "landing_url",
  landing_page_url: "landing_url",
};

/**
 * Attribution from fields that hold it under names like `utm_source`, `UTM Source`, `utmSource`, `gclid` or `landing_site`, and from the query of
 * a landing page among them.
 * @param prefix what stands before these names, if anything: `_wc_order_attribution_`
 */
export function attributionIn(fields: Maybe<Fields>, prefix = ""): Attribution {
  const found = new Map<string, string>();
  for (const [given, value] of entriesOf(fields)) {
    if (!given.startsWith(prefix) || (typeof value !== "string" && typeof value !== "number")) continue;
    const name = snakeCase(given.slice(prefix.length));
    const text = String(value).trim().slice(0, LONGEST);
    if (text !== "") found.set(ALIASES[name] ?? name, text);
  }
  if (found.size === 0) return {};
  return attribution(attributionOf(found), attributionFrom(found.get("landing_url")));
}

/**
 * Attribution from the address of the first page of a visit.
 * @param url absolute, or a path with a query (`/products/bag?utm_source=news`)
 * @param referrer the page before
 */
export function attributionFrom(url: Maybe<string>, referrer?: Maybe<string>): Attribution {
  const before: Attribution = referrer ? { referrer: referrer.slice(0, LONGEST) } : {};
  const address = url?.trim();
  if (!address) return before;
  const [, query = ""] = /\?([^#]*)/.exec(address) ?? [];
  const found = new Map([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value.slice(0, LONGEST)]));
  return { ...attributionOf(found), ...before, landing_url: address.slice(0, LONGEST) };
}

/** Attribution from several places; of a property that several have, the first. */
export function attribution(...parts: readonly Maybe<Attribution>[]): Attribution {
  return Object.assign({}, ...parts.toReversed());
}

/** Traits of the first time, from the properties of an event: `first_utm_source` …; nothing where it has no attribution. */
export function firstTouch(properties: Properties): Properties {
  const found = FIRST.filter(([name]) => properties[name] !== undefined);
  return Object.fromEntries(found.map(([name, first]) => [first, properties[name]]));
}

function attributionOf(found: ReadonlyMap<string, string>): Attribution {
  const texts = Object.fromEntries(TEXTS.flatMap((name) => (found.get(name) ? [[name, found.get(name)]] : [])));
  const type = CLICK_IDS.find((name) => found.get(name));
  return type === undefined ? texts : { ...texts, click_id: found.get(type) ?? "", click_id_type: type };
}

function entriesOf(fields: Maybe<Fields>): readonly (readonly [string, unknown])[] {
  if (!fields) return [];
  if (!isList(fields)) return Object.entries(fields);
  return fields.flatMap((field) => {
    const name = field.name ?? field.key ?? field.label;
    return typeof name === "string" ? [[name, field.value] as const] : [];
  });
}

function isList(fields: Fields): fields is readonly { readonly [key: string]: unknown }[] {
  return Array.isArray(fields);
}

function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}
