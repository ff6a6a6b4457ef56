/**
 * The keys that are in no block yet. They are in the rows of their webhooks, and in memory once an object is busy: one that keeps a webhook and
 * sleeps again looks for its keys in the rows, and reads no other.
 */
import { type Known, note } from "./key-blocks.ts";
import { countOfKeys, ENTRY, isSameKey, KEY, type Keys, NO_KEYS, seqAt, type WebhookKeys } from "./key-entries.ts";
import type { KeyRows } from "./key-rows.ts";
import { createKeyTable } from "./key-table.ts";

/** So many keys are looked for in the rows. */
const FEW = 8;

/** The keys of webhooks after a sequence number. */
export interface RecentKeys {
  /** How many webhooks have keys, and how many: at least so many as there are. */
  count(): { readonly webhooks: number; readonly keys: number };
  /** Notes those of the keys that are among them, each with the newest webhook that has it. @returns where the others begin */
  find(keys: Keys, known: Known): readonly number[];
  /** Adds the keys of webhooks whose rows were written. */
  add(webhooks: readonly WebhookKeys[]): void;
  /** Those of webhooks before a sequence number, as entries, and the newest of these webhooks. */
  read(below: number): { readonly entries: Uint32Array<ArrayBuffer>; readonly reached: number };
}

/** @param areInRows whether there are any, in the rows of webhooks that were kept before */
export function openRecentKeys(rows: KeyRows, through: number, areInRows = true): RecentKeys {
  const table = createKeyTable();
  /** Whether memory has them all; else it has those that were added. */
  let isRead = !areInRows;
  let counted = isRead ? { webhooks: 0, keys: 0 } : null;
  let asked = 0;

  function take(webhooks: readonly WebhookKeys[]): void {
    for (const { keys, seq } of webhooks) for (let from = 0; from < keys.length; from += KEY) table.set(keys, from, seq);
  }

  function readAll(): void {
    if (!isRead) take(rows.after(through));
    isRead = true;
  }

  /** Looks for keys in the rows. */
  function findInRows(keys: Keys, known: Known): void {
    const { found, ...counts } = rows.tell(through, keys);
    counted = counts;
    for (const { keys: others, seq } of found)
      for (let other = 0; other < others.length; other += KEY)
        for (let from = 0; from < keys.length; from += KEY) if (isSameKey(keys, from, others, other)) note(known, from, seq);
  }

  const count = (): { readonly webhooks: number; readonly keys: number } => {
    const { webhooks, keys } = counted ?? rows.tell(through, NO_KEYS);
    counted = { webhooks, keys };
    return counted;
  };

  return {
    count,
    find: (keys, known) => {
      asked += countOfKeys(keys);
      if (asked > FEW) readAll();
      if (!isRead) findInRows(keys, known);
      const others: number[] = [];
      for (let from = 0; from < keys.length; from += KEY) {
        const seq = table.seqOf(keys, from);
        if (seq !== null) note(known, from, seq);
        if (!known.has(from / KEY)) others.push(from);
      }
      return others;
    },
    add: (webhooks) => {
      const before = count();
      counted = {
        webhooks: before.webhooks + webhooks.length,
        keys: webhooks.reduce((sum, { keys }) => sum + countOfKeys(keys), before.keys),
      };
      take(webhooks);
    },
    read: (below) => {
      readAll();
      const all = table.entries();
      let reached = through;
      let isWhole = true;
      for (let at = 0; at < all.length; at += ENTRY) {
        const seq = seqAt(all, at);
        if (seq >= below) isWhole = false;
        else reached = Math.max(reached, seq);
      }
      return { entries: isWhole ? all : all.filter((_, word) => seqAt(all, word - (word % ENTRY)) < below), reached };
    },
  };
}
