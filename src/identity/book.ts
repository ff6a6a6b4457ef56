/**
 * The identity book: which person each vendor id and e-mail address belongs to. Links have one direction: an id leads to a user id or an
 * address, an address to the user id that owns it, a reference to the person id it was seen with. No person id leads to another, and two
 * user ids are never joined.
 *
 * Each translation opens the book again. What it learns is stored in the transaction that seals its batch.
 */
import type { PersonFacts } from "../contract/facts.ts";
import { userKeyOf } from "./identifiers.ts";
import {
  type AddressLinks,
  addKnowledge,
  isSame,
  joinAddressLinks,
  joinKnowledge,
  joinLinks,
  type Knowledge,
  type Links,
  linkTo,
  NO_KNOWLEDGE,
  NO_LINKS,
  targetOf,
} from "./links.ts";
import { type Subject, type SubjectPolicy, subjectOf } from "./subject.ts";

/** The part of the book that resolving a person reads. */
export interface BookView {
  /** The links of a person id, or of a user id (`userKeyOf`). */
  person(key: string): Links;
  /** The links of a reference. */
  reference(key: string): Links;
  /** The entry of an address; `null` if there is none. */
  address(address: string): AddressLinks | null;
}

/** The keys of rows to read. */
export interface BookKeys {
  readonly people: readonly string[];
  readonly references: readonly string[];
  readonly addresses: readonly string[];
}

/** Stored rows. */
export interface StoredKnowledge extends Knowledge {
  /** References that will be deleted soon unless they are written again. */
  readonly aging: ReadonlySet<string>;
}

/** Reads the stored rows of these keys. Missing rows are left out. */
export type ReadBook = (keys: BookKeys) => StoredKnowledge;

/** How facts of a source may change the book. */
export interface LearnPolicy extends SubjectPolicy {
  /** Whether the source's events create people who are unknown. */
  readonly people?: "create" | "known";
}

/** The book during a translation: the stored rows, and what was learned since. */
export interface Book extends BookView {
  /** Reads the rows that resolving these subjects needs, in few queries. Other rows are read when they are needed. */
  load(subjects: readonly Subject[]): void;
  /**
   * Learns from facts, with immediate effect. Call it before these facts are resolved.
   * @param at when the facts were true, milliseconds since 1970
   * @returns what must be stored when the event is sealed; the same again until it is stored. Empty if nothing is new
   */
  learn(facts: PersonFacts, policy: LearnPolicy, at: number): Knowledge;
  /** Everything that was learned and must be stored. */
  learned(): Knowledge;
}

/** A book without entries. */
export const EMPTY_BOOK: BookView = { person: () => NO_LINKS, reference: () => NO_LINKS, address: () => null };

/** The longest chain of links: a reference, its person, their address, its owner, the owner's address. */
const LONGEST_WAY = 5;

/** Opens the book over stored rows. */
export function openBook(read: ReadBook = () => ({ ...NO_KNOWLEDGE, aging: new Set() })): Book {
  const learned = joinKnowledge([]);
  const people = new Map<string, Links>();
  const references = new Map<string, Links>();
  const addresses = new Map<string, AddressLinks | null>();
  const aging = new Set<string>();

  function readMissing(wanted: BookKeys): Knowledge | null {
    const keys: BookKeys = {
      people: wanted.people.filter((key) => !people.has(key)),
      references: wanted.references.filter((key) => !references.has(key)),
      addresses: wanted.addresses.filter((key) => !addresses.has(key)),
    };
    if (keys.people.length + keys.references.length + keys.addresses.length === 0) return null;
    const found = read(keys);
    for (const key of keys.people) people.set(key, found.people.get(key) ?? NO_LINKS);
    for (const key of keys.references) references.set(key, found.references.get(key) ?? NO_LINKS);
    for (const key of keys.addresses) addresses.set(key, found.addresses.get(key) ?? null);
    for (const key of found.aging) aging.add(key);
    return found;
  }

  function storedPerson(key: string): Links {
    readMissing({ people: [key], references: [], addresses: [] });
    return people.get(key) ?? NO_LINKS;
  }

  function storedReference(key: string): Links {
    readMissing({ people: [], references: [key], addresses: [] });
    return references.get(key) ?? NO_LINKS;
  }

  function storedAddress(key: string): AddressLinks | null {
    readMissing({ people: [], references: [], addresses: [key] });
    return addresses.get(key) ?? null;
  }

  /** The part that is not stored yet. Unstored knowledge counts as new, because the event that taught it may never be sealed. */
  function unstored(taught: Knowledge): Knowledge {
    const isNew = (stored: Links, links: Links): boolean => !isSame(stored, joinLinks(stored, links));
    return {
      people: filter(taught.people, (links, key) => isNew(storedPerson(key), links)),
      references: filter(taught.references, (links, key) => isNew(storedReference(key), links) || aging.has(key)),
      addresses: filter(taught.addresses, (links, key) => {
        const stored = storedAddress(key);
        return stored === null || !isSame(stored, joinAddressLinks(stored, links));
      }),
    };
  }

  return {
    person: (key) => {
      const links = learned.people.get(key);
      return links === undefined ? storedPerson(key) : joinLinks(storedPerson(key), links);
    },
    reference: (key) => {
      const links = learned.references.get(key);
      return links === undefined ? storedReference(key) : joinLinks(storedReference(key), links);
    },
    address: (key) => {
      const [stored, links] = [storedAddress(key), learned.addresses.get(key)];
      return stored === null || links === undefined ? (links ?? stored) : joinAddressLinks(stored, links);
    },
    load: (subjects) => {
      let keys: BookKeys | null = keysOf(subjects);
      for (let step = 0; step < LONGEST_WAY && keys !== null; step += 1) {
        const found = readMissing(keys);
        keys = found === null ? null : keysBehind(found);
      }
    },
    learn: (facts, policy, at) => {
      const news = unstored(teachings(subjectOf(facts, policy), at, policy.people));
      addKnowledge(learned, news);
      return news;
    },
    learned: () => learned,
  };
}

