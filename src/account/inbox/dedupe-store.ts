/**
 * The dedupe store: a 128-bit hash of source and event id for each accepted vendor event, kept for one to two retentions. Nonces that a vendor
 * signs instead of the body are kept as long, each with the hash of its body.
 */
import { encode, utf8Bytes } from "../../contract/verify/encoding.ts";
import { inPowers, numberOf, type Store, textOf } from "../state/store.ts";
import { hasColumn, type Tables } from "../state/tables.ts";

/** Most keys in one statement, which has one more parameter. */
const KEYS_AT_ONCE = 64;

/** The hash of a vendor event, 32 hex digits. */
export async function keyOf(source: string, eventId: string): Promise<string> {
  // JSON keeps the two apart, whatever characters they contain.
  const digest = await crypto.subtle.digest("SHA-256", utf8Bytes(JSON.stringify([source, eventId])));
  return encode(new Uint8Array(digest, 0, 16), "hex");
}

/** A signed nonce, and the body that it came with. */
export interface Binding {
  /** 32 hex digits. */
  readonly nonce: string;
  /** SHA-256, hex. */
  readonly body: string;
}

/** The dedupe store of one account. */
export interface DedupeStore {
  /**
   * Binds each nonce to the first body that arrives with it. One billed row for each new nonce, none for a known one.
   * @returns the body of each nonce
   */
  bind(bindings: readonly Binding[], now: number): ReadonlyMap<string, string>;
  /**
   * Adds keys and returns those that are new. One billed row for each new key, none for a known one.
   * @param seq the sequence number from which on their webhooks are stored
   */
  add(keys: readonly string[], now: number, seq: number): ReadonlySet<string>;
  /** The transaction of the last `add` is committed: its tables need not be created again. */
  committed(): void;
  /** Whether a key was added within the last generations. */
  knows(key: string): boolean;
  /** From which sequence number on the webhook of a known key is stored; `null` if the key is unknown, or an earlier release added it. */
  placeOf(key: string): number | null;
  /** The event with this key is stored again; inside the caller's transaction. One billed row. */
  move(key: string, now: number, seq: number): void;
  /** Drops generations that are older than the retention. @returns how many */
  retire(now: number): number;
}

function generationIn(table: string): number {
  return Number(table.split("_")[1]);
}

/** @param retention milliseconds: the length of a generation @param known the tables of the database */
export function openDedupeStore(store: Store, retention: number, known: Tables): DedupeStore {
  const generations = [...known.keys()].filter((name) => /^seen_\d+$/.test(name)).map(generationIn);
  /** The generation whose tables surely exist, and the one of the last `add`: a transaction that fails takes its tables away. */
  let sure = generations.findLast((generation) => generations.includes(generation - 1)) ?? null;
  let used: number | null = null;
  const generationOf = (now: number): number => Math.floor(now / retention);
  const tables = (): readonly string[] =>
    store
      .run("SELECT name FROM sqlite_master WHERE type = 'table' AND (name GLOB 'seen_[0-9]*' OR name GLOB 'nonce_[0-9]*')")
      .map((row) => textOf(row, "name"));
  const create = (generation: number): void => {
    store.run(`CREATE TABLE IF NOT EXISTS seen_${generation} (key BLOB PRIMARY KEY, seq INTEGER) WITHOUT ROWID`);
  };
  const seenTables = (): readonly string[] => tables().filter((name) => name.startsWith("seen_"));
  // An earlier release kept only the keys.
  for (const [name, statement] of known)
    if (/^seen_\d+$/.test(name) && !hasColumn(statement, "seq")) store.run(`ALTER TABLE ${name} ADD COLUMN seq INTEGER`);

  const createNonces = (generation: number): void => {
    store.run(`CREATE TABLE IF NOT EXISTS nonce_${generation} (key BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID`);
  };

  return {
    bind: (bindings, now) => {
      const bodies = new Map<string, string>();
      // Accounts without such a vendor have no such tables.
      if (bindings.length === 0) return bodies;
      const current = generationOf(now);
      createNonces(current);
      createNonces(current - 1);
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
    add: (keys, now, seq) => {
      const current = generationOf(now);
      if (sure !== current) {
        create(current);
        create(current - 1);
      }
      used = current;
      const added = new Set<string>();
      // Sorted: neighbours share a page of the table.
      for (const some of inPowers(keys.toSorted(), KEYS_AT_ONCE)) {
        const list = some.map(() => "(unhex(?))").join(", ");
        store.run(
          `WITH given (key) AS (VALUES ${list}) INSERT OR IGNORE INTO seen_${current} (key, seq)
            SELECT key, ? FROM given WHERE key NOT IN (SELECT key FROM seen_${current - 1})`,
          ...some,
          seq,
        );
        const isEach = numberOf(store.run("SELECT changes() AS added")[0], "added") === some.length;
        // Few webhooks are duplicates. RETURNING would take as long as the insertion. No other key has this number: whoever adds a key stores a webhook.
        const rows = isEach
          ? null
          : store.run(
              `SELECT lower(hex(key)) AS key FROM seen_${current} WHERE seq = ? AND key IN (VALUES ${list})`,
              seq,
              ...some,
            );
        for (const key of rows?.map((row) => textOf(row, "key")) ?? some) added.add(key);
      }
      return added;
    },
    committed: () => {
      sure = used;
    },
    knows: (key) => seenTables().some((name) => store.run(`SELECT 1 FROM ${name} WHERE key = unhex(?)`, key).length > 0),
    placeOf: (key) => {
      const places = seenTables()
        .flatMap((name) => store.run(`SELECT seq FROM ${name} WHERE key = unhex(?) AND seq IS NOT NULL`, key))
        .map((row) => numberOf(row, "seq"));
      return places.length === 0 ? null : Math.max(...places);
    },
    move: (key, now, seq) => {
      const current = generationOf(now);
      create(current);
      store.run(
        `INSERT INTO seen_${current} (key, seq) VALUES (unhex(?), ?) ON CONFLICT (key) DO UPDATE SET seq = excluded.seq`,
        key,
        seq,
      );
    },
    retire: (now) => {
      const old = tables().filter((name) => generationIn(name) < generationOf(now) - 1);
      for (const name of old) store.run(`DROP TABLE ${name}`);
      return old.length;
    },
  };
}
