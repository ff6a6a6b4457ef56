/**
 * What the book learns from the facts of one event: who its ids, addresses and references belong to.
 */
import type { Trust } from "../contract/facts.ts";
import type { Book } from "./book.ts";
import { userKeyOf } from "./identifiers.ts";
import {
  type AddressLinks,
  joinAddressLinks,
  joinLinks,
  joinTied,
  type Links,
  linkTo,
  NO_LINKS,
  type Sighting,
  targetOf,
} from "./links.ts";
import { type AddressFact, addressesOf, joinProfiles } from "./profile.ts";
import type { Subject } from "./subject.ts";

/** Where facts come from. */
export interface Lesson {
  readonly source: string;
  /** Whether the source's events create people who are unknown. */
  readonly people?: "create" | "known";
  /** When the facts were true, milliseconds since 1970. */
  readonly at: number;
  /** The event that stated them, for explanations. */
  readonly by?: string;
}

/** The address of a person that another one replaced. */
export interface ChangedAddress {
  readonly from: string;
  readonly to: string;
  readonly trust: Trust;
}

/**
 * Learns from facts, with immediate effect. Call it before these facts are resolved.
 * @returns addresses of people that changed
 */
export function learn(book: Book, subject: Subject, { source, people = "create", at, by }: Lesson): readonly ChangedAddress[] {
  const { userId, email } = subject;
  const stated: Links = {
    user: userId === null ? null : linkTo(userId, at, "verified", by),
    email: email === null ? null : linkTo(email.value, at, email.trust, by),
    person: null,
    tied: [],
  };
  const changed = learnIds(book, subject, stated);
  learnReferences(book, subject, stated, at);
  for (const [user, address] of pairsIn(book, subject, at, by)) changed.push(...pair(book, user, source, address));
  if (email !== null && people === "create") {
    const known = book.address(email.value);
    const fresh = { since: at, users: [], decided: null, isCrowd: false };
    // When it was first stated does not matter once it is known: an older time would cost a row.
    if (known === null) book.setAddress(email.value, fresh);
  }
  return changed;
}

/** An operator's decision: an address belongs to this user id, or to none (`null`). @param at when, milliseconds since 1970 */
export function decide(book: Book, address: string, userId: string | null, at: number): void {
  const decision = { since: at, users: [], decided: { userId, at }, isCrowd: false };
  const known = book.address(address);
  book.setAddress(address, known === null ? decision : joinAddressLinks(known, decision));
}

/**
 * The ids of a person, and those that the vendor merged into it, share their links. Ids that are known of two users, or that would be tied though
 * their verified addresses differ, belong to two people: a shared device, a cart that changed hands.
 */
function learnIds(book: Book, { people, merged }: Subject, stated: Links): ChangedAddress[] {
  const own = [...people, ...merged];
  const known = own.reduce<readonly string[]>((keys, key) => joinTied(keys, book.person(key).tied), []);
  const together = own.length <= 1 && known.length === 0 ? own : joinTied(joinTied([], own), known);
  const isOnePerson = agree(book, together, merged, stated);
  const keys = isOnePerson ? together : own;
  const before = keys.map((key) => book.person(key));
  const joined = [...before, stated].reduce(joinLinks, NO_LINKS);
  for (const [index, key] of keys.entries()) {
    const links = before[index] ?? NO_LINKS;
    if (isOnePerson) {
      const { user, email, person } = joined;
      book.setPerson(key, { user, email, person, tied: keys.filter((other) => other !== key) });
      continue;
    }
    for (const other of links.tied) untie(book, other, key);
    book.setPerson(key, { ...joinLinks(links, stated), tied: [] });
  }
  return keys.flatMap((key, index) => {
    const [from, to] = [targetOf(before[index]?.email ?? null), targetOf(book.person(key).email)];
    return from === null || to === null || from.value === to.value ? [] : [{ from: from.value, to: to.value, trust: to.trust }];
  });
}

/** Whether nothing says that these ids belong to two people. What the vendor merged is one person in any case but that of two users. */
function agree(book: Book, keys: readonly string[], merged: readonly string[], stated: Links): boolean {
  const rows = [...keys.map((key) => book.person(key)), stated];
  const users = new Set(rows.flatMap(({ user }) => targetOf(user)?.value ?? []));
  if (users.size > 1 && keys.length > 1) return false;
  const isTied = keys.every((key) => keys.every((other) => other === key || book.person(key).tied.includes(other)));
  if (isTied || merged.length > 0 || users.size === 1) return true;
  const addresses = rows.flatMap(({ email }) => (email?.trust === "verified" ? (targetOf(email)?.value ?? []) : []));
  return new Set(addresses).size <= 1;
}

function untie(book: Book, key: string, other: string): void {
  const links = book.person(key);
  book.setPerson(key, { ...links, tied: links.tied.filter((one) => one !== other) });
}

/**
 * A reference leads to the person id that it was seen with; without one, to what identifies the person; without that, to where another reference
 * of the same event leads: a capture names its order, and its refund only the capture.
 */
function learnReferences(book: Book, { people, references, userId, email }: Subject, stated: Links, at: number): void {
  const [person] = people;
  const trust = userId !== null || email?.trust === "verified" ? "verified" : "claimed";
  const isNamed = stated.user !== null || stated.email !== null;
  const links: Links =
    person !== undefined
      ? { user: null, email: null, person: linkTo(person, at, trust), tied: [] }
      : isNamed
        ? stated
        : references.map((key) => book.reference(key)).reduce(joinLinks, NO_LINKS);
  if (links.user === null && links.email === null && links.person === null) return;
  for (const key of references) book.setReference(key, joinLinks(book.reference(key), links));
}

/**
 * The users and verified addresses that belong together: in the facts, or linked to the same id. A user in the facts has none of the addresses
 * that are linked: the id may be another user's by now.
 */
function pairsIn(
  book: Book,
  { userId, email, people }: Subject,
  at: number,
  by?: string,
): readonly (readonly [userId: string, address: AddressFact])[] {
  const stated = email?.trust === "verified" ? [sighting(email.value, at, by)] : [];
  const linked = people.flatMap((key) => {
    const { user, email: link } = book.person(key);
    const owner = targetOf(user)?.value;
    const [newest] = link?.seen ?? [];
    if (owner === undefined) return [];
    const own = newest === undefined || targetOf(link)?.trust !== "verified" ? [] : [newest];
    return [...(userId === null ? stated : []), ...own].map((address) => [owner, address] as const);
  });
  return [...(userId === null ? [] : stated.map((address) => [userId, address] as const)), ...linked];
}

/** A verified address and a user id belong together. */
function pair(book: Book, userId: string, source: string, address: AddressFact): readonly ChangedAddress[] {
  const [value, at, by] = address;
  const known = book.address(value);
  const isHolder = known?.users.some(([id]) => id === userId) === true;
  const holder: AddressLinks = { since: at, users: [sighting(userId, at, by)], decided: null, isCrowd: false };
  // When a holder stated it last does not matter: their own profile says which address is current.
  if (!isHolder) book.setAddress(value, known === null ? holder : joinAddressLinks(known, holder));
  const key = userKeyOf(userId);
  const before = book.profile(key);
  const [from] = addressesOf(before);
  book.setProfile(key, joinProfiles(before, { addresses: { [source]: address } }));
  const [to] = addressesOf(book.profile(key));
  return from === undefined || to === undefined || from === to ? [] : [{ from, to, trust: "verified" }];
}

function sighting(value: string, at: number, by: string | undefined): Sighting {
  return by === undefined ? [value, at] : [value, at, by];
}
