/**
 * Finds events in the record of sealed batches. How far a batch moved the cursor of a source says which webhooks are in it, so that the index of
 * no other batch is read. What the cursors do not lead to is found by the lists of late events, or by its time.
 */
import * as z from "zod";
import { type Movements, movementsSchema } from "../outbox/movements.ts";
import { dayOf, SOON, tablesIn } from "../outbox/outbox.ts";
import type { Ended } from "../outbox/trail.ts";
import { numberOf, type Row, type Store, textOf } from "../state/store.ts";
import { valuesOf } from "../state/tables.ts";
import { type SealedIn, sealedIn, trailOf } from "./sealed.ts";

const DAY = 86_400_000;

/** How far the clocks of Worker and object may differ, milliseconds. */
const SKEW = 5_000;

/** Rows in one query that reads the index of batches that are surely wanted, that may be wanted, and of the latter in one search. */
const AT_ONCE = 16;
const FEW_AT_ONCE = 4;
const MOST_ROWS = 600;

/** Rows in one query that reads what is told of batches beside their index, at first and at most, and in one search. */
const FIRST_HEADS = 8;
const MOST_HEADS_AT_ONCE = 128;
const MOST_HEADS = 2_000;

/** A webhook whose events are looked for. */
export interface Wanted {
  readonly source: string;
  readonly seq: number;
  /** When it was received or replayed, milliseconds since 1970, by the clock of the Worker; and when it was stored, by the object's, if that is known. */
  readonly since: number;
  readonly keptAt: number | undefined;
  readonly ids: readonly string[];
}

/** What was found, by the sequence number of the webhook. */
export interface Record {
  readonly sealed: ReadonlyMap<number, readonly SealedIn[]>;
  readonly ended: ReadonlyMap<number, readonly Ended[]>;
}

/** What is read of a batch before its index is. */
interface Head {
  readonly table: string;
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly sealedAt: number;
  /** Webhooks with events that were sealed late, or that ended without calls before this batch. */
  readonly late: readonly number[];
  /** How far it moved the cursors of sources. */
  readonly cursors: Movements["cursors"];
}

