/**
 * What came and what left, minute by minute: counted from what is kept anyway, so that it costs no row and outlives the object's memory. What was
 * counted once is remembered: a further look reads only what is new.
 */
import * as z from "zod";
import type { AccountModules } from "../modules.ts";
import { defineOperation, done } from "../operation.ts";
import { tablesIn } from "../outbox/outbox.ts";
import { numberOf, type Row, type Store } from "../state/store.ts";
import { firstSince, logTables } from "./log.ts";

/** Milliseconds of a minute. */
const MINUTE = 60_000;

const DAY = 86_400_000;

/** Minutes that are shown. */
const SHOWN = 60;

/** Sequence numbers, batches and dead letters that the first look counts at most, from the newest on. */
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

const NOTHING: Counts = { kept: 0, duplicate: 0, ignored: 0, sealed: 0, dead: 0 };

/** What was counted so far. */
interface Tally {
  readonly minutes: Map<number, Counts>;
  /** The last webhook, batch and dead letter that were counted. */
  webhook: number;
  batch: number;
  letter: number;
}

/** By the modules of an account, which are new ones when it is removed and added again. */
const tallies = new WeakMap<object, Tally>();

function minutesOf(account: Pick<AccountModules, "store" | "now">): readonly Minute[] {
  const { store, now } = account;
  const current = Math.floor(now() / MINUTE);
  const first = current - SHOWN + 1;
  const tally = tallies.get(account) ?? { minutes: new Map(), webhook: 0, batch: 0, letter: 0 };
  tallies.set(account, tally);
  for (const minute of tally.minutes.keys()) if (minute < first) tally.minutes.delete(minute);
  countNew(store, tally, first);
  return Array.from({ length: SHOWN }, (_, index) => ({
    at: (first + index) * MINUTE,
    ...(tally.minutes.get(first + index) ?? NOTHING),
  }));
}

/** Counts what is new. @param first the first minute that counts */
function countNew(store: Store, tally: Tally, first: number): void {
  const since = first * MINUTE;
  const add = (rows: readonly Row[]): void => {
    for (const row of rows) {
      const minute = numberOf(row, "minute");
      if (minute < first) continue;
      const before = tally.minutes.get(minute) ?? NOTHING;
      const sumOf = (name: keyof Counts): number => before[name] + (name in row ? numberOf(row, name) : 0);
      tally.minutes.set(minute, {
        ...{ kept: sumOf("kept"), duplicate: sumOf("duplicate"), ignored: sumOf("ignored") },
        ...{ sealed: sumOf("sealed"), dead: sumOf("dead") },
      });
    }
  };

  const tables = logTables(store).filter(({ day, last }) => last > tally.webhook && (day + 1) * DAY > since);
  const top = Math.max(tally.webhook, ...tables.map(({ last }) => last));
  for (const table of tables) {
    const from = Math.max(tally.webhook + 1, top - MOST_WEBHOOKS, tally.webhook === 0 ? firstSince(store, table, since) : 0);
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
  tally.webhook = top;

  const batches = tablesIn(store)
    .slice(-2)
    .flatMap((table) =>
      store.run(
        `SELECT sealed_at / ${MINUTE} AS minute, sum(json_array_length(events)) AS sealed, max(id) AS last
          FROM (SELECT id, sealed_at, events FROM ${table} WHERE id > ? ORDER BY id DESC LIMIT ${MOST_BATCHES}) WHERE sealed_at >= ?
          GROUP BY minute`,
        tally.batch,
        since,
      ),
    );
  add(batches);
  tally.batch = Math.max(tally.batch, ...batches.map((row) => numberOf(row, "last")));

  const letters = store.run(
    `SELECT died_at / ${MINUTE} AS minute, count(*) AS dead, max(id) AS last
      FROM (SELECT id, died_at FROM dead WHERE id > ? ORDER BY id DESC LIMIT ${MOST_DEAD}) WHERE died_at >= ? GROUP BY minute`,
    tally.letter,
    since,
  );
  add(letters);
  tally.letter = Math.max(tally.letter, ...letters.map((row) => numberOf(row, "last")));
}
