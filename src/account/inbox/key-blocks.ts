/**
 * Blocks of keys: rows of one table for each generation. The keys of a block are spread over pages by their first bits, a row each, and its filter
 * is in the row behind. One row lists the blocks.
 */
import { bytesOf, LARGEST_VALUE, numberOf, type Row, type Store, writeRows } from "../state/store.ts";
import { bitsFor, countOf, ENTRY, joined, KEY, type Keys, pageOf, pagesOf, seqIn } from "./key-entries.ts";
import { filterOf, type KeyFilter, mayHave } from "./key-filter.ts";

/** Most pages in one statement, and how many it may ask for. */
const PAGES_AT_ONCE = 64;
const LENGTHS = new Set([1, 8, 24, PAGES_AT_ONCE]);

/** So many look-ups read a block's pages before its filter is read: an object that keeps one webhook and sleeps again needs none. */
const UNFILTERED = 8;

/** Bytes of a filter for each key. */
const BYTES_OF_FILTER = 2;

/** The row of a table that lists its blocks, as doubles: how far they reach, then three of each block. */
const DIRECTORY = 0;

/** A block. */
export interface Block {
  /** Its first row. The filter is in the row after the last page. */
  readonly id: number;
  /** The first bits of a key choose its page. */
  readonly bits: number;
  readonly count: number;
  /** `null` until it is read, and where memory has no room. */
  filter: KeyFilter | null;
  /** Look-ups since the object woke. */
  asked: number;
}

/** The blocks of one generation. */
export interface Generation {
  readonly table: string;
  readonly blocks: readonly Block[];
}

/** What a table says of itself. */
export interface Directory {
  /** The keys of all webhooks up to this sequence number are in blocks. */
  readonly through: number;
  readonly blocks: readonly Block[];
}

/** Of known keys, by their numbers in a list, the newest webhook that each was stored with; `null` if an earlier release did not tell. */
export type Known = Map<number, number | null>;

/** Notes where the key is that begins at a word, unless a newer webhook is noted. */
export function note(known: Known, from: number, seq: number | null): void {
  const number = from / KEY;
  const other = known.get(number) ?? null;
  if (!known.has(number) || (seq !== null && (other === null || seq > other))) known.set(number, seq);
}

/**
 * Reads the filters of blocks that many keys are looked for in, as far as memory has room for them: the oldest first.
 * @param most bytes of all filters
 */
export function readFilters(store: Store, generations: readonly Generation[], keys: number, most: number): void {
  let room = most;
  for (const { table, blocks } of generations)
    for (const block of blocks) {
      block.asked += keys;
      const size = BYTES_OF_FILTER * block.count;
      if (size > room) block.filter = null;
      else if (block.asked > UNFILTERED) block.filter ??= wordsIn(rowsOf(store, table, block.id + 2 ** block.bits, 1)[0]);
      if (block.filter !== null) room -= size;
    }
}

