/**
 * Nonces that a vendor signs instead of the body, each with the hash of the body that it came with: one signature proves one body. They are kept
 * for one to two retentions.
 */
import { type Store, textOf } from "../state/store.ts";

/** A signed nonce, and the body that it came with. */
export interface Binding {
  /** 32 hex digits. */
  readonly nonce: string;
  /** SHA-256, hex. */
  readonly body: string;
}

/** The nonces of one account. */
export interface Nonces {
  /**
   * Binds each nonce to the first body that arrives with it; inside the caller's transaction. One billed row for each new nonce, none for a known
   * one.
   * @returns the body of each nonce
   */
  bind(bindings: readonly Binding[], now: number): ReadonlyMap<string, string>;
  /** Drops generations that are older than the retention. @returns how many */
  retire(now: number): number;
}

/** @param retention milliseconds: the length of a generation */
export function openNonces(store: Store, retention: number): Nonces {
  const generationOf = (now: number): number => Math.floor(now / retention);
  const create = (generation: number): void => {
    store.run(`CREATE TABLE IF NOT EXISTS nonce_${generation} (key BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID`);
  };
  return {
    bind: (bindings, now) => {
      const bodies = new Map<string, string>();
      // Accounts without such a vendor have no such tables.
      if (bindings.length === 0) return bodies;
      const current = generationOf(now);
      create(current);
      create(current - 1);
      const nonces = JSON.stringify(bindings.map(({ nonce }) => nonce));
      for (const generation of [current, current - 1]) {
        const rows = store.run(
          `SELECT lower(hex(key)) AS key, lower(hex(body)) AS body FROM nonce_${generation}
            WHERE key IN (SELECT unhex(value) FROM json_each(?))`,
          nonces,
        );
        for (const row of rows) bodies.set(textOf(row, "key"), textOf(row, "body"));
      }
      const added = bindings.filter(({ nonce, body }) => {
        const isNew = !bodies.has(nonce);
        if (isNew) bodies.set(nonce, body);
        return isNew;
      });
      if (added.length > 0) {
        store.run(
          `INSERT INTO nonce_${current} (key, body)
            SELECT unhex(value ->> '$.nonce'), unhex(value ->> '$.body') FROM json_each(?)`,
          JSON.stringify(added),
        );
      }
      return bodies;
    },
    retire: (now) => {
      const names = store
        .run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'nonce_[0-9]*'")
        .map((row) => textOf(row, "name"))
        .filter((name) => Number(name.slice("nonce_".length)) < generationOf(now) - 1);
      for (const name of names) store.run(`DROP TABLE ${name}`);
      return names.length;
    },
  };
}
