/**
 * The entries of the book: where an id leads, and who holds an address. A newer fact replaces an older one; of equal times the smaller value
 * counts. So the result depends on the facts and not on their order.
 */
import type { Trust } from "../contract/facts.ts";

/** Values of one id in one day of UTC count together: days that move with the newest value would depend on the order of facts. Milliseconds. */
const DAY = 86_400_000;

/** An id with more values within a day is shared by many people: a till's customer, a test account. */
const MOST_IN_A_DAY = 8;

/** An address with more user ids is shared. */
const MOST_HOLDERS = 8;

/** Ids of one person that are known together. */
const MOST_TIED = 16;

/** Stands for too many values: the id is shared. */
const CROWD = "";

/** A value, when the newest fact stated it (milliseconds since 1970), and which event that was. */
export type Sighting = readonly [value: string, at: number, by?: string | undefined];

/** A value and its trust. */
export interface Stated {
  readonly value: string;
  readonly trust: Trust;
}

/** Where an id leads: the newest value counts. The others of the same day show whether many people share the id. */
export interface Link {
  readonly trust: Trust;
  /** Newest first. */
  readonly seen: readonly Sighting[];
}

/** All links of one id. */
export interface Links {
  readonly user: Link | null;
  readonly email: Link | null;
  /** For a reference: the key of the person id that it was seen with. */
  readonly person: Link | null;
  /** Keys of further ids of the same person, as the vendor stated them together. */
  readonly tied: readonly string[];
}

/** The entry of an address that identifies a person. */
export interface AddressLinks {
  /** When a fact first stated it, milliseconds since 1970. */
  readonly since: number;
  /** The user ids with which verified facts stated it, and when the newest one did. */
  readonly users: readonly Sighting[];
  /** An operator's decision: it belongs to this user id, or to none. Facts do not change it. */
  readonly decided: { readonly userId: string | null; readonly at: number } | null;
  /** More user ids stated it than a person has. */
  readonly isCrowd: boolean;
  /** An earlier release stored it after it had sent the address as a person. */
  readonly left?: true;
}

/** An id without links. */
export const NO_LINKS: Links = { user: null, email: null, person: null, tied: [] };

/** The link that one fact states. */
export function linkTo(value: string, at: number, trust: Trust, by?: string): Link {
  return { trust, seen: [by === undefined ? [value, at] : [value, at, by]] };
}

/** Where a link leads; `null` if there is no link, or if the id is shared. */
export function targetOf(link: Link | null): Stated | null {
  const value = link?.seen[0]?.[0] ?? CROWD;
  return link === null || value === CROWD ? null : { value, trust: link.trust };
}

/** Joins links of one id: verified ones replace claimed ones. */
export function joinLink(one: Link | null, other: Link | null): Link | null {
  if (one === null || other === null) return one ?? other;
  if (one.trust !== other.trust) return one.trust === "verified" ? one : other;
  const all = joinSightings(one.seen, other.seen);
  const seen = all.filter(([, at]) => dayOf(at) === dayOf(all[0]?.[1] ?? 0));
  const isCrowd = seen.length > MOST_IN_A_DAY || seen.some(([value]) => value === CROWD);
  return { trust: one.trust, seen: isCrowd ? [[CROWD, seen[0]?.[1] ?? 0]] : seen };
}

/** Joins the links of one id. */
export function joinLinks(one: Links, other: Links): Links {
  return {
    user: joinLink(one.user, other.user),
    email: joinLink(one.email, other.email),
    person: joinLink(one.person, other.person),
    tied: joinTied(one.tied, other.tied),
  };
}

/** Joins ids of one person. */
export function joinTied(one: readonly string[], other: readonly string[]): readonly string[] {
  return other.every((key) => one.includes(key)) ? one : [...new Set([...one, ...other])].sort().slice(0, MOST_TIED);
}

/** Joins entries of one address. Of two decisions the newer one counts; of the same time the smaller id. */
export function joinAddressLinks(one: AddressLinks, other: AddressLinks): AddressLinks {
  const users = joinSightings(one.users, other.users);
  const isCrowd = one.isCrowd || other.isCrowd || users.length > MOST_HOLDERS;
  const [first, second] = [one.decided, other.decided];
  const isSecond =
    second !== null &&
    (first === null || second.at > first.at || (second.at === first.at && (second.userId ?? "") < (first.userId ?? "")));
  return {
    since: Math.min(one.since, other.since),
    users: isCrowd ? [] : users,
    decided: isSecond ? second : first,
    isCrowd,
    ...(one.left === true || other.left === true ? { left: true as const } : {}),
  };
}

/** Whether both are equal as JSON, in whatever order their fields are. Each fact is compared, so it makes no copies. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other)) return isSameList(one, other);
  if (!isObject(one) || !isObject(other)) return false;
  let more = 0;
  for (const name of Object.keys(one)) {
    const part = one[name];
    if (part === undefined) continue;
    if (!Object.hasOwn(other, name) || !isSame(part, other[name])) return false;
    more += 1;
  }
  for (const name of Object.keys(other)) if (other[name] !== undefined) more -= 1;
  return more === 0;
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  for (const [index, part] of one.entries()) if (!isSame(part, other[index])) return false;
  return true;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Removes values from links; `null` if no link is left. */
export function withoutValues(links: Links, forgotten: ReadonlySet<string>): Links | null {
  // If the value that counts is removed, the whole link is: an older value must not take its place.
  const without = (link: Link | null): Link | null =>
    link === null || forgotten.has(link.seen[0]?.[0] ?? CROWD)
      ? null
      : { ...link, seen: link.seen.filter(([value]) => !forgotten.has(value)) };
  const left: Links = {
    user: without(links.user),
    email: without(links.email),
    person: without(links.person),
    tied: links.tied.filter((key) => !forgotten.has(key)),
  };
  return left.user === null && left.email === null && left.person === null && left.tied.length === 0 ? null : left;
}

/** Which of two facts counts: the newer one; of the same time, the smaller value. */
export function isNewer(at: number, value: string, than: { readonly at: number; readonly value: string }): boolean {
  return at > than.at || (at === than.at && value < than.value);
}

function dayOf(at: number): number {
  return Math.floor(at / DAY);
}

function joinSightings(one: readonly Sighting[], other: readonly Sighting[]): readonly Sighting[] {
  const newest = new Map<string, Sighting>();
  for (const sighting of [...one, ...other]) {
    const known = newest.get(sighting[0]);
    if (known === undefined || sighting[1] > known[1]) newest.set(sighting[0], sighting);
  }
  return [...newest.values()].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
