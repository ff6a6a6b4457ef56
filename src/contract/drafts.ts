/**
 * Drafts: the calls that a mapper returns, before the core resolves, stamps and shapes them.
 */
import type { Maybe, PersonFacts } from "./facts.ts";

/** A value of a property or trait. The core omits `undefined`. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | { readonly [key: string]: Value };

/** Properties of an event, snake_case. */
export type Properties = { readonly [key: string]: Value };

/** Maximum number of products listed in an event. */
const MOST_PRODUCTS = 20;

/**
 * Product properties of an event: the first 20 products and the total count; empty if the vendor sends no list.
 * @param count total, if the list may be incomplete
 */
export function products(list: Maybe<readonly Properties[]>, count?: Maybe<number>): Properties {
  return list ? { products: list.slice(0, MOST_PRODUCTS), products_count: Math.max(count ?? 0, list.length) } : {};
}

/**
 * Traits of a person. The named ones are core traits, written only by the source that owns the profile; all others become
 * `<source>_<name>`. The e-mail address and the phone number are facts of the person and cannot be set here.
 */
export type Traits = Properties & { readonly email?: never; readonly phone?: never; readonly id?: never };

/** Traits that keep their name in Customer.io when their source owns the profile. */
export const CORE_TRAITS = ["email", "name", "first_name", "last_name", "phone", "timezone", "locale", "created_at"] as const;

/** A channel that Customer.io knows a preference for. */
export type Channel = "email" | "sms" | "push" | "in_app" | "whatsapp";

/** Who the person is and what is known about them. */
export interface IdentifyDraft {
  readonly kind: "identify";
  readonly person: PersonFacts;
  readonly traits: Traits;
}

/** Something that a person did or that happened to them. */
export interface TrackDraft {
  readonly kind: "track";
  readonly person: PersonFacts;
  readonly event: string;
  readonly properties: Properties;
}

/** An object of the vendor (company, workspace) and, with a person, their relationship. Sent only where `object_type_id` is set. */
export interface GroupDraft {
  readonly kind: "group";
  readonly person: PersonFacts;
  readonly group: { readonly kind: string; readonly id: string };
  readonly traits: Properties;
  readonly relationship: Properties;
}

/** A page that a person saw; `url` is required by Customer.io. */
export interface PageDraft {
  readonly kind: "page";
  readonly person: PersonFacts;
  readonly name: string;
  readonly url: string;
  readonly properties: Properties;
}

/** A person's choice about a channel, or about one topic in it. `at` is ISO 8601 UTC. */
export interface ConsentDraft {
  readonly kind: "consent";
  readonly person: PersonFacts;
  readonly channel: Channel;
  readonly state: "subscribed" | "unsubscribed" | "pending";
  readonly at: string;
  readonly topic?: string;
}

/** The vendor deleted the person or, with `erase`, forwards a legal request to erase them. Never sent as Customer.io's `User Deleted`. */
export interface DeletedDraft {
  readonly kind: "deleted";
  readonly person: PersonFacts;
  readonly event: "Account Deleted" | "Customer Deleted";
  readonly properties: Properties;
  readonly erase: boolean;
}

/** A call without ids, time and context: what a mapper returns. */
export type Draft = IdentifyDraft | TrackDraft | GroupDraft | PageDraft | ConsentDraft | DeletedDraft;

/** A vendor event that deliberately produces no call, and why. Not an error. */
export interface Ignore {
  readonly kind: "ignore";
  readonly reason: string;
}

/** Ignores a vendor event. The reason is a few plain words, under which it is counted. */
export function ignore(reason: string): Ignore {
  return { kind: "ignore", reason };
}

/**
 * Handlers that ignore several types for the same reason.
 * @param types separated by white space
 */
export function ignoring(reason: string, types: string): Readonly<Record<string, Ignore>> {
  return Object.fromEntries(types.split(/\s+/).flatMap((type) => (type === "" ? [] : [[type, ignore(reason)]])));
}

/**
 * Picks values of a vendor's record to pass on under their own names.
 * @example pick(order, "status", "currency") is { status: order.status, currency: order.currency }
 */
export function pick<Name extends string>(
  record: Maybe<{ readonly [name in Name]?: Value }>,
  ...names: readonly Name[]
): { readonly [name in Name]?: Value };
export function pick(record: Maybe<Properties>, ...names: readonly string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, record?.[name]]));
}

/** Reports traits of a person. */
export function identify(person: PersonFacts, traits: Traits): IdentifyDraft {
  return { kind: "identify", person, traits };
}

/** Reports an event; `event` is Title Case, object first: `Order Completed`. */
export function track(person: PersonFacts, event: string, properties: Properties = {}): TrackDraft {
  return { kind: "track", person, event, properties };
}

/** Reports an object and the person's relationship with it. */
export function group(
  person: PersonFacts,
  object: GroupDraft["group"],
  traits: Properties = {},
  relationship: Properties = {},
): GroupDraft {
  return { kind: "group", person, group: object, traits, relationship };
}

/** Reports a page view. */
export function page(person: PersonFacts, name: string, url: string, properties: Properties = {}): PageDraft {
  return { kind: "page", person, name, url, properties };
}

/** Reports a person's choice about a channel. */
export function consent(person: PersonFacts, choice: Omit<ConsentDraft, "kind" | "person">): ConsentDraft {
  return { kind: "consent", person, ...choice };
}

/** Reports that the vendor deleted this person; `erase` for a legal request to erase them. */
export function deleted(
  person: PersonFacts,
  event: DeletedDraft["event"],
  details: { readonly properties?: Properties; readonly erase?: boolean } = {},
): DeletedDraft {
  return { kind: "deleted", person, event, properties: details.properties ?? {}, erase: details.erase ?? false };
}
