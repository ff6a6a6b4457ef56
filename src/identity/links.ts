/**
 * What the book holds, and how two pieces of it become one. Every join is commutative, associative and idempotent: what the book ends
 * with depends on the facts, never on the order in which they arrived.
 */
import type { Trust } from "../contract/facts.ts";

/** The unit in which newer facts replace older ones, milliseconds. */
const DAY = 86_400_000;

/** An id with more values than this on one day is not one person's: a till's customer, a test account. */
const MOST_IN_A_DAY = 8;

/** Stands for too many values. */
const CROWD = "";

/** A value, and when a fact stated it: milliseconds since 1970. */
export type Sighting = readonly [value: string, at: number];

/** A value and how far it may be trusted. */
export interface Stated {
  readonly value: string;
  readonly trust: Trust;
}

/**
 * Where an id leads. Verified, the newest fact counts, and the values of its last day are kept, each with the time of its first sighting on
 * that day: a fact repeated on one day changes nothing, and a change of values takes effect at once. Claimed, the oldest fact counts:
 * what was adopted once is not changed by what somebody types later.
 */
export interface Link {
  readonly trust: Trust;
  /** The one that counts first; only a verified link has several. */
  readonly seen: readonly Sighting[];
}

/** Everything known of one id. */
export interface Links {
  readonly user: Link | null;
  readonly email: Link | null;
  /** Of a reference: the key of the person id that it was seen with. */
  readonly person: Link | null;
}

/** What is known of an address: of any that identified somebody. */
export interface AddressLinks {
  /** When a fact first stated it, milliseconds since 1970. */
  readonly since: number;
  /** The user id that owns it; `null` when it has no owner. */
  readonly userId: string | null;
  /** It was seen with two user ids, and is nobody's until a person decides. */
  readonly isShared: boolean;
  /** When a person decided whose it is, milliseconds since 1970: no fact changes that. */
  readonly decidedAt: number | null;
}

/** A part of the book: what it holds, or what a fact teaches it. */
export interface Knowledge {
  /** By `<source>:<kind>:<id>`; user ids are among them, as ids of no source. */
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

/** Nothing is known of an id. */
export const NO_LINKS: Links = { user: null, email: null, person: null };

/** Nothing is known. */
export const NO_KNOWLEDGE: Knowledge = { people: new Map(), references: new Map(), addresses: new Map() };

/** What one fact says. */
export function linkTo(value: string, at: number, trust: Trust): Link {
  return { trust, seen: [[value, at]] };
}

/** Where a link leads; `null` for no link, or one that leads to a crowd. */
export function targetOf(link: Link | null): Stated | null {
  const value = link?.seen[0]?.[0] ?? CROWD;
  return link === null || value === CROWD ? null : { value, trust: link.trust };
}

/** Two of an id. */
export function joinLinks(one: Links, other: Links): Links {
  return {
    user: joinLink(one.user, other.user),
    email: joinLink(one.email, other.email),
    person: joinLink(one.person, other.person),
  };
}

/** Two of an address. A decision outranks every fact, and a newer one an older; of two at the same time the smaller id counts. */
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

/** All of it as one. */
export function joinKnowledge(parts: Iterable<Knowledge>): GrowingKnowledge {
  const whole: GrowingKnowledge = { people: new Map(), references: new Map(), addresses: new Map() };
  for (const part of parts) addKnowledge(whole, part);
  return whole;
}

/** Adds to knowledge, in place. */
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

/** Whether both say the same. */
export function isSame(one: Links | AddressLinks, other: Links | AddressLinks): boolean {
  // Joins make their results in one order of fields and sightings.
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What is left of an id's links when these values are forgotten; `null` when nothing is. */
export function withoutValues(links: Links, forgotten: ReadonlySet<string>): Links | null {
  // What a forgotten value replaced must not come back in its place.
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
