/**
 * A blocked Bloom filter over hashed keys: it says of nearly every key that is not among them that it is not. Each key has eight bits in one
 * group of 256, and there are 16 bits for each key: about one key in a thousand is looked up in vain.
 */
import { ENTRY } from "./key-entries.ts";

/** Keys for one group of 256 bits. */
const KEYS_IN_GROUP = 16;

/** Words of 32 bits in a group. */
const GROUP = 8;

const SPAN = 2 ** 32;

/** A filter, as words of 32 bits. */
export type KeyFilter = Uint32Array<ArrayBuffer>;

/** The filter of all keys of these entries. */
export function filterOf(entries: Uint32Array): KeyFilter {
  const filter = new Uint32Array(Math.max(1, Math.ceil(entries.length / ENTRY / KEYS_IN_GROUP)) * GROUP);
  for (let at = 0; at < entries.length; at += ENTRY) {
    const group = groupOf(filter, entries, at);
    addBits(filter, group, entries[at + 2] ?? 0);
    addBits(filter, group, entries[at + 3] ?? 0);
  }
  return filter;
}

/** Whether the filter's entries may have the key that begins at a word; `false` is certain. */
export function mayHave(filter: KeyFilter, words: Uint32Array, from: number): boolean {
  const group = groupOf(filter, words, from);
  return hasBits(filter, group, words[from + 2] ?? 0) && hasBits(filter, group, words[from + 3] ?? 0);
}

function addBits(filter: KeyFilter, group: number, word: number): void {
  for (let shift = 0; shift < 32; shift += 8) {
    const bit = (word >>> shift) & 255;
    filter[group + (bit >>> 5)] = (filter[group + (bit >>> 5)] ?? 0) | (1 << (bit & 31));
  }
}

function hasBits(filter: KeyFilter, group: number, word: number): boolean {
  for (let shift = 0; shift < 32; shift += 8) {
    const bit = (word >>> shift) & 255;
    if (((filter[group + (bit >>> 5)] ?? 0) & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}

/** Where the group of a key begins. */
function groupOf(filter: KeyFilter, words: Uint32Array, from: number): number {
  return Math.floor(((words[from + 1] ?? 0) / SPAN) * (filter.length / GROUP)) * GROUP;
}
