/**
 * The tables of the identity book. Each row is one billed row: no index, no rowid. References have a table per generation: dropping a table
 * costs nothing.
 *
 * Addresses are stored in clear text: an id that adopted one must give it back, and an operator who decides about a shared address must be able
 * to read it. Hashing them elsewhere would hide nothing.
 */
import * as z from "zod";
import type { BookKeys, StoredKnowledge } from "../../identity/book.ts";
import { userKeyOf } from "../../identity/identifiers.ts";
import {
  type AddressLinks,
  isSame,
  joinAddressLinks,
  joinLinks,
  type Knowledge,
  type Link,
  type Links,
  NO_KNOWLEDGE,
  NO_LINKS,
  withoutValues,
} from "../../identity/links.ts";
import { numberOf, type Store, textOf } from "../state/store.ts";

const DAY = 86_400_000;

/** How long a reference is kept after the last fact about it, milliseconds; up to one generation longer. */
export const REFERENCES_LAST = 400 * DAY;

/** The length of a generation, milliseconds. A reference that is stated again in a later generation is written again. */
const GENERATION = 50 * DAY;

/** Maximum of rows in the book: about 1.5 GB. */
const MOST_ROWS = 10_000_000;

/** Bytes of the smallest possible row. Counting reads all rows, so a database too small to hold too many is not counted. */
const SMALLEST_ROW = 50;

/** Keys in one parameter. */
const KEYS_AT_ONCE = 2_000;

/** The parts of the book. */
export type BookPart = keyof Knowledge;

/** The identifiers that are forgotten. */
export interface Forgotten {
  readonly userIds: readonly string[];
  /** Lower case. */
  readonly addresses: readonly string[];
  /** `<source>:<kind>:<id>`. */
  readonly ids: readonly string[];
}

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
  read(keys: BookKeys, now: number): StoredKnowledge;
  /** Joins knowledge with the stored rows and writes those that change; inside the caller's transaction. @returns rows written */
  apply(knowledge: Knowledge, now: number): number;
  /**
   * Drops expired references. If the book is too large, it also drops the oldest references, then the oldest ids and addresses without a
   * verified fact. Verified rows stay: their number is bounded by the company's people. Inside the caller's transaction.
   */
  prune(now: number): void;
  /** Reads every row. */
  count(): BookCounts;
  /**
   * Removes user ids with the addresses that they own, addresses, ids, and links to them. An id that also leads to another person keeps that
   * link. Reads every row; inside the caller's transaction.
   * @returns all rows that changed, as they were: they may name further ids of the person
   */
  forget(forgotten: Forgotten): Knowledge;
  /** Rows with a key greater than `after`, ordered by key. */
  page(part: BookPart, after: string, limit: number): Knowledge;
}

const link = z.object({
  trust: z.enum(["verified", "claimed"]),
  seen: z.array(z.tuple([z.string(), z.number()])),
}) satisfies z.ZodType<Link>;

const linksSchema = z.object({
  user: link.nullable().default(null),
  email: link.nullable().default(null),
  person: link.nullable().default(null),
}) satisfies z.ZodType<Links>;

