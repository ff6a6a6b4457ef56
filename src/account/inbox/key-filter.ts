/**
 * A blocked Bloom filter over hashed keys: it says of nearly every key that is not among them that it is not. Each key has eight bits in one
 * group of 256, and there are 16 bits for each key: about one key in a thousand is looked up in vain.
 */
import { countOf, type KeyWords, wordsAt } from "./key-entries.ts";

/** Keys for one group of 256 bits. */
const KEYS_IN_GROUP = 16;

/** Words of 32 bits in a group. */
const GROUP = 8;

const SPAN = 2 ** 32;

/** A filter, as words of 32 bits. */
export type KeyFilter = Uint32Array<ArrayBuffer>;

/** The filter of all keys of these entries. */
export function filterOf(entries: Uint32Array): KeyFilter {
  const count = countOf(entries);
  const filter = new Uint32Array(Math.max(1, Math.ceil(count / KEYS_IN_GROUP)) * GROUP);
  for (let index = 0; index < count; index += 1) {
    const key = wordsAt(entries, index);
    const from = groupOf(filter, key);
    for (const word of [key[2], key[3]])
      for (let shift = 0; shift < 32; shift += 8) {
        const bit = (word >>> shift) & 255;
        filter[from + (bit >>> 5)] = (filter[from + (bit >>> 5)] ?? 0) | (1 << (bit & 31));
      }
  }
  return filter;
}

/** Whether the filter's entries may have the key; `false` is certain. */
export function mayHave(filter: KeyFilter, key: KeyWords): boolean {
  const from = groupOf(filter, key);
  return hasBits(filter, from, key[2]) && hasBits(filter, from, key[3]);
}

function hasBits(filter: KeyFilter, from: number, word: number): boolean {
  for (let shift = 0; shift < 32; shift += 8) {
    const bit = (word >>> shift) & 255;
    if (((filter[from + (bit >>> 5)] ?? 0) & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}

/** Where the group of a key begins. */
function groupOf(filter: KeyFilter, [, second]: KeyWords): number {
  return Math.floor((second / SPAN) * (filter.length / GROUP)) * GROUP;
}
