/**
 * The dedupe store: a 128-bit hash of source and event id for each accepted vendor event. The newest keys are in the rows of their webhooks, and in
 * memory; some hundred at a time move into a block of few rows, and blocks into larger ones, because rows are what is billed. A block belongs to
 * the generation in which it was written: a key is known for at least one retention.
 */
import * as z from "zod";
import { utf8Bytes } from "../../contract/verify/encoding.ts";
import { bytesOf, inPowers, numberOf, type Row, type Store, textOf, writeRows } from "../state/store.ts";
import { hasColumn, type Tables } from "../state/tables.ts";
import {
  bitsFor,
  bytesOfKeys,
  countOf,
  entriesOf,
  joined,
  type Key,
  type KeyPlace,
  type KeyWords,
  keyIn,
  keysIn,
  pageOf,
  pagesOf,
  seqIn,
  wordsOf,
} from "./key-entries.ts";
import { filterOf, type KeyFilter, mayHave } from "./key-filter.ts";

/** Most keys in one statement. */
const KEYS_AT_ONCE = 64;

/** Most pages in one statement, and how many it may ask for. */
const PAGES_AT_ONCE = 64;
const LENGTHS = new Set([1, 8, 24, PAGES_AT_ONCE]);

/** So many look-ups read a block's pages before its filter is read: an object that keeps one webhook and sleeps again needs none. */
const UNFILTERED = 8;

/** Numbers of keys at which they move. */
export interface Sizes {
  /** Keys outside of blocks. */
  readonly recent: number;
  /** Smaller blocks become one once they have so many keys together; the greatest first. */
  readonly merged: readonly number[];
}

const SIZES: Sizes = { recent: 256, merged: [262_144, 32_768, 4_096] };

/** The keys of vendor events: of each the first half of a SHA-256. */
export async function keysOf(source: string, eventIds: readonly string[]): Promise<readonly Key[]> {
  // JSON keeps the two apart, whatever characters they contain.
  const digests = await Promise.all(
    eventIds.map((id) => crypto.subtle.digest("SHA-256", utf8Bytes(JSON.stringify([source, id])))),
  );
  return digests.map((digest) => keyIn(digest));
}

/** The key of one vendor event. */
export async function keyOf(source: string, eventId: string): Promise<Key> {
  const [key = ""] = await keysOf(source, [eventId]);
  return key;
}

/** The dedupe store of one account. */
export interface DedupeStore {
  /**
   * Those of the keys that are known, each with the sequence number of the newest webhook that it was stored with; `null` if an earlier release
   * did not tell.
   */
  known(keys: readonly Key[]): ReadonlyMap<Key, number | null>;
  /** Keeps the keys of webhooks that are appended to the inbox in the same transaction. Few billed rows for each 256 keys, none for most. */
  keep(places: readonly KeyPlace[], now: number): void;
  /** Webhooks up to this sequence number are about to leave the inbox: makes their keys independent of them. Inside the same transaction. */
  release(seq: number, now: number): void;
  /** Drops generations that are older than the retention. @returns how many */
  retire(now: number): number;
}

interface Block {
  /** Its first row. The filter is in the row after the last page. */
  readonly id: number;
  /** The first bits of a key choose its page. */
  readonly bits: number;
  readonly count: number;
  /** `null` until it was read. */
  filter: KeyFilter | null;
  /** Look-ups since the object woke. */
  asked: number;
}

interface Generation {
  readonly table: string;
  readonly blocks: readonly Block[];
}

interface Loaded {
  /** Keys that are only in the rows of their webhooks. */
  readonly recent: Map<Key, number>;
  /** The keys of all webhooks up to this sequence number are in blocks. */
  readonly through: number;
  readonly generations: ReadonlyMap<number, Generation>;
}

const directorySchema = z.object({ through: z.number(), blocks: z.array(z.tuple([z.number(), z.number(), z.number()])) });

/** The row of a table that lists its blocks. */
const DIRECTORY = 0;

function generationIn(table: string): number {
  return Number(table.split("_")[1]);
}

/** What the dedupe store is opened with. */
export interface DedupeTools {
  readonly store: Store;
  /** The length of a generation, milliseconds. */
  readonly retention: number;
  /** The tables of the database. */
  readonly known: Tables;
  /** The keys in the rows of webhooks after a sequence number. */
  readonly keysAfter: (seq: number) => readonly KeyPlace[];
  /** `SIZES`, except in tests. */
  readonly sizes?: Sizes;
}

