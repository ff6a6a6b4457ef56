/**
 * The dedupe store: a 128-bit hash of source and event id for each accepted vendor event. The newest keys are in the rows of their webhooks, and in
 * memory once an object is busy; those of some hundred webhooks at a time move into a block of few rows, and blocks into larger ones, because rows are what is billed. A block belongs to
 * the generation in which it was written: a key is known for at least one retention.
 */
import { utf8Bytes } from "../../contract/verify/encoding.ts";
import { bytesOf, inPowers, numberOf, type Store, textOf } from "../state/store.ts";
import { hasColumn, type Tables, tablesOf } from "../state/tables.ts";
import {
  closed,
  directoryIn,
  type Generation,
  joinedBlock,
  type Known,
  lookIn,
  merged,
  note,
  readFilters,
  writeDirectory,
} from "./key-blocks.ts";
import { bytesOfKeys, isSameKey, KEY, type Keys, type WebhookKeys, writeKey } from "./key-entries.ts";
import type { KeyRows } from "./key-rows.ts";
import { createKeyTable } from "./key-table.ts";
import { openRecentKeys, type RecentKeys } from "./recent-keys.ts";
import { sha256 } from "./sha-256.ts";

/** Most keys in one statement. */
const KEYS_AT_ONCE = 64;

/** Numbers of keys at which they move, and what memory holds of them. */
export interface Sizes {
  /** Webhooks whose keys are outside of blocks, and so many keys: what an object reads that wakes. */
  readonly webhooks: number;
  readonly recent: number;
  /** Smaller blocks become one once they have so many keys together; the greatest first. */
  readonly merged: readonly number[];
  /** Bytes of filters in memory. Blocks without are looked into. */
  readonly filters: number;
}

const SIZES: Sizes = { webhooks: 256, recent: 4_096, merged: [262_144, 32_768, 4_096], filters: 32_000_000 };

/** The keys of vendor events: of each the first half of a SHA-256. */
export function keysOf(source: string, eventIds: readonly string[]): Keys {
  const keys = new Uint32Array(eventIds.length * KEY);
  // As JSON of both, which keeps the two apart, whatever characters they contain.
  const before = `[${JSON.stringify(source)},`;
  const texts = eventIds.map((id) => `${before}${JSON.stringify(id)}]`);
  // Nearly all are ASCII: then they are encoded together, since each call takes longer than its bytes.
  const whole = texts.join("");
  const bytes = utf8Bytes(whole);
  const isAscii = bytes.length === whole.length;
  let end = 0;
  for (const [number, text] of texts.entries()) {
    const from = end;
    end += text.length;
    writeKey(keys, number, isAscii ? sha256(bytes, from, end) : sha256(utf8Bytes(text)));
  }
  return keys;
}

/** The key of one vendor event. */
export function keyOf(source: string, eventId: string): Keys {
  return keysOf(source, [eventId]);
}

/** Of each key whether it is new: neither known, nor the same as one ahead of it. */
export function newKeys(dedupe: DedupeStore, keys: Keys): readonly boolean[] {
  const known = dedupe.known(keys);
  const seen = createKeyTable();
  const isNew: boolean[] = [];
  for (let from = 0; from < keys.length; from += KEY) {
    isNew.push(!known.has(from / KEY) && seen.seqOf(keys, from) === null);
    seen.set(keys, from, 0);
  }
  return isNew;
}

/** The dedupe store of one account. */
export interface DedupeStore {
  /**
   * Those of the keys that are known, by their numbers in the list, each with the sequence number of the newest webhook that it was stored with;
   * `null` if an earlier release did not tell.
   */
  known(keys: Keys): Known;
  /** Keeps the keys of webhooks that are appended to the inbox in the same transaction. Few billed rows for each 256 keys, none for most. */
  keep(webhooks: readonly WebhookKeys[], now: number): void;
  /** Webhooks up to this sequence number are about to leave the inbox: makes their keys independent of them. Inside the same transaction. */
  release(seq: number, now: number): void;
  /** Drops generations that are older than the retention. @returns how many */
  retire(now: number): number;
}

