/**
 * The attributes that a profile amounts to. They depend on the facts and their times alone; what is sent is the difference between two of them.
 */
import { CORE_TRAITS, type Properties, type Value } from "../contract/drafts.ts";
import { isoOf } from "../contract/iso.ts";
import type { BookView } from "./book.ts";
import { emailKeyOf, partsOf } from "./identifiers.ts";
import { isNewer } from "./links.ts";
import { holderOf } from "./owner.ts";
import { channelState, channelsOf, type Profile, sourceOf } from "./profile.ts";
import type { Identifiers } from "./resolve.ts";
import { stateTraitsOf } from "./states.ts";

/** Settings of the account that attributes depend on. */
export interface AttributePolicy {
  readonly identifiers: Identifiers;
  /** Sources whose core traits keep their names, in order of priority. */
  readonly profileFrom: readonly string[];
  /** The source whose subscriptions and orders are traits without a prefix; `null` if no source states them. */
  readonly billingFrom: string | null;
}

/** Customer.io takes so many in one identify. */
const MOST_ATTRIBUTES = 300;

type Attributes = Readonly<Record<string, Value>>;

const CORE: ReadonlySet<string> = new Set(CORE_TRAITS);

/**
 * The attributes of the profile under a key. Core traits keep their names from the first source of `profileFrom` that supplied them; the others'
 * become `<source>_<name>`, as all other traits do. A visitor's claim never becomes a core trait of a person known by a verified fact.
 * @see https://docs.customer.io/messaging/people/reserved-attributes/
 */
export function attributesOf(key: string, profile: Profile, policy: AttributePolicy, book: BookView): Attributes {
  const parts = partsOf(key);
  const isVerified = profile.verified === true || parts.kind === "user";
  const user = parts.kind === "email" ? holderOf(parts.address, book) : null;
  const facts = factsOf(profile, book);
  return withoutNulls({
    ...traitsOf(facts, policy.profileFrom, isVerified),
    ...emailsOf(key, profile, facts, policy, book),
    ...(user?.kind === "user" ? { user_id: user.userId } : {}),
    ...choicesOf(profile, (origin) => !isVerified || isTrusted(origin, book)),
    ...stateTraitsOf(profile, policy.billingFrom),
    ...profile.first?.[0],
  });
}

/** What must be said so that attributes become others: the new values, and null for what is gone. */
export function differenceOf(before: Attributes, after: Attributes): Properties {
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const news = Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
  return Object.fromEntries([...news, ...gone.map((name): [string, null] => [name, null])].slice(0, MOST_ATTRIBUTES));
}

interface Fact {
  readonly value: Value;
  readonly at: number;
  readonly isVerified: boolean;
}

/** Facts by source and name. */
type Facts = ReadonlyMap<string, ReadonlyMap<string, Fact>>;

/** The facts that count. Of core traits a verified one counts before a claimed one, of others the newest. */
function factsOf({ traits = {} }: Profile, book: BookView): Facts {
  const found = new Map<string, Map<string, Fact>>();
  for (const [origin, facts] of Object.entries(traits)) {
    const isVerified = isTrusted(origin, book);
    const source = sourceOf(origin);
    const known = found.get(source) ?? new Map<string, Fact>();
    found.set(source, known);
    for (const [name, [value, at]] of Object.entries(facts)) {
      const fact = { value, at, isVerified };
      const before = known.get(name);
      if (before === undefined || isBetter(fact, before, CORE.has(name) && name !== "email")) known.set(name, fact);
    }
  }
  return found;
}

function isBetter(fact: Fact, before: Fact, isCore: boolean): boolean {
  if (isCore && fact.isVerified !== before.isVerified) return fact.isVerified;
  return isNewer(fact.at, JSON.stringify(fact.value), { at: before.at, value: JSON.stringify(before.value) });
}

/** Whether what an origin says of a person is proven to be about that person. */
export function isTrusted(origin: string, book: BookView): boolean {
  if (origin.endsWith("!claimed")) return false;
  if (origin.endsWith("!verified") || origin === "") return true;
  const { user, email } = book.person(origin);
  return user !== null || email === null || email.trust === "verified";
}