/** Opens the dedupe store. */
export function openDedupeStore({ store, retention, known, keysAfter, sizes = SIZES }: DedupeTools): DedupeStore {
  /** `null` until something is asked, and after a transaction that failed. */
  let loaded: Loaded | null = null;
  /** The tables of blocks, as far as that is sure without asking. */
  let sure: readonly string[] | null = [...known.keys()].filter((name) => /^keys_\d+$/.test(name));
  const forget = (): void => {
    loaded = null;
    sure = null;
  };
  const tablesLike = (pattern: string): readonly string[] =>
    store.run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ?", pattern).map((row) => textOf(row, "name"));
  const generationOf = (now: number): number => Math.floor(now / retention);

  function load(): Loaded {
    if (loaded !== null) return loaded;
    let through = 0;
    const generations = new Map<number, Generation>();
    for (const table of sure ?? tablesLike("keys_[0-9]*")) {
      const directory = directoryIn(store, table);
      through = Math.max(through, directory.through);
      generations.set(generationIn(table), { table, blocks: directory.blocks });
    }
    const recent = new Map(keysAfter(through).map(({ key, seq }) => [key, seq]));
    store.onRollback(forget);
    loaded = { recent, through, generations };
    return loaded;
  }

  /** Moves the recent keys into a block. Writes the directory in any case. */
  function settle(now: number): void {
    const { recent, through, generations } = load();
    const number = generationOf(now);
    const table = `keys_${number}`;
    store.onRollback(forget);
    store.run(`CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, body BLOB)`);
    let blocks = generations.get(number)?.blocks ?? [];
    if (recent.size > 0) blocks = [...blocks, writeBlock(store, table, blocks, entriesOf(recent))];
    for (const limit of sizes.merged) blocks = merged(store, table, blocks, limit);
    const reached = [...recent.values()].reduce((greatest, seq) => Math.max(greatest, seq), through);
    const directory = { through: reached, blocks: blocks.map(({ id, bits, count }) => [id, bits, count]) };
    store.run(`INSERT OR REPLACE INTO ${table} (id, body) VALUES (?, ?)`, DIRECTORY, JSON.stringify(directory));
    loaded = { recent: new Map(), through: reached, generations: new Map(generations).set(number, { table, blocks }) };
  }

  // An earlier release kept a row for each key, and before that only the key.
  let legacy = [...known]
    .filter(([name]) => /^seen_\d+$/.test(name))
    .map(([name, statement]) => ({ name, seq: hasColumn(statement, "seq") ? "seq" : "NULL AS seq" }));

  return {
    known: (keys) => {
      const { recent, generations } = load();
      const found = new Map<Key, number | null>();
      const others = keys.filter((key) => {
        const seq = recent.get(key);
        if (seq !== undefined) found.set(key, seq);
        return seq === undefined;
      });
      for (const generation of generations.values()) lookIn(store, generation, others, found);
      for (const { name, seq } of legacy)
        for (const some of inPowers(others, KEYS_AT_ONCE)) {
          const list = some.map(() => "?").join(", ");
          const values = some.map((key) => bytesOfKeys([key]));
          for (const row of store.run(`SELECT key, ${seq} FROM ${name} WHERE key IN (${list})`, ...values))
            for (const key of keysIn(bytesOf(row, "key").buffer))
              note(found, key, row.seq === null ? null : numberOf(row, "seq"));
        }
      return found;
    },
    keep: (places, now) => {
      if (places.length === 0) return;
      if (load().recent.size >= sizes.recent) settle(now);
      store.onRollback(forget);
      const { recent } = load();
      for (const { key, seq } of places) recent.set(key, seq);
    },
    release: (seq, now) => {
      const { recent, through } = load();
      if (recent.size > 0 && seq > through) settle(now);
    },
    retire: (now) => {
      const isOld = (table: string): boolean => generationIn(table) < generationOf(now) - 1;
      const old = [...tablesLike("keys_[0-9]*"), ...tablesLike("seen_[0-9]*")].filter(isOld);
      if (old.length === 0) return 0;
      // How far the keys of webhooks are in blocks must outlive the table that says so.
      settle(now);
      for (const name of old) store.run(`DROP TABLE ${name}`);
      legacy = legacy.filter(({ name }) => !isOld(name));
      forget();
      store.onRollback(forget);
      return old.length;
    },
  };
}