interface Loaded {
  /** Keys that are in no block. */
  readonly recent: RecentKeys;
  /** The keys of all webhooks up to this sequence number are in blocks. */
  readonly through: number;
  readonly generations: ReadonlyMap<number, Generation>;
}

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
  /** The keys in the rows of webhooks. */
  readonly rows: KeyRows;
  /** `SIZES`, except in tests. */
  readonly sizes?: Sizes;
}

/** Opens the dedupe store. */
export function openDedupeStore({ store, retention, known, rows, sizes = SIZES }: DedupeTools): DedupeStore {
  /** `null` until something is asked, and after a transaction that failed. */
  let loaded: Loaded | null = null;
  /** The tables of blocks, as far as that is sure without asking. */
  let sure: readonly string[] | null = tablesOf(known, "keys").map(({ name }) => name);
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
    store.onRollback(forget);
    loaded = { recent: openRecentKeys(rows, through), through, generations };
    return loaded;
  }

  /** Moves the recent keys into a block. Writes the directory in any case. @param below only those of webhooks before this sequence number */
  function settle(now: number, below = Number.POSITIVE_INFINITY): void {
    const { recent, through, generations } = load();
    const { entries, reached } = recent.read(below);
    const number = generationOf(now);
    const table = `keys_${number}`;
    store.onRollback(forget);
    store.run(`CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, body BLOB)`);
    let blocks = generations.get(number)?.blocks ?? [];
    if (entries.length > 0) {
      // One that came early, because webhooks were deleted, goes into the next: else each deletion would leave a block to look into.
      const early = blocks.filter(({ count }) => count < sizes.webhooks);
      blocks = joinedBlock(store, table, blocks, early, [entries]);
    }
    for (const limit of sizes.merged) blocks = merged(store, table, blocks, limit);
    writeDirectory(store, table, { through: reached, blocks });
    const all = new Map(generations);
    // Nothing is added to the generations before: fewer blocks are sooner looked into.
    if (!generations.has(number))
      for (const [other, generation] of generations) all.set(other, closed(store, generation, sizes.merged[0] ?? 0, through));
    all.set(number, { table, blocks });
    loaded = { recent: openRecentKeys(rows, reached, false), through: reached, generations: all };
  }

  // An earlier release kept a row for each key, and before that only the key.
  let legacy = tablesOf(known, "seen").map(({ name, statement }) => ({
    name,
    seq: hasColumn(statement, "seq") ? "seq" : "NULL AS seq",
  }));

  return {
    known: (keys) => {
      const { recent, generations } = load();
      const found: Known = new Map();
      const others = recent.find(keys, found);
      readFilters(store, [...generations.values()], others.length, sizes.filters);
      for (const generation of generations.values()) lookIn(store, generation, keys, others, found);
      for (const { name, seq } of legacy)
        for (const some of inPowers(others, KEYS_AT_ONCE)) {
          const list = some.map(() => "?").join(", ");
          const values = some.map((from) => bytesOfKeys(keys.subarray(from, from + KEY)));
          for (const row of store.run(`SELECT key, ${seq} FROM ${name} WHERE key IN (${list})`, ...values)) {
            const key = new Uint32Array(bytesOf(row, "key").buffer);
            for (const from of some)
              if (isSameKey(keys, from, key, 0)) note(found, from, row.seq === null ? null : numberOf(row, "seq"));
          }
        }
      return found;
    },
    keep: (added, now) => {
      if (added.length === 0) return;
      store.onRollback(forget);
      const { webhooks, keys } = load().recent.count();
      if (webhooks >= sizes.webhooks || keys >= sizes.recent) settle(now, Math.min(...added.map(({ seq }) => seq)));
      load().recent.add(added);
    },
    release: (seq, now) => {
      const { recent, through } = load();
      if (seq > through && recent.count().keys > 0) settle(now);
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
