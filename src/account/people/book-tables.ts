/**
 * The tables of the identity book. Each row is one billed row: no index, no rowid. References have a table per generation: dropping a table
 * costs nothing.
 *
 * Addresses are stored in clear text: an id that adopted one must give it back, and an operator who decides about a shared address must be able
 * to read it. Hashing them elsewhere would hide nothing.
 */
import type { BookKeys, BookPart, BookRows, StoredRows } from "../../identity/book.ts";
import { emailKeyOf } from "../../identity/identifiers.ts";
import { joinLinks, type Links, NO_LINKS } from "../../identity/links.ts";
import type { Profile } from "../../identity/profile.ts";
import { withoutSource } from "../../identity/profile-without.ts";
import { numberOf, type Store, textOf, writeRows } from "../state/store.ts";
import { type Forgotten, forgetPeople, type Removed } from "./forget.ts";
import { type LegacyNotes, openLegacyNotes } from "./legacy-notes.ts";
import { addressText, linksText, profileText, readAddress, readLinks, readProfile } from "./rows.ts";

const DAY = 86_400_000;

/** How long a reference is kept after the last fact about it, milliseconds; up to one generation longer. */
export const REFERENCES_LAST = 400 * DAY;

/** The length of a generation, milliseconds. A reference that is stated again in a later generation is written again. */
const GENERATION = 50 * DAY;

/** Maximum of rows in the book: about 1.5 GB. */
const MOST_ROWS = 10_000_000;

/** Bytes of the smallest possible row. Counting reads all rows, so a database too small to hold too many is not counted. */
const SMALLEST_ROW = 50;

/** A book below this part of the limit cannot reach it within a day. When it was counted is then noted, which is one billed row. */
const FAR = 0.8;
const COUNTED = `INSERT INTO people_note (kind, scope, subject, value) VALUES ('counted', '', '', ?)
  ON CONFLICT (kind, scope, subject) DO UPDATE SET value = excluded.value`;

/** Bytes of the largest database in which all ids are searched for what they lead to. */
const LARGEST_SEARCH = 200_000_000;

/** Keys in one parameter. */
const KEYS_AT_ONCE = 2_000;

/** How much the book holds. */
export interface BookCounts {
  readonly people: number;
  readonly references: number;
  readonly addresses: number;
  /** Shared addresses without an operator's decision. */
  readonly shared: number;
}

/** The book of one account, as it is stored. */
export interface BookTables {
  /** The rows of these keys. */
  read(keys: BookKeys, now: number): StoredRows;
  /** Writes rows; a profile without content is deleted. Inside the caller's transaction. @returns rows written */
  write(rows: BookRows, now: number): number;
  /**
   * Drops expired references. If the book is too large, it also drops the oldest references, then the oldest profiles of unknown people, then
   * the oldest ids and addresses without a verified fact. Verified rows stay: their number is bounded by the company's people. Inside the
   * caller's transaction.
   */
  prune(now: number): void;
  /** Reads every row. */
  count(): BookCounts;
  /**
   * Removes user ids with the addresses that they own, addresses, ids, and links to them. An id that also leads to another person keeps that
   * link. Reads every row; inside the caller's transaction.
   * @returns all rows that changed, as they were: they may name further ids of the person
   */
  forget(forgotten: Forgotten): Removed;
  /** Removes what one source said of the people of these profiles; inside the caller's transaction. */
  forgetSource(source: string, keys: readonly string[]): void;
  /**
   * Keys of ids whose links name one of these values. Reads every row.
   * @returns `null` if the book is too large to search while webhooks wait
   */
  idsNaming(values: readonly string[], limit: number): readonly string[] | null;
  /** Rows with a key greater than `after`, ordered by key. */
  page(part: BookPart, after: string, limit: number): BookRows;
}

