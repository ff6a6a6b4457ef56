/**
 * The identity book during a translation: the stored rows, and the changes since. An id leads to a user id or an address, an address to the user
 * ids that stated it, a reference to the person id it was seen with. Profiles hold what is known of a person under one identifier.
 *
 * Each translation opens the book again. Its changes are stored in the transaction that seals its batch; an event that is not sealed is undone.
 */
import type { Properties } from "../contract/drafts.ts";
import { addressKeyOf, emailKeyOf, partsOf, userKeyOf } from "./identifiers.ts";
import { type AddressLinks, isSame, type Links, NO_LINKS, targetOf } from "./links.ts";
import { addressesOf, NO_PROFILE, type Profile } from "./profile.ts";
import type { Subject } from "./subject.ts";

/** The part of the book that resolving a person reads. */
export interface BookView {
  /** The links of a person id. */
  person(key: string): Links;
  /** The links of a reference. */
  reference(key: string): Links;
  /** The entry of an address; `null` if there is none. */
  address(address: string): AddressLinks | null;
  /** The profile under a key: `userKeyOf`, `emailKeyOf`, or an anonymous id. */
  profile(key: string): Profile;
}

/** The tables of the book. */
export interface BookRows {
  /** By `<source>:<kind>:<id>`. */
  readonly people: ReadonlyMap<string, Links>;
  /** By `<source>:<kind>:<id>`. */
  readonly references: ReadonlyMap<string, Links>;
  /** By address, lower case. */
  readonly addresses: ReadonlyMap<string, AddressLinks>;
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** The names of the tables. */
export type BookPart = keyof BookRows;

/** The keys of rows to read. */
export type BookKeys = { readonly [Part in BookPart]: readonly string[] };

/** Stored rows. */
export interface StoredRows extends BookRows {
  /** References that will be deleted soon unless they are written again. */
  readonly aging: ReadonlySet<string>;
}

/** Reads the stored rows of these keys. Missing rows are left out. */
export type ReadBook = (keys: BookKeys) => StoredRows;

/** The book during a translation. */
export interface Book extends BookView {
  /** Reads the rows that resolving these subjects needs, in few queries. Other rows are read when they are needed. */
  load(subjects: readonly Subject[]): void;
  setPerson(key: string, links: Links): void;
  setReference(key: string, links: Links): void;
  setAddress(address: string, links: AddressLinks): void;
  /** An empty profile is deleted. */
  setProfile(key: string, profile: Profile): void;
  /** The rows as they were when the translation began: what Customer.io has been told follows from them. */
  readonly stored: BookView;
  /** The attributes of a profile that this translation told Customer.io; `null` if it told none. */
  told(key: string): Properties | null;
  setTold(key: string, attributes: Properties): void;
  /** Marks this moment. @returns undoes every change since */
  mark(): () => void;
  /** The rows that changed. A profile without content is to be deleted. */
  changes(): BookRows;
}

/** No rows. */
export const NO_ROWS: BookRows = { people: new Map(), references: new Map(), addresses: new Map(), profiles: new Map() };

/** A book without entries. */
export const EMPTY_BOOK: BookView = {
  person: () => NO_LINKS,
  reference: () => NO_LINKS,
  address: () => null,
  profile: () => NO_PROFILE,
};

/** The longest chain of rows: a reference, its person, their address, its holder, the holder's addresses. */
const LONGEST_WAY = 5;

/** Opens the book over stored rows. */
export function openBook(read: ReadBook = () => ({ ...NO_ROWS, aging: new Set() })): Book {
  /** How to undo each change, in order. */
  const journal: (() => void)[] = [];
  const people = openTable<Links>(journal, NO_LINKS, (key) => readMissing({ people: [key] }));
  const references = openTable<Links>(journal, NO_LINKS, (key) => readMissing({ references: [key] }));
  const addresses = openTable<AddressLinks | null>(journal, null, (key) => readMissing({ addresses: [key] }));
  const profiles = openTable<Profile>(journal, NO_PROFILE, (key) => readMissing({ profiles: [key] }));
  const told = openTable<Properties | null>(journal, null, () => {});
  const aging = new Set<string>();
  /** Nothing more is to be read for these. */
  const loaded = new WeakSet<Subject>();

  function readMissing(wanted: Partial<BookKeys>): StoredRows | null {
    const keys: BookKeys = {
      people: people.missing(wanted.people),
      references: references.missing(wanted.references),
      addresses: addresses.missing(wanted.addresses),
      profiles: profiles.missing(wanted.profiles),
    };
    if (Object.values(keys).every(({ length }) => length === 0)) return null;
    const found = read(keys);
    people.fill(keys.people, found.people);
    references.fill(keys.references, found.references);
    addresses.fill(keys.addresses, found.addresses);
    profiles.fill(keys.profiles, found.profiles);
    for (const key of found.aging) aging.add(key);
    return found;
  }

  return {
    person: people.get,
    reference: references.get,
    address: addresses.get,
    profile: profiles.get,
    load: (subjects) => {
      const fresh = subjects.filter((subject) => !loaded.has(subject));
      if (fresh.length === 0) return;
      let keys: BookKeys | null = keysOf(fresh);
      for (let step = 0; step < LONGEST_WAY && keys !== null; step += 1) {
        const found = readMissing(keys);
        keys = found === null ? null : keysBehind(found);
      }
      for (const subject of fresh) loaded.add(subject);
    },
    setPerson: (key, links) => people.set(key, links),
    setReference: (key, links) => {
      // It is known only then whether it ages.
      references.stored(key);
      references.set(key, links, aging.has(key));
    },
    setAddress: (key, links) => addresses.set(key, links),
    setProfile: (key, profile) => profiles.set(key, profile),
    stored: { person: people.stored, reference: references.stored, address: addresses.stored, profile: profiles.stored },
    told: told.get,
    setTold: (key, attributes) => told.set(key, attributes),
    mark: () => {
      const length = journal.length;
      return () => {
        for (const undo of journal.splice(length).reverse()) undo();
      };
    },
    changes: () => ({
      people: people.changes(),
      references: references.changes(),
      addresses: new Map([...addresses.changes()].flatMap(([key, links]) => (links === null ? [] : [[key, links] as const]))),
      profiles: profiles.changes(),
    }),
  };
}

interface Table<Row> {
  get(key: string): Row;
  /** @param isAlways write the row even if it is as it was */
  set(key: string, row: Row, isAlways?: boolean): void;
  missing(keys: readonly string[] | undefined): readonly string[];
  fill(keys: readonly string[], rows: ReadonlyMap<string, Row>): void;
  stored(key: string): Row;
  changes(): ReadonlyMap<string, Row>;
}

/** @param journal of all tables @param read fills in a row that was not read yet */
function openTable<Row>(journal: (() => void)[], none: Row, read: (key: string) => void): Table<Row> {
  const stored = new Map<string, Row>();
  const changed = new Map<string, Row>();
  const storedRow = (key: string): Row => {
    const row = stored.get(key);
    if (row !== undefined) return row;
    read(key);
    return stored.get(key) ?? none;
  };
  const get = (key: string): Row => changed.get(key) ?? storedRow(key);
  return {
    get,
    set: (key, row, isAlways = false) => {
      if (isSame(get(key), row) && (!isAlways || changed.has(key))) return;
      const before = changed.get(key);
      journal.push(() => (before === undefined ? changed.delete(key) : changed.set(key, before)));
      changed.set(key, row);
    },
    missing: (keys = []) => [...new Set(keys.filter((key) => !stored.has(key)))],
    fill: (keys, rows) => {
      for (const key of keys) stored.set(key, rows.get(key) ?? none);
    },
    stored: storedRow,
    changes: () => changed,
  };
}

function keysOf(subjects: readonly Subject[]): BookKeys {
  const people = subjects.flatMap(({ people: own, merged }) => [...own, ...merged]);
  const addresses = subjects.flatMap(({ email }) => email?.value ?? []);
  const users = subjects.flatMap(({ userId, mergedUsers }) => [...(userId === null ? [] : [userId]), ...mergedUsers]);
  return {
    people,
    references: subjects.flatMap(({ references }) => references),
    addresses,
    profiles: [...people, ...addresses.flatMap(keysOfAddress), ...users.map(userKeyOf)],
  };
}

/** The keys that rows lead to. */
function keysBehind({ people, references, addresses, profiles }: StoredRows): BookKeys {
  const links = [...people.values(), ...references.values()];
  const found = {
    people: links.flatMap(({ person, tied }) => [...tied, ...(targetOf(person) === null ? [] : [targetOf(person)?.value ?? ""])]),
    addresses: [
      ...links.flatMap(({ email }) => targetOf(email)?.value ?? []),
      ...[...profiles.values()].flatMap((profile) => addressesOf(profile)),
      ...[...profiles.values()].flatMap(({ into }) => addressIn(into)),
    ],
    users: [
      ...links.flatMap(({ user }) => targetOf(user)?.value ?? []),
      ...[...addresses.values()].flatMap(({ users, decided }) => [...users.map(([userId]) => userId), decided?.userId ?? ""]),
    ],
  };
  return {
    people: found.people,
    references: [],
    addresses: found.addresses,
    profiles: [
      ...found.people,
      ...found.addresses.flatMap(keysOfAddress),
      ...found.users.filter((userId) => userId !== "").map(userKeyOf),
      ...[...profiles.values()].flatMap(({ into }) => into ?? []),
    ],
  };
}

function keysOfAddress(address: string): readonly string[] {
  return [emailKeyOf(address), addressKeyOf(address) ?? emailKeyOf(address)];
}

function addressIn(key: string | undefined): readonly string[] {
  const parts = key === undefined ? null : partsOf(key);
  return parts?.kind === "email" ? [parts.address] : [];
}
