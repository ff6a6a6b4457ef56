/**
 * Moving the database into a new file. What SQLite deletes stays in its file until the space is used again, and the platform lets nobody
 * clean that up (`VACUUM`, `secure_delete`); only `deleteAll()` gives the file up. So all rows go out into a copy, the file goes, and the
 * rows come back. Meanwhile the account takes nothing: vendors send again.
 *
 * It can be interrupted at any moment. The database that is begun again with nothing in it looks like a new account's: before one is begun, the
 * copy is asked.
 */
import * as z from "zod";
import { loadRecord, saveRecord } from "../state/state.ts";
import { type Store, textOf } from "../state/store.ts";
import type { Copy } from "./copy.ts";
import { dump, restore } from "./dump.ts";

/** The table that says that the database is on its way, with one row. */
const TABLE = "moving";

/** The table without which a database is a new one. */
const LAST = "meta";

/** Milliseconds after which an account that cannot be copied takes webhooks again. */
const PATIENCE = 15 * 60_000;

const relocationSchema = z.object({
  /** On the way into the copy, or back. */
  phase: z.enum(["out", "back"]),
  /** Milliseconds since 1970. */
  since: z.number(),
  /** Bytes of the old file. */
  before: z.number(),
  /** On the way back: how many parts there are, and how many of them are back. */
  parts: z.number(),
  next: z.number(),
});

/** A database on its way. */
export type Relocation = z.output<typeof relocationSchema>;

/** What moving works on. */
export interface CompactionTools {
  /** The id of the account object. */
  readonly owner: string;
  readonly store: Store;
  /** Gives up the file with everything in it. */
  readonly deleteAll: () => Promise<void>;
  readonly copy: () => Copy;
  readonly now: () => number;
}

/** Moves one account's database. */
export interface Compaction {
  /** The move that is under way; `null` where the database is whole and at its place. */
  current(): Relocation | null;
  /** Whether nothing stands in the database: it is a new account's, or on its way. */
  isEmpty(): boolean;
  /** Looks whether a database with nothing in it was on its way, and if so goes on. Rejects where the copy cannot be asked. */
  adopt(): Promise<void>;
  /** Whether the copy can be reached. */
  canBegin(): Promise<boolean>;
  /** Begins to move; from then on nothing may be written. */
  begin(): void;
  /** Goes on until `deadline`. @returns whether the database is at its place. Rejects where the copy cannot be reached: try again */
  run(deadline: number): Promise<boolean>;
}

/** Makes the compaction of one account object. */
export function createCompaction({ owner, store, deleteAll, copy, now }: CompactionTools): Compaction {
  /** What is on its way out, as far as this instance has brought it. */
  let outgoing: { readonly since: number; readonly parts: Iterator<Uint8Array<ArrayBuffer>>; sent: number } | null = null;

  const hasTable = (name: string): boolean => store.run("SELECT 1 FROM sqlite_master WHERE name = ?", name).length > 0;

  function current(): Relocation | null {
    if (!hasTable(TABLE)) return null;
    return relocationSchema.parse(JSON.parse(textOf(store.run(`SELECT value FROM ${TABLE}`)[0], "value")));
  }

  function write(move: Relocation): void {
    store.run(`CREATE TABLE IF NOT EXISTS ${TABLE} (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL)`);
    store.run(`INSERT OR REPLACE INTO ${TABLE} (id, value) VALUES (1, ?)`, JSON.stringify(move));
  }

  function end({ before }: Relocation, failed: boolean): void {
    store.run(`DROP TABLE ${TABLE}`);
    const last = { finishedAt: now(), before, after: store.size(), failed };
    saveRecord(store, { ...loadRecord(store), compaction: { wantedSince: null, last } });
  }

  function beginWayBack({ since, before, parts }: Pick<Relocation, "since" | "before" | "parts">): void {
    store.transaction(() => write({ phase: "back", since, before, parts, next: 0 }));
  }

  const isEmpty = (): boolean => !hasTable(LAST) && !hasTable(TABLE);

  async function adopt(): Promise<void> {
    if (!isEmpty()) return;
    const found = await copy().status();
    if (found?.isWhole) beginWayBack(found);
  }

  /** One part; behind the last the file goes. Nothing was written since it began, so that another copy would be the same. */
  async function goOut({ since, before }: Relocation): Promise<void> {
    const found = outgoing?.since === since ? null : await copy().status();
    let parts = found?.parts ?? 0;
    if (found?.since !== since || !found.isWhole) {
      if (outgoing?.since !== since) {
        await copy().begin({ owner, since, before });
        outgoing = { since, parts: dump(store, TABLE, LAST), sent: 0 };
      }
      const part = outgoing.parts.next();
      if (!part.done) {
        await copy().append(outgoing.sent, part.value);
        outgoing.sent += 1;
        return;
      }
      parts = outgoing.sent;
      await copy().seal(parts);
    }
    outgoing = null;
    await deleteAll();
    beginWayBack({ since, before, parts });
  }

  /** One part, or the end. */
  async function comeBack(move: Relocation): Promise<void> {
    if (move.next === move.parts) {
      store.transaction(() => end(move, false));
      // What cannot be forgotten now it forgets by itself.
      await copy()
        .clear(move.since)
        .catch(() => undefined);
      return;
    }
    const part = await copy().read(move.next);
    // Better an account that takes nothing than one that takes a part of itself for the whole.
    if (part === null) throw new Error("a part of the copy is missing");
    store.transaction(() => {
      restore(store, part);
      write({ ...move, next: move.next + 1 });
    });
  }

  return {
    current,
    isEmpty,
    adopt,
    canBegin: () =>
      copy()
        .status()
        .then(
          () => true,
          () => false,
        ),
    begin: () => store.transaction(() => write({ phase: "out", since: now(), before: store.size(), parts: 0, next: 0 })),
    run: async (deadline) => {
      await adopt();
      for (let move = current(); move !== null && now() < deadline; move = current()) {
        if (move.phase === "back") {
          await comeBack(move);
          continue;
        }
        try {
          await goOut(move);
        } catch (error) {
          outgoing = null;
          // As long as the file is there the account can do without a new one.
          if (now() - move.since < PATIENCE || current()?.phase !== "out") throw error;
          store.transaction(() => end(move, true));
        }
      }
      return current() === null;
    },
  };
}