/** Notes where a key is, unless a newer webhook is noted. */
function note(found: Map<Key, number | null>, key: Key, seq: number | null): void {
  const other = found.get(key) ?? null;
  if (!found.has(key) || (seq !== null && (other === null || seq > other))) found.set(key, seq);
}

/** Looks for keys in all blocks of a generation, each page once. */
function lookIn(store: Store, { table, blocks }: Generation, keys: readonly Key[], found: Map<Key, number | null>): void {
  if (blocks.length === 0 || keys.length === 0) return;
  const wanted = keys.map((key) => ({ key, words: wordsOf(key) }));
  const pages = new Map<number, { readonly key: Key; readonly words: KeyWords }[]>();
  for (const block of blocks) {
    block.asked += keys.length;
    if (block.asked > UNFILTERED) block.filter ??= wordsIn(rowsOf(store, table, block.id + 2 ** block.bits, 1)[0]);
    for (const one of wanted) {
      if (block.filter !== null && !mayHave(block.filter, one.words)) continue;
      const page = block.id + pageOf(one.words, block.bits);
      const others = pages.get(page);
      if (others === undefined) pages.set(page, [one]);
      else others.push(one);
    }
  }
  const ids = [...pages.keys()];
  for (let from = 0; from < ids.length; from += PAGES_AT_ONCE) {
    const some = ids.slice(from, from + PAGES_AT_ONCE);
    // Of few lengths, since statements are kept prepared by their text. No row has this number.
    while (!LENGTHS.has(some.length)) some.push(-1);
    for (const row of store.run(`SELECT id, body FROM ${table} WHERE id IN (${some.map(() => "?").join(", ")})`, ...some)) {
      const entries = wordsIn(row);
      for (const { key, words } of pages.get(numberOf(row, "id")) ?? []) {
        const seq = seqIn(entries, words);
        if (seq !== null) note(found, key, seq);
      }
    }
  }
}

function wordsIn(row: Row | undefined): Uint32Array<ArrayBuffer> {
  // A filter that is missing must not say that nothing is known.
  if (row === undefined) throw new TypeError("a row of a block is missing");
  return new Uint32Array(bytesOf(row, "body").buffer);
}

function rowsOf(store: Store, table: string, id: number, count: number): readonly Row[] {
  return store.run(`SELECT body FROM ${table} WHERE id >= ? AND id < ? ORDER BY id`, id, id + count);
}

function directoryIn(store: Store, table: string): { readonly through: number; readonly blocks: readonly Block[] } {
  const row = store.run(`SELECT body FROM ${table} WHERE id = ?`, DIRECTORY)[0];
  const { through, blocks } = directorySchema.parse(JSON.parse(textOf(row, "body")));
  return { through, blocks: blocks.map(([id, bits, count]): Block => ({ id, bits, count, filter: null, asked: 0 })) };
}

/** Writes a block behind the others. */
function writeBlock(store: Store, table: string, others: readonly Block[], entries: Uint32Array): Block {
  const count = countOf(entries);
  const bits = bitsFor(count);
  const id = Math.max(DIRECTORY, ...others.map((block) => block.id + 2 ** block.bits)) + 1;
  const filter = filterOf(entries);
  const rows = [...pagesOf(entries, bits), filter].map(({ buffer }, index) => [id + index, buffer] as const);
  writeRows(store, rows, (values) => `INSERT INTO ${table} (id, body) VALUES ${values}`);
  return { id, bits, count, filter, asked: 0 };
}

/** Makes one of all blocks with fewer keys than the limit, once they have as many together. */
function merged(store: Store, table: string, blocks: readonly Block[], limit: number): readonly Block[] {
  const small = blocks.filter(({ count }) => count < limit);
  if (small.length < 2 || small.reduce((sum, { count }) => sum + count, 0) < limit) return blocks;
  const pages = small.flatMap(({ id, bits }) => rowsOf(store, table, id, 2 ** bits).map(wordsIn));
  for (const { id, bits } of small) store.run(`DELETE FROM ${table} WHERE id >= ? AND id <= ?`, id, id + 2 ** bits);
  const rest = blocks.filter((block) => !small.includes(block));
  return [...rest, writeBlock(store, table, rest, joined(pages))];
}
