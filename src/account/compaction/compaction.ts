/**
 * Compaction: moves the database into a new file. Deleted bytes stay in a SQLite file until the space is reused, and the platform allows neither
 * `VACUUM` nor `secure_delete`; only `deleteAll()` removes the file. So all rows are copied into another object, the file is deleted, and the
 * rows are copied back. Until then the account answers 503 and vendors retry.
 *
 * It may be interrupted at any moment. After `deleteAll()` the database looks like that of a new account, so the copy is asked before a new
 * database is used.
 */
import * as z from "zod";
import { loadRecord, saveRecord } from "../state/state.ts";
import { type Store, textOf } from "../state/store.ts";
import type { Tables } from "../state/tables.ts";
import type { Copy } from "./copy.ts";
import { dump, restore } from "./dump.ts";

/** The table with one row that marks a compaction under way. */
const TABLE = "moving";

/** The table that every complete database has. */
const LAST = "meta";

/** Milliseconds after which a compaction that cannot copy is given up. */
const PATIENCE = 15 * 60_000;

const relocationSchema = z.object({
  /** Copying out, or back. */
  phase: z.enum(["out", "back"]),
  /** Milliseconds since 1970. */
  since: z.number(),
  /** Bytes of the old file. */
  before: z.number(),
  /** When copying back: the number of parts, and how many are restored. */
  parts: z.number(),
  next: z.number(),
});

/** A compaction under way. */
export type Relocation = z.output<typeof relocationSchema>;

/** What a compaction works on. */
export interface CompactionTools {
  /** The id of the account object. */
  readonly owner: string;
  readonly store: Store;
  /** Deletes the file with all content. */
  readonly deleteAll: () => Promise<void>;
  readonly copy: () => Copy;
  readonly now: () => number;
}

/** The compaction of one account. */
export interface Compaction {
  /** Whether a database with these tables is complete, and stays where it is. */
  isInPlace(tables: Tables): boolean;
  /** The compaction under way; `null` if the database is in place. */
  current(): Relocation | null;
  /** Continues a compaction that left the database empty. Rejects if the copy cannot be asked. */
  adopt(): Promise<void>;
  /** Whether the copy can be reached. */
  canBegin(): Promise<boolean>;
  /** Begins a compaction. Nothing may be written until it ends. */
  begin(): void;
  /** Works until `deadline`. @returns whether the database is in place. Rejects if the copy cannot be reached: try again */
  run(deadline: number): Promise<boolean>;
}

/** Makes the compaction of one account object. */
export function createCompaction({ owner, store, deleteAll, copy, now }: CompactionTools): Compaction {
  /** The parts that this instance has copied out. */
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

  async function adopt(): Promise<void> {
    // Empty: a new account, or one that is being compacted.
    if (hasTable(LAST) || hasTable(TABLE)) return;
    const found = await copy().status();
    if (found?.isWhole) beginWayBack(found);
  }

  /** Copies one part out; after the last, deletes the file. Nothing was written since it began, so another copy would be equal. */
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

  /** Restores one part, or ends. */
  async function comeBack(move: Relocation): Promise<void> {
    if (move.next === move.parts) {
      store.transaction(() => end(move, false));
      // If this fails, the copy deletes itself later.
      await copy()
        .clear(move.since)
        .catch(() => undefined);
      return;
    }
    const part = await copy().read(move.next);
    // Better an account that accepts nothing than one that lost a part of its data.
    if (part === null) throw new Error("a part of the copy is missing");
    store.transaction(() => {
      restore(store, part);
      write({ ...move, next: move.next + 1 });
    });
  }

  return {
    isInPlace: (tables) => tables.has(LAST) && !tables.has(TABLE),
    current,
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
          // The old file is complete: the account can go on with it.
          if (now() - move.since < PATIENCE || current()?.phase !== "out") throw error;
          store.transaction(() => end(move, true));
        }
      }
      return current() === null;
    },
  };
}
