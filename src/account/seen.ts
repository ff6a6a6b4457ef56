/**
 * Which vendor events were accepted already: a 128-bit hash of source and event id, kept for at least one retention and at most two.
 */
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";
import { type Store, textOf } from "./store.ts";

/** Keys in one parameter: a group of webhooks is asked about in few statements. */
const KEYS_AT_ONCE = 10_000;

/** The hash of a vendor event, 32 hex digits. */
export async function keyOf(source: string, eventId: string): Promise<string> {
  // JSON keeps the two apart whatever they hold.
  const digest = await crypto.subtle.digest("SHA-256", utf8Bytes(JSON.stringify([source, eventId])));
  return encode(new Uint8Array(digest, 0, 16), "hex");
}

/** What was seen. */
export interface Seen {
  /** Remembers the keys and gives those that are new. One billed row for each new key, none for a known one. */
  add(keys: readonly string[], now: number): ReadonlySet<string>;
  /** Drops generations that are older than the retention. @returns how many */
  retire(now: number): number;
}

/** @param retention milliseconds: the length of a generation */
export function openSeen(store: Store, retention: number): Seen {
  const generationOf = (now: number): number => Math.floor(now / retention);
  const generations = (): readonly number[] =>
    store
      .run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'seen_[0-9]*'")
      .map((row) => Number(textOf(row, "name").slice("seen_".length)));
  const create = (generation: number): void => {
    store.run(`CREATE TABLE IF NOT EXISTS seen_${generation} (key BLOB PRIMARY KEY) WITHOUT ROWID`);
  };

  return {
    add: (keys, now) => {
      const current = generationOf(now);
      create(current);
      create(current - 1);
      const added = new Set<string>();
      for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
        const rows = store.run(
          `INSERT OR IGNORE INTO seen_${current} (key) SELECT unhex(value) FROM json_each(?)
            WHERE unhex(value) NOT IN (SELECT key FROM seen_${current - 1}) RETURNING lower(hex(key)) AS key`,
          JSON.stringify(keys.slice(from, from + KEYS_AT_ONCE)),
        );
        for (const row of rows) added.add(textOf(row, "key"));
      }
      return added;
    },
    retire: (now) => {
      const old = generations().filter((generation) => generation < generationOf(now) - 1);
      for (const generation of old) store.run(`DROP TABLE seen_${generation}`);
      return old.length;
    },
  };
}
