/**
 * Keys with their sequence numbers, in memory: a hash table in arrays of numbers. A `Map` takes five times as long, since each key would be a text that
 * is hashed once more.
 */
import { ENTRY, isSameKey, seqAt, writeEntry } from "./key-entries.ts";

/** Keys that a new table has room for. A power of two. */
const FIRST_ROOM = 16;

/** A table. Keys are given as words, and where among them the key begins. */
export interface KeyTable {
  /** How many keys there are. */
  size(): number;
  /** The sequence number of a key; `null` if the table does not have it. */
  seqOf(words: Uint32Array, from: number): number | null;
  /** Notes where a key is. */
  set(words: Uint32Array, from: number, seq: number): void;
  /** All keys, as entries. */
  entries(): Uint32Array<ArrayBuffer>;
}

/** Makes an empty table. */
export function createKeyTable(): KeyTable {
  let entries = new Uint32Array(FIRST_ROOM * ENTRY);
  /** The number of an entry, counted from 1, by what its key's last words make; 0 where there is none. At least half of them. */
  let slots = new Uint32Array(2 * FIRST_ROOM);
  let size = 0;
  // Whoever has the secret of a source can choose ids whose keys are alike in part, but not for numbers that only this table knows.
  const [one, other] = [oddNumber(), oddNumber()];

  /** The slot of a key, or the free one that it would take. */
  function slotOf(words: Uint32Array, from: number): number {
    const last = slots.length - 1;
    const mixed = Math.imul(words[from + 2] ?? 0, one) ^ Math.imul(words[from + 3] ?? 0, other);
    let slot = (mixed ^ (mixed >>> 15)) & last;
    for (let entry = slots[slot] ?? 0; entry !== 0; entry = slots[slot] ?? 0) {
      if (isSameKey(entries, (entry - 1) * ENTRY, words, from)) break;
      slot = (slot + 1) & last;
    }
    return slot;
  }

  function grow(): void {
    const before = entries;
    entries = new Uint32Array(2 * before.length);
    entries.set(before);
    slots = new Uint32Array(2 * slots.length);
    for (let entry = 0; entry < size; entry += 1) slots[slotOf(entries, entry * ENTRY)] = entry + 1;
  }

  return {
    size: () => size,
    seqOf: (words, from) => {
      const entry = slots[slotOf(words, from)] ?? 0;
      return entry === 0 ? null : seqAt(entries, (entry - 1) * ENTRY);
    },
    set: (words, from, seq) => {
      if ((size + 1) * ENTRY > entries.length) grow();
      const slot = slotOf(words, from);
      if (slots[slot] === 0) {
        size += 1;
        slots[slot] = size;
      }
      writeEntry(entries, ((slots[slot] ?? 0) - 1) * ENTRY, words, from, seq);
    },
    entries: () => entries.slice(0, size * ENTRY),
  };
}

function oddNumber(): number {
  return Math.floor(Math.random() * 2 ** 32) | 1;
}
