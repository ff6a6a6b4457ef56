/**
 * What came and what left, minute by minute: counted from what is kept anyway, so that it costs no row and outlives the object's memory. Minutes
 * that are over are counted once.
 */
import * as z from "zod";
import type { AccountModules } from "../modules.ts";
import { defineOperation, done } from "../operation.ts";
import { tablesIn } from "../outbox/outbox.ts";
import { numberOf, type Row, type Store } from "../state/store.ts";
import { firstSince, logTables } from "./log.ts";

/** Milliseconds of a minute. */
const MINUTE = 60_000;

/** Minutes that are shown. */
const SHOWN = 60;

/** Minutes until one is surely over: what was received in it is also written. */
const SETTLED = 2;

/** Sequence numbers, batches and dead letters that one look counts at most, from the newest on. */
const MOST_WEBHOOKS = 20_000;
const MOST_BATCHES = 5_000;
const MOST_DEAD = 5_000;

const minuteSchema = () =>
  z.object({
    /** When it began, milliseconds since 1970. */
    at: z.number(),
    /** Events that were kept, known already, and ignored by their type, by when they arrived. */
    kept: z.number(),
    duplicate: z.number(),
    ignored: z.number(),
    /** Events that were sealed into batches, and that became dead letters. */
    sealed: z.number(),
    dead: z.number(),
  });

/** A minute. */
export type Minute = z.output<ReturnType<typeof minuteSchema>>;

/** What came and what left in the last hour, minute by minute. */
export const listMinutes = defineOperation({
  method: "GET",
  path: "/minutes",
  summary:
    "Counts, for each minute of the last hour, the events that came, by outcome, and those that left. In a very busy hour only its end is counted.",
  input: z.strictObject({}),
  output: () => z.object({ minutes: z.array(minuteSchema()) }),
  refusals: {},
  run: ({ account }) => done({ minutes: minutesOf(account) }),
});

type Counts = Omit<Minute, "at">;

/** Minutes that are over, of the account with this store. */
const known = new WeakMap<Store, Map<number, Counts>>();

function minutesOf({ store, now }: Pick<AccountModules, "store" | "now">): readonly Minute[] {
  const current = Math.floor(now() / MINUTE);
  const first = current - SHOWN + 1;
  const over = known.get(store) ?? new Map<number, Counts>();
  known.set(store, over);
  let open = first;
  while (open <= current && over.has(open)) open += 1;
  const counted = countSince(store, open);
  for (const minute of over.keys()) if (minute < first) over.delete(minute);
  const none: Counts = { kept: 0, duplicate: 0, ignored: 0, sealed: 0, dead: 0 };
  return Array.from({ length: SHOWN }, (_, index) => {
    const minute = first + index;
    const counts = over.get(minute) ?? counted.get(minute) ?? none;
    if (minute < current - SETTLED) over.set(minute, counts);
    return { at: minute * MINUTE, ...counts };
  });
}

/** The counts of the minutes from this one on. */
function countSince(store: Store, minute: number): ReadonlyMap<number, Counts> {
  const since = minute * MINUTE;
  const found = new Map<number, Counts>();
  const add = (rows: readonly Row[]): void => {
    for (const row of rows) {
      const at = numberOf(row, "minute");
      if (at < minute) continue;
      const before = found.get(at);
      const sumOf = (name: keyof Counts): number => (before?.[name] ?? 0) + (name in row ? numberOf(row, name) : 0);
      found.set(at, {
        ...{ kept: sumOf("kept"), duplicate: sumOf("duplicate"), ignored: sumOf("ignored") },
        ...{ sealed: sumOf("sealed"), dead: sumOf("dead") },
      });
    }
  };
  const tables = logTables(store);
  const top = Math.max(0, ...tables.map(({ last }) => last));
  for (const table of tables) {
    const from = Math.max(top - MOST_WEBHOOKS, firstSince(store, table, since));
    if (from > table.last) continue;
    // What an operator put back did not come from a vendor.
    const sums =
      "coalesce(sum(events), 0) AS kept, coalesce(sum(duplicates), 0) AS duplicate, coalesce(sum(ignored), 0) AS ignored";
    add(
      store.run(
        `SELECT CAST(envelope ->> '$.receivedAt' AS INTEGER) / ${MINUTE} AS minute, ${sums} FROM "${table.name}"
          WHERE seq >= ? AND envelope IS NOT NULL AND envelope ->> '$.replayedAt' IS NULL GROUP BY minute`,
        from,
      ),
    );
  }
  for (const table of tablesIn(store).slice(-2))
    add(
      store.run(
        `SELECT sealed_at / ${MINUTE} AS minute, sum(json_array_length(events)) AS sealed
          FROM (SELECT sealed_at, events FROM ${table} ORDER BY id DESC LIMIT ${MOST_BATCHES}) WHERE sealed_at >= ? GROUP BY minute`,
        since,
      ),
    );
  add(
    store.run(
      `SELECT died_at / ${MINUTE} AS minute, count(*) AS dead
        FROM (SELECT died_at FROM dead ORDER BY id DESC LIMIT ${MOST_DEAD}) WHERE died_at >= ? GROUP BY minute`,
      since,
    ),
  );
  return found;
}