/** Looks for keys in all blocks of a generation, each page once. @param some where among the words each begins */
export function lookIn(store: Store, { table, blocks }: Generation, words: Keys, some: readonly number[], known: Known): void {
  if (blocks.length === 0 || some.length === 0) return;
  /** By the number of a page the keys that it may have. */
  const pages = new Map<number, number[]>();
  for (const { id, bits, filter } of blocks) {
    for (const from of some) {
      if (filter !== null && !mayHave(filter, words, from)) continue;
      const page = id + pageOf(words, from, bits);
      const others = pages.get(page);
      if (others === undefined) pages.set(page, [from]);
      else others.push(from);
    }
  }
  const ids = [...pages.keys()];
  for (let from = 0; from < ids.length; from += PAGES_AT_ONCE) {
    const asked = ids.slice(from, from + PAGES_AT_ONCE);
    // Of few lengths, since statements are kept prepared by their text. No row has this number.
    while (!LENGTHS.has(asked.length)) asked.push(-1);
    for (const row of store.run(`SELECT id, body FROM ${table} WHERE id IN (${asked.map(() => "?").join(", ")})`, ...asked)) {
      const entries = wordsIn(row);
      for (const key of pages.get(numberOf(row, "id")) ?? []) {
        const seq = seqIn(entries, words, key);
        if (seq !== null) note(known, key, seq);
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

/** Reads the directory of a table. */
export function directoryIn(store: Store, table: string): Directory {
  const row = store.run(`SELECT body FROM ${table} WHERE id = ?`, DIRECTORY)[0];
  const [through, ...numbers] = new Float64Array(bytesOf(row, "body").buffer);
  if (through === undefined) throw new TypeError("a table of blocks has no directory");
  const blocks: Block[] = [];
  for (let at = 0; at < numbers.length; at += 3) {
    const [id = 0, bits = 0, count = 0] = numbers.slice(at, at + 3);
    blocks.push({ id, bits, count, filter: null, asked: 0 });
  }
  return { through, blocks };
}

/** Writes the directory of a table. */
export function writeDirectory(store: Store, table: string, { through, blocks }: Directory): void {
  const directory = new Float64Array([through, ...blocks.flatMap(({ id, bits, count }) => [id, bits, count])]);
  store.run(`INSERT OR REPLACE INTO ${table} (id, body) VALUES (?, ?)`, DIRECTORY, directory.buffer);
}

/** Writes a block behind the others. @returns all blocks */
function withBlock(store: Store, table: string, others: readonly Block[], entries: Uint32Array): readonly Block[] {
  const count = countOf(entries);
  const bits = bitsFor(count);
  const pages = pagesOf(entries, bits);
  if (pages.some(({ byteLength }) => byteLength > LARGEST_VALUE)) {
    // Whoever has the secret of a source can choose ids whose keys begin alike. Then there are two blocks.
    const middle = (count >> 1) * ENTRY;
    const half = withBlock(store, table, others, entries.subarray(0, middle));
    return withBlock(store, table, half, entries.subarray(middle));
  }
  const id = Math.max(DIRECTORY, ...others.map((block) => block.id + 2 ** block.bits)) + 1;
  const filter = filterOf(entries);
  const rows = [...pages, filter].map(({ buffer }, index) => [id + index, buffer] as const);
  writeRows(store, rows, (values) => `INSERT INTO ${table} (id, body) VALUES ${values}`);
  return [...others, { id, bits, count, filter, asked: 0 }];
}

/** Makes one of all blocks with fewer keys than the limit, once they have as many together. */
export function merged(store: Store, table: string, blocks: readonly Block[], limit: number): readonly Block[] {
  const small = blocks.filter(({ count }) => count < limit);
  if (small.length < 2 || small.reduce((sum, { count }) => sum + count, 0) < limit) return blocks;
  return joinedBlock(store, table, blocks, small, []);
}

/** Makes one of all blocks with fewer keys than the limit. */
export function closed(store: Store, { table, blocks }: Generation, limit: number, through: number): Generation {
  const small = blocks.filter(({ count }) => count < limit);
  if (small.length < 2) return { table, blocks };
  const fewer = joinedBlock(store, table, blocks, small, []);
  writeDirectory(store, table, { through, blocks: fewer });
  return { table, blocks: fewer };
}

/** Makes one block of some blocks and of further entries. @returns all blocks */
export function joinedBlock(
  store: Store,
  table: string,
  blocks: readonly Block[],
  some: readonly Block[],
  further: readonly Uint32Array[],
): readonly Block[] {
  const pages = some.flatMap(({ id, bits }) => rowsOf(store, table, id, 2 ** bits).map(wordsIn));
  for (const { id, bits } of some) store.run(`DELETE FROM ${table} WHERE id >= ? AND id <= ?`, id, id + 2 ** bits);
  const rest = blocks.filter((block) => !some.includes(block));
  return withBlock(store, table, rest, joined([...pages, ...further]));
}