function traitsOf(facts: Facts, profileFrom: readonly string[], isVerified: boolean): Attributes {
  const ownerOf = new Map<string, string>();
  for (const source of profileFrom) {
    for (const [name, fact] of facts.get(source) ?? []) {
      // Null says only that this source has none: it does not keep the trait from the next one.
      const says = fact.value !== null && (fact.isVerified || !isVerified);
      if (CORE.has(name) && says && !ownerOf.has(name)) ownerOf.set(name, source);
    }
  }
  const named = [...facts].flatMap(([source, own]) =>
    [...own]
      .filter(([name]) => name !== "email")
      .map(([name, { value }]): [string, Value] => [
        // Traits without a source were kept by an earlier release, under their final names.
        source === "" || ownerOf.get(name) === source ? name : ownName(source, name),
        value,
      ]),
  );
  return Object.fromEntries(named);
}

/**
 * The address of the person: the one that identifies them, or the newest verified one of the first source of `profileFrom` that has one. Other
 * sources' become `<source>_email`. One that another profile has is left out, because Customer.io would refuse it: a user keeps the former one.
 */
function emailsOf(
  key: string,
  profile: Profile,
  facts: Facts,
  { identifiers, profileFrom }: AttributePolicy,
  book: BookView,
): Attributes {
  const parts = partsOf(key);
  const claimed = [...facts].flatMap(([source, stated]): [string, Value][] => {
    const fact = stated.get("email");
    return fact === undefined ? [] : [[ownName(source, "email"), fact.value]];
  });
  const identifier = parts.kind === "email" ? parts.address : null;
  const addresses = profile.addresses ?? {};
  const sources = [...profileFrom.filter((source) => Object.hasOwn(addresses, source)), ...Object.keys(addresses).sort()];
  const own = (address: string): boolean => {
    if (profile.apart?.includes(emailKeyOf(address)) === true) return false;
    const holder = holderOf(address, book);
    if (parts.kind !== "user") return true;
    if (holder.kind === "user") return holder.userId === parts.userId;
    // Customer.io lets one person have an address: of the living who share it, the one with the smaller id.
    return holder.kind === "none" || holder.userIds[0] === parts.userId;
  };
  const owner = sources.find((source) => own(addresses[source]?.[0] ?? ""));
  const present = owner === undefined ? undefined : addresses[owner]?.[0];
  const kept = profile.kept !== undefined && own(profile.kept) ? profile.kept : undefined;
  const email = identifier ?? (identifiers === "email" ? null : (present ?? kept ?? null));
  const others = Object.entries(addresses).flatMap(([source, [address]]): [string, Value][] =>
    // An earlier release kept an address without its source.
    source === "" || (source === owner && identifier === null) || !own(address) ? [] : [[ownName(source, "email"), address]],
  );
  return Object.fromEntries([
    ...claimed.filter(([, address]) => address !== email),
    ...others.filter(([, address]) => identifier === null || address !== identifier),
    ...(email === null ? [] : [["email", email] as const]),
  ]);
}

/** Who types a customer's address chooses nothing for that customer: `counts` says whose opt-in counts. */
function choicesOf(profile: Profile, counts: (origin: string) => boolean): Attributes {
  const stated = Object.entries(profile.choices ?? {}).flatMap(([place, [state, at]]): [string, Value][] => {
    const [source = "", ...rest] = place.split("/");
    const name = ownName(source, snakeCase(["consent", ...rest].filter((part) => part !== "").join("_")));
    return [
      [name, state],
      [`${name}_at`, isoOf(at)],
    ];
  });
  const channels = channelsOf(profile).flatMap((channel): [string, Value][] => {
    const state = channelState(profile, channel, counts);
    return state === null ? [] : [[`cio_subscription_preferences.channels.${channel}`, state]];
  });
  return Object.fromEntries([...stated, ...channels]);
}

/** The name of a trait that belongs to one source alone. After the source's name it stays as it is: a relay passes on its sender's own. */
function ownName(source: string, name: string): string {
  return `${snakeCase(source)}_${name}`;
}

function snakeCase(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
}

function withoutNulls(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: Value): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