/** The knowledge in facts, independent of the book. @param at when the facts were true, milliseconds since 1970 */
export function teachings(subject: Subject, at: number, people: LearnPolicy["people"] = "create"): Knowledge {
  const { userId, email } = subject;
  const isVerified = userId !== null || email?.trust === "verified";
  const links: Links = {
    user: userId === null ? null : linkTo(userId, at, "verified"),
    email: email === null ? null : linkTo(email.value, at, email.trust),
    person: null,
  };
  const hasIdentifier = links.user !== null || links.email !== null;
  const [person] = subject.people;
  const reference =
    person === undefined ? links : { ...NO_LINKS, person: linkTo(person, at, isVerified ? "verified" : "claimed") };
  // Only a verified address can lead to a user id, and be the address of one.
  const owned = email?.trust === "verified" ? userId : null;
  const taughtPeople = [
    ...(hasIdentifier ? subject.people.map((key) => [key, links] as const) : []),
    ...(owned === null ? [] : [[userKeyOf(owned), { ...links, user: null }] as const]),
  ];
  const isAddressKnown = email !== null && (people === "create" || owned !== null);
  return {
    people: new Map(taughtPeople),
    references: new Map(hasIdentifier || person !== undefined ? subject.references.map((key) => [key, reference]) : []),
    addresses: new Map(isAddressKnown ? [[email.value, { since: at, userId: owned, isShared: false, decidedAt: null }]] : []),
  };
}

/** The knowledge in an operator's decision: an address belongs to this user id, or to none (`null`). @param at when, milliseconds since 1970 */
export function decision(address: string, userId: string | null, at: number): Knowledge {
  return { ...NO_KNOWLEDGE, addresses: new Map([[address, { since: at, userId, isShared: false, decidedAt: at }]]) };
}

function keysOf(subjects: readonly Subject[]): BookKeys {
  return {
    people: unique(subjects.flatMap(({ people, userId }) => [...people, ...(userId === null ? [] : [userKeyOf(userId)])])),
    references: unique(subjects.flatMap(({ references }) => references)),
    addresses: unique(subjects.flatMap(({ email }) => email?.value ?? [])),
  };
}

/** The keys that rows lead to. */
function keysBehind({ people, references, addresses }: Knowledge): BookKeys {
  const links = [...people.values(), ...references.values()];
  const users = [...links.map(({ user }) => targetOf(user)?.value), ...[...addresses.values()].map(({ userId }) => userId)];
  return {
    people: unique([
      ...links.flatMap(({ person }) => targetOf(person)?.value ?? []),
      ...users.flatMap((userId) => (userId ? userKeyOf(userId) : [])),
    ]),
    references: [],
    addresses: unique(links.flatMap(({ email }) => targetOf(email)?.value ?? [])),
  };
}

function unique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)];
}

function filter<Value>(
  entries: ReadonlyMap<string, Value>,
  keep: (value: Value, key: string) => boolean,
): ReadonlyMap<string, Value> {
  return new Map([...entries].filter(([key, value]) => keep(value, key)));
}