/** Looks for the events of these webhooks. */
export function findSealed(store: Store, wanted: readonly Wanted[]): Record {
  const sealed = new Map<number, SealedIn[]>();
  const ended = new Map<number, Ended[]>();
  if (wanted.length === 0) return { sealed, ended };
  const seqs = new Set(wanted.map(({ seq }) => seq));
  const known = new Set<number>();
  const isFound = ({ seq, ids }: Wanted): boolean => {
    const found = new Set([
      ...(sealed.get(seq) ?? []).map(({ event }) => event.id),
      ...(ended.get(seq) ?? []).map(({ id }) => id),
    ]);
    return ids.every((id) => found.has(id));
  };
  const take = (heads: Iterable<Pick<Head, "table" | "id">>): void => {
    const unknown = [...heads].filter(({ id }) => !known.has(id));
    for (const [table, those] of Map.groupBy(unknown, (head) => head.table))
      for (let from = 0; from < those.length; from += AT_ONCE) {
        const ids = JSON.stringify(those.slice(from, from + AT_ONCE).map(({ id }) => id));
        const rows = store.run(
          `SELECT id, sealed_at, trail, events FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
          ids,
        );
        for (const row of rows) {
          const trail = trailOf(row);
          known.add(numberOf(row, "id"));
          for (const one of sealedIn(row, (seq) => typeof seq === "number" && seqs.has(seq), trail.waited))
            push(sealed, one.event.seq, one);
          for (const line of trail.ended) if (seqs.has(line.seq)) push(ended, line.seq, line);
        }
      }
  };

  const tables = tablesIn(store);
  const ordered = wanted.toSorted((one, other) => startOf(one) - startOf(other));
  const first = createWalk(store, tables);
  take(new Set(ordered.flatMap((one) => (isFound(one) ? [] : batchesOf(one, first.between(startOf(one), endOf(one)))))));

  const missing = ordered.filter((one) => !isFound(one)).toSorted((one, other) => one.since - other.since);
  if (missing.length === 0) return { sealed, ended };
  const second = createWalk(store, tables);
  for (const one of missing) {
    const heads = [...second.between(one.since - SKEW, endOf(one))];
    take(heads.filter(({ late }) => late.includes(one.seq)));
    for (let from = 0; from < heads.length && !isFound(one) && known.size < MOST_ROWS; from += FEW_AT_ONCE)
      take(heads.slice(from, from + FEW_AT_ONCE));
  }

  const last = createWalk(store, tables);
  for (const heads of last.late(Math.min(...missing.filter((one) => !isFound(one)).map(({ since }) => since)) - SKEW)) {
    const missed = new Set(missing.flatMap((one) => (isFound(one) ? [] : [one.seq])));
    if (missed.size === 0) break;
    take(heads.filter(({ late }) => late.some((seq) => missed.has(seq))).slice(0, MOST_ROWS));
  }
  return { sealed, ended };
}

/** From which time on a webhook can be in a batch, milliseconds since 1970. */
function startOf({ since, keptAt = 0 }: Wanted): number {
  return Math.max(keptAt, since - SKEW);
}

/** Until when its batches are found by time: later ones list it. */
function endOf({ since }: Wanted): number {
  return since + SOON + SKEW;
}

/** The batches that the events of a webhook are in, as far as the cursors tell: the one that finished it, and those before it that began it. */
function batchesOf({ source, seq }: Wanted, heads: Iterable<Head>): readonly Head[] {
  let begun: Head[] = [];
  let before = -1;
  for (const head of heads) {
    const cursor = head.cursors.get(source);
    if (cursor === undefined) continue;
    if (cursor.seq >= seq) return [...begun, head];
    if (cursor.seq > before) begun = [];
    before = cursor.seq;
    if (cursor.events > 0) begun.push(head);
  }
  return begun;
}

/** Reads batches in their order, without their indexes. */
interface Walk {
  /** Those that were sealed in a time, and perhaps some before it. Ask in the order of the beginnings: what was read for one is not read for the next. */
  between(from: number, to: number): Generator<Head>;
  /** All from a time on that list late events, in portions. */
  late(from: number): Generator<readonly Head[]>;
}

/** Batches of one table that were read so far. */
interface Stretch {
  readonly heads: Head[];
  /** The number to go on with; `null` after the last. */
  next: number | null;
}

function createWalk(store: Store, tables: readonly string[]): Walk {
  const stretches = new Map<string, Stretch>();
  let read = 0;

  function more(table: string, stretch: Stretch): boolean {
    if (stretch.next === null || read >= MOST_HEADS) return false;
    const limit = Math.min(MOST_HEADS_AT_ONCE, Math.max(FIRST_HEADS, stretch.heads.length));
    const heads = store
      .run(
        `SELECT id, sealed_at, late, movements ->> '$.cursors' AS cursors FROM ${table} WHERE id >= ? ORDER BY id LIMIT ?`,
        stretch.next,
        limit,
      )
      .map((row) => headOf(table, row));
    stretch.heads.push(...heads);
    const last = heads.at(-1);
    stretch.next = last === undefined || heads.length < limit ? null : last.id + 1;
    read += heads.length;
    return heads.length > 0;
  }

  function stretchFrom(table: string, time: number): Stretch {
    const known = stretches.get(table);
    const reaches = ({ next, heads }: Stretch): boolean => next === null || (heads.at(-1)?.sealedAt ?? 0) >= time;
    // The next rows are read sooner than a place is searched.
    if (known !== undefined && (reaches(known) || (more(table, known) && reaches(known)))) return known;
    const stretch = { heads: [], next: firstAt(store, table, time) };
    stretches.set(table, stretch);
    return stretch;
  }

  return {
    *between(from, to) {
      for (const table of tables) {
        if ((dayOf(table) + 1) * DAY <= from || dayOf(table) * DAY - SKEW > to) continue;
        const stretch = stretchFrom(table, from);
        for (let place = 0; place < stretch.heads.length || more(table, stretch); place += 1) {
          const head = stretch.heads[place];
          if (head === undefined || head.sealedAt > to) break;
          yield head;
        }
      }
    },
    *late(from) {
      for (const table of tables) {
        if ((dayOf(table) + 1) * DAY <= from) continue;
        let next: number | null = firstAt(store, table, from);
        while (next !== null) {
          const rows: readonly Row[] = store.run(
            `SELECT id, sealed_at, late, NULL AS cursors FROM ${table} WHERE id >= ? AND late IS NOT NULL ORDER BY id LIMIT ?`,
            next,
            MOST_HEADS_AT_ONCE,
          );
          yield rows.map((row) => headOf(table, row));
          const last = rows.at(-1);
          next = last === undefined || rows.length < MOST_HEADS_AT_ONCE ? null : numberOf(last, "id") + 1;
        }
      }
    },
  };
}

const numbersSchema = z.array(z.number());

function headOf(table: string, row: Row): Head {
  const { late, cursors } = row;
  return {
    table,
    id: numberOf(row, "id"),
    sealedAt: numberOf(row, "sealed_at"),
    late: typeof late === "string" ? numbersSchema.parse(JSON.parse(late)) : [],
    cursors: new Map(typeof cursors === "string" ? movementsSchema.shape.cursors.parse(JSON.parse(textOf(row, "cursors"))) : []),
  };
}

/** The number of a table's first batch that was sealed at a time or later, or one after its last. Searched from the end: the newest are asked for most. */
function firstAt(store: Store, table: string, time: number): number {
  // Two expressions: of one with both SQLite makes a scan.
  const [first, last] = valuesOf(store, [`(SELECT min(id) FROM ${table})`, `(SELECT max(id) FROM ${table})`]);
  if (typeof first !== "number" || typeof last !== "number") return 0;
  /** The first number after a batch at or behind `id` that is older; `null` if none is. */
  const afterOlder = (id: number): number | null => {
    const row = store.run(`SELECT id, sealed_at FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`, id)[0];
    return row === undefined || numberOf(row, "sealed_at") >= time ? null : numberOf(row, "id") + 1;
  };
  let [low, high] = [first, last + 1];
  for (let step = 1; high - step > low; step *= 2) {
    const after = afterOlder(high - step);
    if (after === null) high -= step;
    else low = after;
    if (after !== null) break;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const after = afterOlder(middle);
    if (after === null) high = middle;
    else low = after;
  }
  return low;
}

function push<Value>(map: Map<number, Value[]>, key: number, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
