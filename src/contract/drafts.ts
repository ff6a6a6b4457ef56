/**
 * Drafts: the calls that a mapper returns, before the core resolves, stamps and shapes them.
 */
import type { Maybe, PersonFacts, Trust } from "./facts.ts";
import type { Money } from "./money.ts";

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
export function products<Product extends Properties>(
  list: Maybe<readonly Product[]>,
  count?: Maybe<number>,
): { readonly products?: readonly Product[]; readonly products_count?: number } {
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

/** A field of the company's own making: metadata, a custom field, a note attribute. Sent only where the source's `custom_fields` names it. */
export interface CustomField {
  /** Where the vendor has it: `metadata.plan`, `note_attributes.gift`. */
  readonly path: string;
  /** The company's name for it. */
  readonly name: string;
  readonly value: Value;
}

/** Who the person is and what is known about them. */
export interface IdentifyDraft {
  readonly kind: "identify";
  readonly person: PersonFacts;
  readonly traits: Traits;
  /**
   * Traits of the first time, `first_…`, kept as one: the whole set of the oldest fact by the vendor's time stands, whatever its source, and a
   * younger one changes nothing.
   */
  readonly first?: Properties;
  readonly custom?: readonly CustomField[];
}

/** What the sender of a relayed call said about where it happened: what Customer.io reads of it. */
export interface CallContext {
  readonly ip?: string;
  readonly locale?: string;
  readonly userAgent?: string;
  readonly campaign?: { readonly [name: string]: string };
  readonly page?: { readonly [Name in "path" | "referrer" | "search" | "title" | "url"]?: string };
}

/**
 * A sum that the vendor tells as all so far: what was paid back of an order, say. The core remembers which part of it was told and gives the event's
 * `total` the rest; an event with nothing left to tell is not sent.
 */
export interface SumSoFar {
  /** What it is the sum of, within the source: `refunds:1001`. */
  readonly of: string;
  /** All so far. */
  readonly amount: Money;
  /** Which of its parts this event tells: each one, only the first, or only those after a first. */
  readonly tells: "each" | "first" | "later";
}

/** Something that a person did or that happened to them. */
export interface TrackDraft {
  readonly kind: "track";
  readonly person: PersonFacts;
  readonly event: string;
  readonly properties: Properties;
  readonly custom?: readonly CustomField[];
  readonly sum?: SumSoFar;
  readonly context?: CallContext;
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
  readonly context?: CallContext;
}

/** A person's choice about a channel, or about one topic in it. `at` is ISO 8601 UTC. */
export interface ConsentDraft {
  readonly kind: "consent";
  readonly person: PersonFacts;
  readonly channel: Channel;
  readonly state: "subscribed" | "unsubscribed" | "pending";
  readonly at: string;
  readonly topic?: string;
  /** `verified`: the person chose it explicitly, and the vendor proved who they are (double opt-in, a login). Left out: by the source's `email_trust`. */
  readonly trust?: Trust;
  /** An opt-out that no later opt-in lifts: the person complained, or the address does not exist. */
  readonly because?: "complaint" | "hard_bounce";
}

/** Names of what the core writes as traits about one subscription, see `src/vocabulary/subscription-state.ts`. `null` is known to be nothing. */
export interface SubscriptionFacts {
  readonly status?: string | null;
  readonly plan_id?: string | null;
  readonly plan_name?: string | null;
  readonly plan_price?: number | null;
  readonly plan_interval?: string | null;
  readonly plan_currency?: string | null;
  readonly mrr?: number | null;
  readonly trial_ends_at?: string | null;
  readonly current_period_ends_at?: string | null;
  readonly subscription_ends_at?: string | null;
  readonly payment_failing?: boolean | null;
}

/** What a state is about. */
export type State =
  /** One subscription of the person: what is left out keeps what was stated before. */
  | { readonly of: "subscription"; readonly id: string; readonly facts: SubscriptionFacts }
  /** The person's e-mail address: traits without prefix from any source, the newest time stands. */
  | { readonly of: "email"; readonly facts: { readonly email_bounced_at?: string; readonly email_complained_at?: string } }
  /** The person's orders at one shop, as the vendor counts them. */
  | {
      readonly of: "orders";
      readonly facts: {
        readonly orders_count?: number;
        readonly total_spent?: number;
        readonly total_spent_currency?: string;
        readonly last_order_at?: string;
      };
    };

/** How something of a person stands at a time of the vendor's. The core keeps the newest and writes it as traits. `at` is ISO 8601 UTC. */
export interface StateDraft {
  readonly kind: "state";
  readonly person: PersonFacts;
  readonly at: string;
  readonly state: State;
}

/** The vendor deleted the person or, with `erase`, forwards a legal request to erase them. Never sent as Customer.io's `User Deleted`. */
export interface DeletedDraft {
  readonly kind: "deleted";
  readonly person: PersonFacts;
  readonly event: "Account Deleted" | "Contact Deleted" | "Customer Deleted";
  readonly properties: Properties;
  readonly erase: boolean;
}

/** A call without ids, time and context: what a mapper returns. */
export type Draft = IdentifyDraft | TrackDraft | GroupDraft | PageDraft | ConsentDraft | StateDraft | DeletedDraft;

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
 * Values of a vendor's record that are passed on under their own names; null for each where the vendor sent null for the record.
 * @example pick(order, "status", "currency") is { status: order.status, currency: order.currency }
 */
export function pick<Row extends object, Name extends keyof Row & string>(
  record: Maybe<Row>,
  ...names: readonly Name[]
): { readonly [Key in Name]?: Row[Key] | null | undefined };
export function pick(record: Maybe<object>, ...names: readonly string[]): Readonly<Record<string, unknown>> {
  if (record === null) return Object.fromEntries(names.map((name) => [name, null]));
  const values = new Map(Object.entries(record ?? {}));
  return Object.fromEntries(names.map((name) => [name, values.get(name)]));
}

/**
 * Traits that a person gave in passing, at a checkout or in a form: an empty field removes nothing that is known. In a vendor's own record of a
 * person, null means that the value is gone.
 */
export function told(traits: Traits): Traits {
  return Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== null));
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
