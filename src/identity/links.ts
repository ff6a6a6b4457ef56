/**
 * The entries of the book, and how two entries are joined. Every join is commutative, associative and idempotent, so the result depends on
 * the facts and not on their order.
 */
import type { Trust } from "../contract/facts.ts";

/** Facts of a later day replace those of an earlier day, milliseconds. */
const DAY = 86_400_000;

/** An id with more values on one day is shared by many people: a till's customer, a test account. */
const MOST_IN_A_DAY = 8;

/** Stands for too many values: the id is shared. */
const CROWD = "";

/** A value, and when a fact stated it, milliseconds since 1970. */
export type Sighting = readonly [value: string, at: number];

/** A value and its trust. */
export interface Stated {
  readonly value: string;
  readonly trust: Trust;
}

/**
 * Where an id leads. Of verified facts the newest counts. The values of its day are kept, each with its first time on that day: so a repeated
 * fact changes nothing, and a new value takes effect at once. Of claimed facts the oldest counts: text that a visitor types later does not
 * change a link.
 */
export interface Link {
  readonly trust: Trust;
  /** The first one counts. Only a verified link has several. */
  readonly seen: readonly Sighting[];
}

/** All links of one id. */
export interface Links {
  readonly user: Link | null;
  readonly email: Link | null;
  /** For a reference: the key of the person id that it was seen with. */
  readonly person: Link | null;
}

/** The entry of an address that identifies a person. */
export interface AddressLinks {
  /** When a fact first stated it, milliseconds since 1970. */
  readonly since: number;
  /** The user id that owns it; `null` if it has no owner. */
  readonly userId: string | null;
  /** It was seen with two user ids, and has no owner until an operator decides. */
  readonly isShared: boolean;
  /** When an operator decided who owns it, milliseconds since 1970; `null` if none did. Facts do not change a decision. */
  readonly decidedAt: number | null;
}

/** Entries of the book, stored or learned. */
export interface Knowledge {
  /** By `<source>:<kind>:<id>`, or by `userKeyOf` for a user id. */
  readonly people: ReadonlyMap<string, Links>;
  /** By `<source>:<kind>:<id>`. */
  readonly references: ReadonlyMap<string, Links>;
  /** By address, lower case. */
  readonly addresses: ReadonlyMap<string, AddressLinks>;
}

/** Knowledge that can be added to. */
export interface GrowingKnowledge extends Knowledge {
  readonly people: Map<string, Links>;
  readonly references: Map<string, Links>;
  readonly addresses: Map<string, AddressLinks>;
}

/** An id without links. */
export const NO_LINKS: Links = { user: null, email: null, person: null };

/** No entries. */
export const NO_KNOWLEDGE: Knowledge = { people: new Map(), references: new Map(), addresses: new Map() };

/** The link that one fact states. */
export function linkTo(value: string, at: number, trust: Trust): Link {
  return { trust, seen: [[value, at]] };
}

/** Where a link leads; `null` if there is no link, or if the id is shared. */
export function targetOf(link: Link | null): Stated | null {
  const value = link?.seen[0]?.[0] ?? CROWD;
  return link === null || value === CROWD ? null : { value, trust: link.trust };
}

/** Joins the links of one id. */
export function joinLinks(one: Links, other: Links): Links {
  return {
    user: joinLink(one.user, other.user),
    email: joinLink(one.email, other.email),
    person: joinLink(one.person, other.person),
  };
}

/** Joins entries of one address. A decision outranks facts, and a newer decision an older one. Of two decisions at the same time the smaller id counts. */
export function joinAddressLinks(one: AddressLinks, other: AddressLinks): AddressLinks {
  const since = Math.min(one.since, other.since);
  if (one.decidedAt !== null || other.decidedAt !== null) {
    const order = (other.decidedAt ?? -Infinity) - (one.decidedAt ?? -Infinity) || compare(one.userId ?? "", other.userId ?? "");
    return { ...(order > 0 ? other : one), since };
  }
  const differ = one.userId !== null && other.userId !== null && one.userId !== other.userId;
  const isShared = one.isShared || other.isShared || differ;
  return { since, userId: isShared ? null : (one.userId ?? other.userId), isShared, decidedAt: null };
}

/** Joins all parts. */
export function joinKnowledge(parts: Iterable<Knowledge>): GrowingKnowledge {
  const whole: GrowingKnowledge = { people: new Map(), references: new Map(), addresses: new Map() };
  for (const part of parts) addKnowledge(whole, part);
  return whole;
}

/** Adds a part, in place. */
export function addKnowledge(known: GrowingKnowledge, part: Knowledge): void {
  joinInto(known.people, part.people, joinLinks);
  joinInto(known.references, part.references, joinLinks);
  joinInto(known.addresses, part.addresses, joinAddressLinks);
}

function joinInto<Value>(
  known: Map<string, Value>,
  part: ReadonlyMap<string, Value>,
  join: (one: Value, other: Value) => Value,
): void {
  for (const [key, value] of part) {
    const before = known.get(key);
    known.set(key, before === undefined ? value : join(before, value));
  }
}

/** Whether both are equal. */
export function isSame(one: Links | AddressLinks, other: Links | AddressLinks): boolean {
  // Joins keep the order of fields and sightings, so equal entries have equal JSON.
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Removes values from links; `null` if no link is left. */
export function withoutValues(links: Links, forgotten: ReadonlySet<string>): Links | null {
  // If the value that counts is removed, the whole link is: an older value must not take its place.
  const without = (link: Link | null): Link | null =>
    link === null || forgotten.has(link.seen[0]?.[0] ?? CROWD)
      ? null
      : { ...link, seen: link.seen.filter(([value]) => !forgotten.has(value)) };
  const left: Links = { user: without(links.user), email: without(links.email), person: without(links.person) };
  return isSame(left, NO_LINKS) ? null : left;
}

function joinLink(one: Link | null, other: Link | null): Link | null {
  if (one === null || other === null) return one ?? other;
  if (one.trust !== other.trust) return one.trust === "verified" ? one : other;
  if (one.trust === "verified") return { trust: "verified", seen: joinDays(one.seen, other.seen) };
  return { trust: "claimed", seen: [...one.seen, ...other.seen].sort(byAge).slice(0, 1) };
}

function joinDays(one: readonly Sighting[], other: readonly Sighting[]): readonly Sighting[] {
  const day = Math.max(dayOf(one), dayOf(other));
  const first = new Map<string, number>();
  for (const [value, at] of [one, other].filter((seen) => dayOf(seen) === day).flat()) {
    first.set(value, Math.min(at, first.get(value) ?? at));
  }
  if (first.has(CROWD) || first.size > MOST_IN_A_DAY) return [[CROWD, day * DAY]];
  return [...first].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
}

function dayOf(seen: readonly Sighting[]): number {
  return Math.floor((seen[0]?.[1] ?? 0) / DAY);
}

function byAge(one: Sighting, other: Sighting): number {
  return one[1] - other[1] || compare(one[0], other[0]);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
