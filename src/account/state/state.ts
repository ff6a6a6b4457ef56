/**
 * The account's state: cursors, open batches, delivery and ledger. One row, one owner.
 */
import * as z from "zod";
import type { Cursors } from "../inbox/inbox.ts";
import { type DeliveryState, INITIAL_DELIVERY, type Suspicion } from "../outbox/delivery.ts";
import { countsSchema, type Ledger } from "./ledger.ts";
import { type Store, textOf } from "./store.ts";

/** Objects by a source's name as a Map, since a source may be called "constructor". */
function mapOf<Value extends z.ZodType>(value: Value) {
  return z
    .record(z.string(), value)
    .default({})
    .transform((entries): ReadonlyMap<string, z.output<Value>> => new Map(Object.entries(entries)));
}

const suspicion = z.object({
  events: z.number(),
  limit: z.number(),
  head: z.string().nullable(),
  done: z.number(),
  callLimit: z.number(),
  refusedBy: z.number().nullable(),
  notBefore: z.number(),
  failures: z.number(),
  heldSince: z.number().nullable().default(null),
}) satisfies z.ZodType<Suspicion>;

const delivery = z.object({
  failures: z.number(),
  notBefore: z.number(),
  answers: z.number(),
  accepted: z.object({ answer: z.number(), at: z.number(), key: z.string() }).nullable(),
  suspicions: mapOf(suspicion),
  loneRefusals: z.number(),
  probing: z
    .object({
      kind: z.literal("batch"),
      lanes: z.array(z.object({ source: z.string(), head: z.string(), events: z.number(), calls: z.number() })),
    })
    .nullable(),
  vouched: z.boolean(),
  hold: z.object({ reason: z.enum(["no_key", "key_refused", "everything_refused"]), since: z.number() }).nullable(),
  heldKey: z.string().nullable(),
  turn: z.string(),
}) satisfies z.ZodType<DeliveryState>;

const compaction = z.object({
  /** When the next one was asked for, milliseconds since 1970; `null` when none is. */
  wantedSince: z.number().nullable(),
  /** Bytes of the database before and after. Where it failed the database stayed where it was. */
  last: z.object({ finishedAt: z.number(), before: z.number(), after: z.number(), failed: z.boolean() }).nullable(),
});

/** What is known of an account's compactions. */
export type CompactionStatus = z.output<typeof compaction>;

const schema = z.object({
  /** The account's name: an object is not told its own. */
  account: z.string().nullable().default(null),
  cursors: mapOf(z.object({ seq: z.number(), events: z.number() })),
  delivery: delivery.default({ ...INITIAL_DELIVERY, probing: null }),
  /** What was about to be mapped: the last webhook of each source, and, once one is sought that ended the object, that one. */
  attempting: z
    .object({ through: mapOf(z.number()), at: z.object({ source: z.string(), seq: z.number(), tries: z.number() }).nullable() })
    .nullable()
    .default(null),
  ledger: mapOf(countsSchema),
  outbox: z
    .object({
      /** The last batch whose movements this row holds. */
      last: z.number(),
      /** Batches of which something is unsent, oldest first; per source, how many of its events have left. */
      open: z.array(z.object({ id: z.number(), passed: mapOf(z.number()) })),
    })
    .default({ last: 0, open: [] }),
  compaction: compaction.default({ wantedSince: null, last: null }),
});

/** A batch that has not left wholly. */
export interface OpenBatch {
  readonly id: number;
  /** How many of its events have left, by source. */
  readonly passed: ReadonlyMap<string, number>;
}

/** Everything of an account that is not a row of its own. */
export interface AccountRecord {
  readonly account: string | null;
  /** How far each source's inbox is translated. */
  readonly cursors: Cursors;
  readonly delivery: DeliveryState;
  readonly attempting: z.output<typeof schema>["attempting"];
  readonly ledger: Ledger;
  readonly outbox: { readonly last: number; readonly open: readonly OpenBatch[] };
  readonly compaction: CompactionStatus;
}

/** The state of one account. Memory and database never differ: a change counts once its transaction is committed. */
export interface State {
  current(): AccountRecord;
  /** Changes the state, in one transaction with everything that `change` writes: one billed row. Never inside another transaction. */
  update(change: (record: AccountRecord) => AccountRecord): AccountRecord;
  /**
   * Changes the state without writing its row, in one transaction with what `change` writes: the row of the batch that it writes says what
   * changed, until `update` is called next.
   */
  seal(change: (record: AccountRecord) => AccountRecord): AccountRecord;
}

/**
 * Opens the state.
 * @param replay what batches changed after the row was written last
 */
export function openState(store: Store, replay: (record: AccountRecord) => AccountRecord): State {
  let record = replay(loadRecord(store));
  const commit = (change: () => AccountRecord): AccountRecord => {
    record = store.transaction(change);
    return record;
  };
  return {
    current: () => record,
    update: (change) =>
      commit(() => {
        const next = change(record);
        if (next !== record) saveRecord(store, next);
        return next;
      }),
    seal: (change) => commit(() => change(record)),
  };
}

/** Reads the row. Fields that an older release did not write have defaults. */
export function loadRecord(store: Store): AccountRecord {
  const row = store.run("SELECT value FROM state WHERE id = 1")[0];
  return schema.parse(row === undefined ? {} : JSON.parse(textOf(row, "value")));
}

/** Writes the row: one billed row. */
export function saveRecord(store: Store, record: AccountRecord): void {
  const value = JSON.stringify(record, (_, part: unknown) => (part instanceof Map ? Object.fromEntries(part) : part));
  store.run("INSERT INTO state (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value", value);
}
