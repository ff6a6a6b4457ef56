/**
 * The identity book: whose vendor ids and e-mail addresses are whose. It is directed, not a graph: an id leads to a user id or an
 * address, an address to the user id that owns it, a reference to the person id it was seen with. No person id leads to another, and two
 * user ids are never joined.
 *
 * A translation opens the book anew; what it learns is stored in the transaction that seals its batch.
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

/** What a resolution may ask. */
export interface BookView {
  /** What is known of a person id, or of a user id (`userKeyOf`). */
  person(key: string): Links;
  reference(key: string): Links;
  address(address: string): AddressLinks | null;
}

/** Which rows are wanted. */
export interface BookKeys {
  readonly people: readonly string[];
  readonly references: readonly string[];
  readonly addresses: readonly string[];
}

/** Rows as they are stored. */
export interface StoredKnowledge extends Knowledge {
  /** References that will soon be forgotten unless they are written again. */
  readonly aging: ReadonlySet<string>;
}

/** Gives the stored rows of these keys, as far as there are any. */
export type ReadBook = (keys: BookKeys) => StoredKnowledge;

/** What may teach the book. */
export interface LearnPolicy extends SubjectPolicy {
  /** Whether the source's events make people of those who were unknown. */
  readonly people?: "create" | "known";
}

/** The book as a translation sees it: what is stored, and what was learned since. */
export interface Book extends BookView {
  /** Reads at once what resolving these subjects will ask; what was not loaded is read when it is asked. */
  load(subjects: readonly Subject[]): void;
  /**
   * Learns from facts; they count at once. To be called before these facts are resolved.
   * @param at when they were so, milliseconds since 1970
   * @returns what must be stored when their event is passed; the same again until it is. Empty when they teach nothing new
   */
  learn(facts: PersonFacts, policy: LearnPolicy, at: number): Knowledge;
  /** Everything that was learned and is to be stored. */
  learned(): Knowledge;
}

/** A book in which nothing stands. */
export const EMPTY_BOOK: BookView = { person: () => NO_LINKS, reference: () => NO_LINKS, address: () => null };

/** How far `load` goes: a reference, its person, their address, its owner, the owner's address. */
const LONGEST_WAY = 5;

/** Opens a book over what is stored. */
export function openBook(read: ReadBook = () => ({ ...NO_KNOWLEDGE, aging: new Set() })): Book {
  const learned = joinKnowledge([]);
  const people = new Map<string, Links>();
  const references = new Map<string, Links>();
  const addresses = new Map<string, AddressLinks | null>();
  const aging = new Set<string>();

  function fetch(wanted: BookKeys): Knowledge | null {
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
    fetch({ people: [key], references: [], addresses: [] });
    return people.get(key) ?? NO_LINKS;
  }

  function storedReference(key: string): Links {
    fetch({ people: [], references: [key], addresses: [] });
    return references.get(key) ?? NO_LINKS;
  }

  function storedAddress(key: string): AddressLinks | null {
    fetch({ people: [], references: [], addresses: [key] });
    return addresses.get(key) ?? null;
  }

  /** What the book does not hold yet. What was learned but is not stored counts as new: the event that taught it may never be passed. */
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
        const found = fetch(keys);
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

/** What facts teach, whatever the book holds. @param at when they were so, milliseconds since 1970 */
export function teachings(subject: Subject, at: number, people: LearnPolicy["people"] = "create"): Knowledge {
  const { userId, email } = subject;
  const isVerified = userId !== null || email?.trust === "verified";
  const links: Links = {
    user: userId === null ? null : linkTo(userId, at, "verified"),
    email: email === null ? null : linkTo(email.value, at, email.trust),
    person: null,
  };
  const isNaming = links.user !== null || links.email !== null;
  const [person] = subject.people;
  const reference =
    person === undefined ? links : { ...NO_LINKS, person: linkTo(person, at, isVerified ? "verified" : "claimed") };
  // Only a verified address lets an e-mail own a user id, and be the address of one.
  const owned = email?.trust === "verified" ? userId : null;
  const taughtPeople = [
    ...(isNaming ? subject.people.map((key) => [key, links] as const) : []),
    ...(owned === null ? [] : [[userKeyOf(owned), { ...links, user: null }] as const]),
  ];
  const isAddressKnown = email !== null && (people === "create" || owned !== null);
  return {
    people: new Map(taughtPeople),
    references: new Map(isNaming || person !== undefined ? subject.references.map((key) => [key, reference]) : []),
    addresses: new Map(isAddressKnown ? [[email.value, { since: at, userId: owned, isShared: false, decidedAt: null }]] : []),
  };
}

/** What a person decided about an address: whose it is, or that it is nobody's (`null`). @param at when, milliseconds since 1970 */
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

/** Where rows lead. */
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
