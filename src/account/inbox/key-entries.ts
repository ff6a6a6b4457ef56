/**
 * The keys of the dedupe store, alone and with their places, as words of 32 bits: of a key four, of an entry two more. Words are
 * little-endian, as on every processor that workerd runs on.
 */

/** The words of keys, one key after the other: each has 128 bits of a hash. */
export type Keys = Uint32Array<ArrayBuffer>;

/** Words of a key. */
export const KEY = 4;

/** The keys of a webhook, by its sequence number. */
export interface WebhookKeys {
  readonly seq: number;
  readonly keys: Keys;
}

/** Words of an entry: a key's, and two for the sequence number. */
export const ENTRY = KEY + 2;

const SPAN = 2 ** 32;

/** No keys. */
export const NO_KEYS: Keys = new Uint32Array(0);

/** Writes the first half of a hash as the key of this number. @param hash big-endian words */
export function writeKey(keys: Keys, number: number, hash: Int32Array): void {
  for (let word = 0; word < KEY; word += 1) {
    const value = hash[word] ?? 0;
    keys[number * KEY + word] = (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
  }
}

/** How many keys there are. */
export function countOfKeys(keys: Keys): number {
  return keys.length / KEY;
}

/** The bytes of keys, 16 for each. */
export function bytesOfKeys(keys: Keys): ArrayBuffer {
  return keys.byteLength === keys.buffer.byteLength ? keys.buffer : keys.slice().buffer;
}

/** The keys whose numbers are chosen. */
export function chosenKeys(keys: Keys, isChosen: readonly boolean[]): Keys {
  if (isChosen.every(Boolean)) return keys;
  return keys.filter((_, word) => isChosen[Math.floor(word / KEY)]);
}

/** All of these keys in one list. */
export function joinedKeys(lists: readonly Keys[]): Keys {
  return lists.length === 1 ? (lists[0] ?? NO_KEYS) : joined(lists);
}

/** Whether the keys that begin at these words are the same. */
export function isSameKey(words: Uint32Array, from: number, others: Uint32Array, otherFrom: number): boolean {
  let word = 0;
  while (word < KEY && words[from + word] === others[otherFrom + word]) word += 1;
  return word === KEY;
}

/** Writes an entry. @param from where its key begins */
export function writeEntry(entries: Uint32Array, at: number, keys: Uint32Array, from: number, seq: number): void {
  for (let word = 0; word < KEY; word += 1) entries[at + word] = keys[from + word] ?? 0;
  entries[at + KEY] = seq % SPAN;
  entries[at + KEY + 1] = Math.floor(seq / SPAN);
}

/** The sequence number of the entry that begins at a word. */
export function seqAt(entries: Uint32Array, at: number): number {
  return (entries[at + KEY] ?? 0) + (entries[at + KEY + 1] ?? 0) * SPAN;
}

/** How many entries there are. */
export function countOf(entries: Uint32Array): number {
  return entries.length / ENTRY;
}

/** The greatest sequence number of the key that begins at a word; `null` if these entries do not have it. */
export function seqIn(entries: Uint32Array, words: Uint32Array, from: number): number | null {
  let found: number | null = null;
  for (let at = 0; at < entries.length; at += ENTRY) {
    if (!isSameKey(entries, at, words, from)) continue;
    const seq = seqAt(entries, at);
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

/** Joins the words of several pages. */
export function joined(pages: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(pages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const page of pages) {
    words.set(page, at);
    at += page.length;
  }
  return words;
}
