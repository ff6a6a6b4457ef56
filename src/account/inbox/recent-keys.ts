/**
 * The keys that are in no block yet. They are in the rows of their webhooks, and in memory once an object is busy: one that keeps a webhook and
 * sleeps again looks for its keys in the rows, and reads none.
 */
import type { Key, WebhookKeys } from "./key-entries.ts";
import type { KeyRows } from "./key-rows.ts";

/** So many look-ups go to the rows. */
const FEW = 8;

/** The keys of webhooks after a sequence number. */
export interface RecentKeys {
  /** How many webhooks have keys, and how many: at least so many as there are. */
  count(): { readonly webhooks: number; readonly keys: number };
  /** Those of these keys that are among them, each with the number of the newest webhook that has it. */
  find(keys: readonly Key[]): ReadonlyMap<Key, number>;
  /** Adds the keys of webhooks whose rows were written. */
  add(webhooks: readonly WebhookKeys[]): void;
  /** All keys of webhooks before a sequence number. */
  read(below: number): ReadonlyMap<Key, number>;
}

/** @param areInRows whether there are any, in the rows of webhooks that were kept before */
export function openRecentKeys(rows: KeyRows, through: number, areInRows = true): RecentKeys {
  const places = new Map<Key, number>();
  /** Whether memory has them all; else it has those that were added. */
  let isRead = !areInRows;
  let counted = isRead ? { webhooks: 0, keys: 0 } : null;
  let asked = 0;

  const take = (webhooks: readonly WebhookKeys[], isWanted: (key: Key) => boolean = () => true): void => {
    for (const { keys, seq } of webhooks)
      for (const key of keys) if (isWanted(key) && (places.get(key) ?? 0) < seq) places.set(key, seq);
  };

  /** Reads them all into memory. */
  function read(): void {
    if (!isRead) take(rows.after(through));
    isRead = true;
  }

  return {
    count: () => {
      counted ??= rows.tell(through, []);
      return counted;
    },
    find: (keys) => {
      asked += keys.length;
      if (asked > FEW) read();
      if (!isRead) {
        const { found, ...counts } = rows.tell(through, keys);
        counted = counts;
        const wanted = new Set(keys);
        take(found, (key) => wanted.has(key));
      }
      return new Map(
        keys.flatMap((key) => {
          const seq = places.get(key);
          return seq === undefined ? [] : [[key, seq]];
        }),
      );
    },
    add: (webhooks) => {
      const { webhooks: others, keys: known } = counted ?? rows.tell(through, []);
      counted = { webhooks: others + webhooks.length, keys: known + webhooks.reduce((sum, { keys }) => sum + keys.length, 0) };
      take(webhooks);
    },
    read: (below) => {
      read();
      return new Map([...places].filter(([, seq]) => seq < below));
    },
  };
}
