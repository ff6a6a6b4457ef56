/**
 * What an object that wakes must know to keep a webhook: whose it is, and which sequence numbers are used up. State and outbox are opened later.
 */
import * as z from "zod";
import { numberOf, type Store, textOf } from "./state/store.ts";
import type { Tables } from "./state/tables.ts";

const cursor = z.object({ seq: z.number() });

/** The part of the state's row that is needed. */
const stateSchema = z.object({
  account: z.string().nullable().default(null),
  cursors: z.record(z.string(), cursor).default({}),
  outbox: z.object({ last: z.number() }).default({ last: 0 }),
});

/** The part of a batch's movements that is needed. */
const movementsSchema = z.object({ cursors: z.array(z.tuple([z.string(), cursor])) });

/** What an object that wakes must know. */
export interface Known {
  /** The account's id; `null` in a new database. */
  readonly account: string | null;
  /** The highest sequence number at which a source's inbox is finished: its rows may be gone. */
  readonly finished: number;
}

/** Reads it. */
export function readKnown(store: Store, tables: Tables): Known {
  const row = store.run("SELECT value FROM state WHERE id = 1")[0];
  const { account, cursors, outbox } = stateSchema.parse(row === undefined ? {} : JSON.parse(textOf(row, "value")));
  const moved = movementsAfter(store, tables, outbox.last).flatMap((movements) => movements.cursors.map(([, { seq }]) => seq));
  return { account, finished: Math.max(0, ...Object.values(cursors).map(({ seq }) => seq), ...moved) };
}

/** The movements of batches that were sealed after the state's row was written: batches go on in the newest table. */
function movementsAfter(store: Store, tables: Tables, last: number): readonly z.output<typeof movementsSchema>[] {
  const days = [...tables.keys()].flatMap((name) => /^outbox_(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const found: z.output<typeof movementsSchema>[] = [];
  for (const day of days.sort((one, other) => other - one)) {
    const rows = store.run(`SELECT id, movements FROM outbox_${day} WHERE id > ? ORDER BY id`, last);
    found.push(...rows.map((row) => movementsSchema.parse(JSON.parse(textOf(row, "movements")))));
    // An older table can have one only if all of this table's are.
    if (rows[0] === undefined || numberOf(rows[0], "id") === last + 1) break;
  }
  return found;
}