/** Opens the tables. */
export function openBookTables(store: Store, mostRows: number = MOST_ROWS): BookTables {
  /** The generations of references, oldest first. Read each time: a failed transaction rolls a table back. */
  const generations = (): readonly number[] =>
    store
      .run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'book_reference_[0-9]*'")
      .map((row) => Number(textOf(row, "name").slice("book_reference_".length)))
      .sort((one, other) => one - other);
  const referenceTables = (): readonly string[] => generations().map(referenceTable);
  /** The table for new references. The clock may step back; generations must not. */
  const currentGeneration = (now: number): number => Math.max(Math.floor(now / GENERATION), generations().at(-1) ?? 0);

  const legacy: LegacyNotes = openLegacyNotes(store);

  function find<Value>(table: string, keys: readonly string[], readRow: (text: string) => Value): Map<string, Value> {
    const found = new Map<string, Value>();
    for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
      const wanted = JSON.stringify(keys.slice(from, from + KEYS_AT_ONCE));
      const rows = store.run(`SELECT key, value FROM ${table} WHERE key IN (SELECT value FROM json_each(?))`, wanted);
      for (const row of rows) found.set(textOf(row, "key"), readRow(textOf(row, "value")));
    }
    return found;
  }

  function put(table: string, rows: readonly (readonly [key: string, text: string])[]): void {
    const update = "ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    writeRows(store, rows, (values) => `INSERT INTO ${table} (key, value) VALUES ${values} ${update}`);
  }

  const countRows = (table: string, where = "1 = 1"): number =>
    numberOf(store.run(`SELECT count(*) AS count FROM ${table} WHERE ${where}`)[0], "count");
  const countedAt = (): number =>
    Number(store.run("SELECT value FROM people_note WHERE kind = 'counted' AND scope = '' AND subject = ''")[0]?.value ?? 0);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

  function readProfiles(keys: readonly string[]): ReadonlyMap<string, Profile> {
    const found = find("profile", keys, readProfile);
    const missing = keys.filter((key) => !found.has(key));
    for (const [key, profile] of legacy.profilesOf(missing)) found.set(key, profile);
    return found;
  }

  function read(keys: BookKeys, now: number): StoredRows {
    const references = new Map<string, Links>();
    const aging = new Set<string>();
    for (const generation of keys.references.length === 0 ? [] : generations()) {
      for (const [key, links] of find(referenceTable(generation), keys.references, readLinks)) {
        references.set(key, joinLinks(references.get(key) ?? NO_LINKS, links));
        if (generation === currentGeneration(now)) aging.delete(key);
        else aging.add(key);
      }
    }
    return {
      people: find("book_person", keys.people, readLinks),
      references,
      addresses: find("book_address", keys.addresses, readAddress),
      profiles: readProfiles(keys.profiles),
      aging,
    };
  }

  return {
    read,
    write: ({ people, references, addresses, profiles }, now) => {
      put("book_person", texts(people, linksText));
      put("book_address", texts(addresses, addressText));
      const left = [...profiles].filter(([, profile]) => Object.keys(profile).length > 0);
      put("profile", texts(left, profileText));
      for (const [key, profile] of profiles) {
        if (Object.keys(profile).length === 0) store.run("DELETE FROM profile WHERE key = ?", key);
        legacy.replaced(key);
      }
      if (references.size > 0) {
        const current = referenceTable(currentGeneration(now));
        store.run(`CREATE TABLE IF NOT EXISTS ${current} (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
        put(current, texts(references, linksText));
      }
      return people.size + addresses.size + profiles.size + references.size;
    },
    prune: (now) => {
      const isOver = (generation: number): boolean => (generation + 1) * GENERATION + REFERENCES_LAST <= now;
      for (const generation of generations().filter(isOver)) store.run(`DROP TABLE ${referenceTable(generation)}`);
      if (!store.exceeds(mostRows * SMALLEST_ROW - 1) || countedAt() > now - DAY) return;
      const rows = sum(["book_person", "book_address", "profile", ...referenceTables()].map((table) => countRows(table)));
      if (rows < FAR * mostRows) store.run(COUNTED, String(now));
      let excess = rows - mostRows;
      for (const table of referenceTables()) {
        if (excess <= 0) return;
        excess -= countRows(table);
        store.run(`DROP TABLE ${table}`);
      }
      if (excess > 0) excess -= store.run(DROP_STRANGERS, excess).length;
      for (const [table, where, age, keyOf] of UNVERIFIED) {
        if (excess <= 0) return;
        const dropped = store.run(
          `DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE ${where} ORDER BY value ->> '${age}', key LIMIT ?) RETURNING key`,
          // With most rows goes a profile.
          Math.ceil(excess / 2),
        );
        // Who opted out must not be mailed because the book was too large.
        const profiles = store.run(
          `DELETE FROM profile WHERE key IN (SELECT value FROM json_each(?)) AND value -> '$.optOuts' IS NULL
            AND value -> '$.verified' IS NULL RETURNING 1 AS gone`,
          JSON.stringify(dropped.map((row) => keyOf(textOf(row, "key")))),
        );
        excess -= dropped.length + profiles.length;
      }
    },
    count: () => ({
      people: countRows("book_person"),
      references: sum(referenceTables().map((table) => countRows(table))),
      addresses: countRows("book_address"),
      shared: countRows("book_address", "value ->> '$.isShared'"),
    }),
    forget: (forgotten) => forgetPeople({ store, referenceTables: referenceTables(), readProfiles }, forgotten),
    forgetSource: (source, keys) => {
      for (const [key, profile] of find("profile", keys, readProfile)) {
        const left = withoutSource(profile, source);
        if (Object.keys(left).length > 0) put("profile", [[key, profileText(left)]]);
        else store.run("DELETE FROM profile WHERE key = ?", key);
      }
    },
    idsNaming: (values, limit) => {
      if (store.size() > LARGEST_SEARCH) return null;
      const rows = store.run(
        `SELECT key FROM book_person
          WHERE EXISTS (SELECT 1 FROM json_each(?1) AS needle WHERE instr(book_person.value, needle.value) > 0) LIMIT ?2`,
        JSON.stringify(values.map((value) => JSON.stringify(value))),
        limit,
      );
      return rows.map((row) => textOf(row, "key"));
    },
    page: (part, after, limit) => {
      const tables = {
        people: ["book_person"],
        references: referenceTables(),
        addresses: ["book_address"],
        profiles: ["profile"],
      }[part];
      const none = { people: [], references: [], addresses: [], profiles: [] };
      if (tables.length === 0) return read(none, 0);
      const from = tables.map((table) => `SELECT key FROM ${table} WHERE key > ?1`).join(" UNION ");
      const keys = store.run(`${from} ORDER BY key LIMIT ?2`, after, limit).map((row) => textOf(row, "key"));
      return read({ ...none, [part]: keys }, 0);
    },
  };
}

/**
 * Drops the profiles that no row leads to: of people who never became known. Their last facts decide which are the oldest. Who opted out must not
 * be mailed because the book was too large.
 */
const DROP_STRANGERS = `DELETE FROM profile WHERE key IN (
    SELECT key FROM profile
    WHERE substr(key, 1, 6) <> ':user:' AND value -> '$.optOuts' IS NULL AND value -> '$.verified' IS NULL
      AND NOT EXISTS (SELECT 1 FROM book_person WHERE book_person.key = profile.key)
      AND NOT EXISTS (SELECT 1 FROM book_address WHERE ':email:' || book_address.key = profile.key)
    ORDER BY coalesce(
      (SELECT max(fact.value ->> 1) FROM json_each(profile.value, '$.traits') AS origin, json_each(origin.value) AS fact),
      value ->> '$.first[1]', 0), key
    LIMIT ?) RETURNING 1 AS gone`;

/** What is dropped when dropping references is not enough: table, condition, age, and the key of the profile that goes with a row. */
const UNVERIFIED = [
  [
    "book_person",
    "value ->> '$.user' IS NULL AND value ->> '$.email.trust' = 'claimed'",
    "$.email.seen[0][1]",
    (key: string): string => key,
  ],
  [
    "book_address",
    "value ->> '$.userId' IS NULL AND value ->> '$.decidedAt' IS NULL AND NOT value ->> '$.isShared'",
    "$.since",
    emailKeyOf,
  ],
] as const;

/** Rows as text, by key. */
function texts<Value>(
  rows: Iterable<readonly [string, Value]>,
  textOfRow: (row: Value) => string,
): readonly (readonly [key: string, text: string])[] {
  return Array.from(rows, ([key, row]) => [key, textOfRow(row)]);
}

function referenceTable(generation: number): string {
  return `book_reference_${generation}`;
}