const addressSchema = z.object({
  since: z.number(),
  userId: z.string().nullable().default(null),
  isShared: z.boolean(),
  decidedAt: z.number().nullable().default(null),
}) satisfies z.ZodType<AddressLinks>;

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

  function find<Value>(table: string, keys: readonly string[], schema: z.ZodType<Value>): Map<string, Value> {
    const found = new Map<string, Value>();
    for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
      const wanted = JSON.stringify(keys.slice(from, from + KEYS_AT_ONCE));
      const rows = store.run(`SELECT key, value FROM ${table} WHERE key IN (SELECT value FROM json_each(?))`, wanted);
      for (const row of rows) found.set(textOf(row, "key"), schema.parse(JSON.parse(textOf(row, "value"))));
    }
    return found;
  }

  function write(table: string, key: string, value: Links | AddressLinks): void {
    // Null fields are left out: there are many rows.
    const text = JSON.stringify(value, (_, part: unknown) => part ?? undefined);
    store.run(
      `INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      key,
      text,
    );
  }

  const countRows = (table: string, where = "1 = 1"): number =>
    numberOf(store.run(`SELECT count(*) AS count FROM ${table} WHERE ${where}`)[0], "count");
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

  function read(keys: BookKeys, now: number): StoredKnowledge {
    const references = new Map<string, Links>();
    const aging = new Set<string>();
    for (const generation of keys.references.length === 0 ? [] : generations()) {
      for (const [key, links] of find(referenceTable(generation), keys.references, linksSchema)) {
        references.set(key, joinLinks(references.get(key) ?? NO_LINKS, links));
        if (generation === currentGeneration(now)) aging.delete(key);
        else aging.add(key);
      }
    }
    return {
      people: find("book_person", keys.people, linksSchema),
      references,
      addresses: find("book_address", keys.addresses, addressSchema),
      aging,
    };
  }

  /** Removes values from rows, and whole rows by key. @returns these rows as they were */
  function strip(table: string, keys: readonly string[], values: ReadonlySet<string>): Map<string, Links> {
    // A value is the first element of a sighting; nothing else in a row has that form.
    const needles = [...values].map((value) => `${JSON.stringify([value]).slice(0, -1)},`);
    const wanted = new Set(keys);
    const found = new Map<string, Links>();
    const rows = store.run(
      `SELECT key, value FROM ${table} WHERE key IN (SELECT value FROM json_each(?))
        OR EXISTS (SELECT 1 FROM json_each(?) AS needle WHERE instr(${table}.value, needle.value) > 0)`,
      JSON.stringify(keys),
      JSON.stringify(needles),
    );
    for (const row of rows) {
      const key = textOf(row, "key");
      const links = linksSchema.parse(JSON.parse(textOf(row, "value")));
      const left = wanted.has(key) ? null : withoutValues(links, values);
      if (left === null) store.run(`DELETE FROM ${table} WHERE key = ?`, key);
      else write(table, key, left);
      found.set(key, links);
    }
    return found;
  }

  return {
    read,
    apply: (knowledge, now) => {
      const { people, references, addresses } = knowledge;
      const stored = read(
        { people: [...people.keys()], references: [...references.keys()], addresses: [...addresses.keys()] },
        now,
      );
      let written = 0;
      const put = (table: string, key: string, value: Links | AddressLinks): void => {
        write(table, key, value);
        written += 1;
      };
      for (const [key, links] of people) {
        const known = stored.people.get(key) ?? NO_LINKS;
        const joined = joinLinks(known, links);
        if (!isSame(known, joined)) put("book_person", key, joined);
      }
      for (const [key, links] of addresses) {
        const known = stored.addresses.get(key);
        const joined = known === undefined ? links : joinAddressLinks(known, links);
        if (known === undefined || !isSame(known, joined)) put("book_address", key, joined);
      }
      if (references.size === 0) return written;
      const current = referenceTable(currentGeneration(now));
      store.run(`CREATE TABLE IF NOT EXISTS ${current} (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
      for (const [key, links] of references) {
        const known = stored.references.get(key) ?? NO_LINKS;
        const joined = joinLinks(known, links);
        if (!isSame(known, joined) || stored.aging.has(key)) put(current, key, joined);
      }
      return written;
    },
    prune: (now) => {
      const isOver = (generation: number): boolean => (generation + 1) * GENERATION + REFERENCES_LAST <= now;
      for (const generation of generations().filter(isOver)) store.run(`DROP TABLE ${referenceTable(generation)}`);
      if (store.size() < mostRows * SMALLEST_ROW) return;
      let excess = sum(["book_person", "book_address", ...referenceTables()].map((table) => countRows(table))) - mostRows;
      for (const table of referenceTables()) {
        if (excess <= 0) return;
        excess -= countRows(table);
        store.run(`DROP TABLE ${table}`);
      }
      for (const [table, where, age] of UNVERIFIED) {
        if (excess <= 0) return;
        const dropped = Math.min(excess, countRows(table, where));
        store.run(
          `DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE ${where} ORDER BY value ->> '${age}', key LIMIT ?)`,
          dropped,
        );
        excess -= dropped;
      }
    },
    count: () => ({
      people: countRows("book_person"),
      references: sum(referenceTables().map((table) => countRows(table))),
      addresses: countRows("book_address"),
      shared: countRows("book_address", "value ->> '$.isShared'"),
    }),
    forget: ({ userIds, addresses, ids }) => {
      const rows = store.run(
        `DELETE FROM book_address WHERE key IN (SELECT value FROM json_each(?))
          OR value ->> '$.userId' IN (SELECT value FROM json_each(?)) RETURNING key, value`,
        JSON.stringify(addresses),
        JSON.stringify(userIds),
      );
      const owned = new Map(rows.map((row) => [textOf(row, "key"), addressSchema.parse(JSON.parse(textOf(row, "value")))]));
      const values = new Set([...userIds, ...addresses, ...owned.keys()]);
      const people = strip("book_person", [...ids, ...userIds.map(userKeyOf)], values);
      const left = find("book_person", [...people.keys()], linksSchema);
      for (const key of [...ids, ...people.keys()]) if (!left.has(key)) values.add(key);
      const references = new Map<string, Links>();
      for (const table of referenceTables()) {
        for (const [key, links] of strip(table, ids, values))
          references.set(key, joinLinks(references.get(key) ?? NO_LINKS, links));
      }
      return { people, references, addresses: owned };
    },
    page: (part, after, limit) => {
      const tables = { people: ["book_person"], references: referenceTables(), addresses: ["book_address"] }[part];
      if (tables.length === 0) return NO_KNOWLEDGE;
      const from = tables.map((table) => `SELECT key FROM ${table} WHERE key > ?1`).join(" UNION ");
      const keys = store.run(`${from} ORDER BY key LIMIT ?2`, after, limit).map((row) => textOf(row, "key"));
      return read({ people: [], references: [], addresses: [], [part]: keys }, 0);
    },
  };
}

/** What is dropped when dropping references is not enough: table, condition, and age. */
const UNVERIFIED = [
  ["book_person", "value ->> '$.user' IS NULL AND value ->> '$.email.trust' = 'claimed'", "$.email.seen[0][1]"],
  ["book_address", "value ->> '$.userId' IS NULL AND value ->> '$.decidedAt' IS NULL AND NOT value ->> '$.isShared'", "$.since"],
] as const;

function referenceTable(generation: number): string {
  return `book_reference_${generation}`;
}
