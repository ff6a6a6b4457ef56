/**
 * The account's state: cursors, open batches, delivery and ledger. One row, one owner.
 */
import * as z from "zod";
import type { Cursors } from "../inbox/inbox.ts";
import { type DeliveryState, INITIAL_DELIVERY, type Quarantine } from "../outbox/delivery.ts";
import {
  type Attempt,
  attemptsSchema,
  NO_TRAIL,
  type Standstill,
  standstillSchema,
  type Trail,
  trailSchema,
} from "../outbox/trail.ts";
import { countsSchema, type Ledger } from "./ledger.ts";
import { type Store, textOf } from "./store.ts";

/** An object by source as a Map: a source may be named "constructor". */
function mapOf<Value extends z.ZodType>(value: Value) {
  return z
    .record(z.string(), value)
    .default({})
    .transform((entries): ReadonlyMap<string, z.output<Value>> => new Map(Object.entries(entries)));
}

const quarantine = z.object({
  events: z.number(),
  limit: z.number(),
  head: z.string().nullable(),
  done: z.number(),
  callLimit: z.number(),
  refusedBy: z.number().nullable(),
  notBefore: z.number(),
  failures: z.number(),
  heldSince: z.number().nullable().default(null),
}) satisfies z.ZodType<Quarantine>;

/** Everything that delivery remembers, as it is stored. */
export const deliverySchema = z.object({
  failures: z.number(),
  notBefore: z.number(),
  answers: z.number(),
  accepted: z.object({ answer: z.number(), at: z.number(), key: z.string() }).nullable(),
  /** The sources in quarantine. */
  suspicions: mapOf(quarantine),
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
});

const delivery = deliverySchema.transform(({ suspicions, ...rest }) => ({
  ...rest,
  quarantined: suspicions,
})) satisfies z.ZodType<DeliveryState>;

/** The state of an account's compactions, as it is stored and as the API answers it. */
export const compactionSchema = z.object({
  /** When the next one was requested, milliseconds since 1970; `null` if none is. */
  wantedSince: z.number().nullable(),
  /** Bytes of the database before and after. If it failed, the database was not moved. */
  last: z.object({ finishedAt: z.number(), before: z.number(), after: z.number(), failed: z.boolean() }).nullable(),
});

/** The state of an account's compactions. */
export type CompactionStatus = z.output<typeof compactionSchema>;

const schema = z.object({
  /** The account's id: an object does not know its own name. */
  account: z.string().nullable().default(null),
  cursors: mapOf(z.object({ seq: z.number(), events: z.number() })),
  delivery: delivery.default({ ...INITIAL_DELIVERY, probing: null }),
  /** The round that was started: the last webhook of each source, and, after a crash, the webhook that is tried. */
  attempting: z
    .object({ through: mapOf(z.number()), at: z.object({ source: z.string(), seq: z.number(), tries: z.number() }).nullable() })
    .nullable()
    .default(null),
  ledger: mapOf(countsSchema),
  outbox: z
    .object({
      /** The last batch whose movements this row includes. */
      last: z.number(),
      /** Batches with unsent events, oldest first; per source, how many of its events are finished. */
      open: z.array(z.object({ id: z.number(), passed: mapOf(z.number()), attempts: attemptsSchema.default([]) })),
      /** What the next batch's row takes along. */
      trail: trailSchema.default(NO_TRAIL),
      /** The last time in which nothing could be delivered. */
      standstill: standstillSchema.nullable().default(null),
    })
    .default({ last: 0, open: [], trail: NO_TRAIL, standstill: null }),
  compaction: compactionSchema.default({ wantedSince: null, last: null }),
});

/** A batch with unsent events. */
export interface OpenBatch {
  readonly id: number;
  /** How many of its events are finished, by source. */
  readonly passed: ReadonlyMap<string, number>;
  /** How its events were sent so far. */
  readonly attempts: readonly Attempt[];
}

/** The state of an account, as one value. */
export interface AccountRecord {
  readonly account: string | null;
  /** How far each source's inbox is translated. */
  readonly cursors: Cursors;
  readonly delivery: DeliveryState;
  readonly attempting: z.output<typeof schema>["attempting"];
  readonly ledger: Ledger;
  readonly outbox: {
    readonly last: number;
    readonly open: readonly OpenBatch[];
    readonly trail: Trail;
    readonly standstill: Standstill | null;
  };
  readonly compaction: CompactionStatus;
}

/** The owner of the state. Memory and database never differ: memory changes when the transaction is committed. */
export interface State {
  current(): AccountRecord;
  /** Changes the state, in one transaction with all writes of `change`: one billed row. Must not run inside another transaction. */
  update(change: (record: AccountRecord) => AccountRecord): AccountRecord;
  /**
   * Changes the state without writing its row, in one transaction with all writes of `change`, which writes a batch. The batch's row holds
   * the movements until the next `update`.
   */
  seal(change: (record: AccountRecord) => AccountRecord): AccountRecord;
}

/**
 * Opens the state.
 * @param replay applies the movements of batches that were sealed after the row was written
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
  const { quarantined, ...rest } = record.delivery;
  const stored = { ...record, delivery: { ...rest, suspicions: quarantined } };
  const value = JSON.stringify(stored, (_, part: unknown) => (part instanceof Map ? Object.fromEntries(part) : part));
  store.run("INSERT INTO state (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value", value);
}
