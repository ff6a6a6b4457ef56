/**
 * The keys of the dedupe store, alone and with their places. As text a key is a value in memory, as words of 32 bits it is in a block. Words are
 * little-endian, as on every processor that workerd runs on.
 */

/** 128 bits as eight UTF-16 code units, which need not be characters: it must not leave the process. */
export type Key = string;

/** Code units of a key. */
const UNITS = 8;

/** Words of a key: 128 bits. */
export const KEY = 4;

/** The keys of a webhook, by its sequence number. */
export interface WebhookKeys {
  readonly seq: number;
  readonly keys: readonly Key[];
}

/** Words of an entry: a key's, and two for the sequence number. */
export const ENTRY = KEY + 2;

const SPAN = 2 ** 32;

/** The keys in these bytes, 16 for each. */
export function keysIn(bytes: ArrayBuffer): readonly Key[] {
  const units = new Uint16Array(bytes);
  const keys: Key[] = [];
  for (let at = 0; at < units.length; at += UNITS) keys.push(textAt(units, at));
  return keys;
}

/** The key that is the first half of a hash. @param words big-endian, as hashes have them */
export function keyIn(words: Int32Array): Key {
  return textOf((index) => swapped((words[index >> 1] ?? 0) >>> (index % 2 === 0 ? 16 : 0)));
}

function textAt(units: Uint16Array, at: number): Key {
  return textOf((index) => units[at + index] ?? 0);
}

/** Each unit by its name: to spread them takes ten times as long. */
function textOf(unit: (index: number) => number): Key {
  const half = String.fromCharCode(unit(0), unit(1), unit(2), unit(3));
  return half + String.fromCharCode(unit(4), unit(5), unit(6), unit(7));
}

/** The last two bytes the other way round. */
function swapped(unit: number): number {
  return ((unit & 0xff) << 8) | ((unit >>> 8) & 0xff);
}

/** The bytes of keys, 16 for each. */
export function bytesOfKeys(keys: readonly Key[]): ArrayBuffer {
  const units = new Uint16Array(keys.length * UNITS);
  for (const [index, key] of keys.entries())
    for (let unit = 0; unit < UNITS; unit += 1) units[index * UNITS + unit] = key.charCodeAt(unit);
  return units.buffer;
}

/** The words of keys, one key after the other. */
export function wordsOf(keys: readonly Key[]): Uint32Array<ArrayBuffer> {
  return new Uint32Array(bytesOfKeys(keys));
}

/** Entries of these places. */
export function entriesOf(places: ReadonlyMap<Key, number>): Uint32Array<ArrayBuffer> {
  const words = wordsOf([...places.keys()]);
  const entries = new Uint32Array(places.size * ENTRY);
  let index = 0;
  for (const seq of places.values()) {
    const at = index * ENTRY;
    for (let word = 0; word < KEY; word += 1) entries[at + word] = words[index * KEY + word] ?? 0;
    entries[at + KEY] = seq % SPAN;
    entries[at + KEY + 1] = Math.floor(seq / SPAN);
    index += 1;
  }
  return entries;
}

/** How many entries there are. */
export function countOf(entries: Uint32Array): number {
  return entries.length / ENTRY;
}

/** The greatest sequence number of the key that begins at a word; `null` if these entries do not have it. */
export function seqIn(entries: Uint32Array, words: Uint32Array, from: number): number | null {
  let found: number | null = null;
  for (let at = 0; at < entries.length; at += ENTRY) {
    let word = 0;
    while (word < KEY && entries[at + word] === words[from + word]) word += 1;
    if (word < KEY) continue;
    const seq = (entries[at + KEY] ?? 0) + (entries[at + KEY + 1] ?? 0) * SPAN;
    if (found === null || seq > found) found = seq;
  }
  return found;
}

/** Keys in a page on average, at most: so many fit into a page of SQLite. */
const KEYS_IN_PAGE = 160;

/** How many of a key's first bits choose its page. */
export function bitsFor(count: number): number {
  return Math.max(0, Math.ceil(Math.log2(count / KEYS_IN_PAGE)));
}

/** The page of the key that begins at a word. */
export function pageOf(words: Uint32Array, from: number, bits: number): number {
  return bits === 0 ? 0 : (words[from] ?? 0) >>> (32 - bits);
}

/** Spreads entries over pages by the first bits of their keys. @returns 2 to the power of `bits` pages */
export function pagesOf(entries: Uint32Array, bits: number): readonly Uint32Array<ArrayBuffer>[] {
  const count = countOf(entries);
  const ends = new Uint32Array(2 ** bits);
  const place = (index: number): number => pageOf(entries, index * ENTRY, bits);
  for (let index = 0; index < count; index += 1) {
    const page = place(index);
    ends[page] = (ends[page] ?? 0) + ENTRY;
  }
  const pages = Array.from(ends, (length) => new Uint32Array(length));
  ends.fill(0);
  for (let index = 0; index < count; index += 1) {
    const page = place(index);
    const at = ends[page] ?? 0;
    const words = pages[page];
    if (words === undefined) throw new RangeError("a key has no page");
    for (let word = 0; word < ENTRY; word += 1) words[at + word] = entries[index * ENTRY + word] ?? 0;
    ends[page] = at + ENTRY;
  }
  return pages;
}

/** Joins the entries of several pages. */
export function joined(pages: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const entries = new Uint32Array(pages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const page of pages) {
    entries.set(page, at);
    at += page.length;
  }
  return entries;
}
