/**
 * Finds events in the record of sealed batches. Most are sealed soon after they were accepted, and are found by that time; the others, and those
 * that ended without calls, are listed in the rows of their batches.
 */
import type { Wait } from "../../translate/result.ts";
import { SOON, tablesIn } from "../outbox/outbox.ts";
import { readWanted, type SealedEvent } from "../outbox/sealed-event.ts";
import { type Ended, type Trail, trailSchema } from "../outbox/trail.ts";
import { numberOf, type Row, type SqlValue, type Store, textOf } from "../state/store.ts";

/** How far the clocks of Worker and object may differ, milliseconds. */
const SKEW = 5_000;

/** Rows in one query, and in one search. */
const AT_ONCE = 4;
const MOST_ROWS = 600;

/** A vendor event in a sealed batch. */
export interface SealedIn {
  readonly batch: number;
  /** Milliseconds since 1970. */
  readonly sealedAt: number;
  readonly event: SealedEvent;
  /** Its place in the batch. */
  readonly index: number;
  /** What it had waited for; `null` if it had not. */
  readonly waited: Wait | null;
}

/** A webhook whose events are looked for. */
export interface Wanted {
  readonly seq: number;
  /** When it was received or replayed, milliseconds since 1970. */
  readonly since: number;
  readonly ids: readonly string[];
}

/** What was found, by the sequence number of the webhook. */
export interface Record {
  readonly sealed: ReadonlyMap<number, readonly SealedIn[]>;
  readonly ended: ReadonlyMap<number, readonly Ended[]>;
}

/** Batches of one table whose index names one of these people, newest first, each with their events. */
export function batchesNaming(
  store: Store,
  table: string,
  below: number,
  names: readonly string[],
  limit: number,
): readonly { readonly batch: number; readonly sealedAt: number; readonly events: readonly SealedIn[] }[] {
  const wanted = new Set<unknown>(names);
  return store
    .run(
      `SELECT id, sealed_at, events FROM ${table} WHERE id < ? AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(events, value) > 0)
        ORDER BY id DESC LIMIT ?`,
      below,
      JSON.stringify(names.map((name) => JSON.stringify(name))),
      limit,
    )
    .map((row) => ({
      batch: numberOf(row, "id"),
      sealedAt: numberOf(row, "sealed_at"),
      events: sealedIn(row, (_, about) => about().some((name) => wanted.has(name))),
    }));
}

/** Sequence numbers of the webhooks with an event that ended so, newest batch first. */
export function seqsEndedAs(store: Store, as: Ended["as"], limit: number): readonly number[] {
  const found: number[] = [];
  for (const table of tablesIn(store).toReversed()) {
    const rows = store.run(
      `SELECT trail FROM ${table} WHERE trail IS NOT NULL AND instr(trail, ?) > 0 ORDER BY id DESC LIMIT ?`,
      `"as":"${as}"`,
      limit,
    );
    for (const row of rows) found.push(...trailOf(row).ended.flatMap((line) => (line.as === as ? [line.seq] : [])));
    if (found.length >= limit) break;
  }
  return found;
}

/** The requests that a finished batch was sent with. They stand in the row of a later batch. */
export function attemptsOf(store: Store, batch: number): Trail["answered"][number]["attempts"] {
  for (const table of tablesIn(store)) {
    const row = store.run(
      `SELECT trail FROM ${table} WHERE id > ? AND trail IS NOT NULL AND instr(trail, ?) > 0 ORDER BY id LIMIT 1`,
      batch,
      `{"batch":${batch},`,
    )[0];
    const found = row && trailOf(row).answered.find((one) => one.batch === batch);
    if (found !== undefined) return found.attempts;
  }
  return [];
}

/** Looks for the events of these webhooks. */
export function findSealed(store: Store, wanted: readonly Wanted[]): Record {
  const sealed = new Map<number, SealedIn[]>();
  const ended = new Map<number, Ended[]>();
  const seqs = new Set(wanted.map(({ seq }) => seq));
  const known = new Set<number>();
  const take = (rows: readonly Row[]): void => {
    for (const row of rows) {
      const id = numberOf(row, "id");
      if (known.has(id)) continue;
      known.add(id);
      for (const one of sealedIn(row, (seq) => typeof seq === "number" && seqs.has(seq))) push(sealed, one.event.seq, one);
      for (const line of trailOf(row).ended) if (seqs.has(line.seq)) push(ended, line.seq, line);
    }
  };
  const isFound = ({ seq, ids }: Wanted): boolean => {
    const found = new Set([
      ...(sealed.get(seq) ?? []).map(({ event }) => event.id),
      ...(ended.get(seq) ?? []).map(({ id }) => id),
    ]);
    return ids.every((id) => found.has(id));
  };

  const tables = tablesIn(store).map((name) => ({ name, ...spanOf(store, name) }));
  // From the oldest one on: what was read for the one before need not be searched again.
  const sweeps = new Map<string, Sweep>();
  for (const one of wanted.toSorted((a, b) => a.since - b.since)) {
    if (isFound(one)) continue;
    const [from, to] = [one.since - SKEW, one.since + SOON + SKEW];
    for (const table of tables) {
      if (table.until < from || table.from > to) continue;
      const before = sweeps.get(table.name);
      let sweep = before !== undefined && before.until >= from ? before : { next: firstAt(store, table, from), until: from };
      while (!isFound(one) && sweep.until <= to && known.size < MOST_ROWS) {
        const rows = rowsFrom(store, table.name, "id >= ? ORDER BY id LIMIT ?", sweep.next, AT_ONCE);
        take(rows);
        const last = rows.at(-1);
        const isEnd = last === undefined || rows.length < AT_ONCE;
        sweep = {
          next: last === undefined ? sweep.next : numberOf(last, "id") + 1,
          until: isEnd ? Number.POSITIVE_INFINITY : numberOf(last, "sealed_at"),
        };
      }
      sweeps.set(table.name, sweep);
    }
  }

  const missing = wanted.filter((one) => !isFound(one));
  const oldest = Math.min(...missing.map(({ since }) => since)) - SKEW;
  for (const { name, until } of missing.length === 0 ? [] : tables) {
    if (until < oldest) continue;
    const missed = new Set(missing.map(({ seq }) => seq));
    const ids = store
      .run(`SELECT id, late FROM ${name} WHERE late IS NOT NULL AND sealed_at >= ?`, oldest)
      .filter((row) => numbersIn(textOf(row, "late")).some((seq) => missed.has(seq)))
      .map((row) => numberOf(row, "id"))
      .filter((id) => !known.has(id));
    take(rowsFrom(store, name, "id IN (SELECT value FROM json_each(?))", JSON.stringify(ids.slice(0, MOST_ROWS))));
  }
  return { sealed, ended };
}

/** Which rows of a table were read: those before this number, sealed up to a time, milliseconds since 1970. */
interface Sweep {
  readonly next: number;
  readonly until: number;
}

interface Span {
  readonly first: number;
  readonly last: number;
  /** When its first and its last batch were sealed, milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

function spanOf(store: Store, table: string): Span {
  const first = store.run(`SELECT id, sealed_at FROM ${table} ORDER BY id LIMIT 1`)[0];
  const last = store.run(`SELECT id, sealed_at FROM ${table} ORDER BY id DESC LIMIT 1`)[0];
  if (first === undefined || last === undefined) return { first: 0, last: -1, from: 0, until: -1 };
  return {
    first: numberOf(first, "id"),
    last: numberOf(last, "id"),
    from: numberOf(first, "sealed_at"),
    until: numberOf(last, "sealed_at"),
  };
}

/** The number of a table's first batch that was sealed at a time or later. */
function firstAt(store: Store, { name, first, last }: Span & { readonly name: string }, time: number): number {
  let [low, high] = [first, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = store.run(`SELECT id, sealed_at FROM ${name} WHERE id >= ? ORDER BY id LIMIT 1`, middle)[0];
    if (row === undefined || numberOf(row, "sealed_at") >= time) high = middle;
    else low = numberOf(row, "id") + 1;
  }
  return low;
}

function rowsFrom(store: Store, table: string, where: string, ...values: readonly SqlValue[]): readonly Row[] {
  return store.run(`SELECT id, sealed_at, trail, events FROM ${table} WHERE ${where}`, ...values);
}

function sealedIn(row: Row, isWanted: Parameters<typeof readWanted>[1]): readonly SealedIn[] {
  const [batch, sealedAt] = [numberOf(row, "id"), numberOf(row, "sealed_at")];
  const waits = new Map((trailOf(row).waited ?? []).map(({ seq, id, what, until }) => [`${seq}/${id}`, { what, until }]));
  return readWanted(textOf(row, "events"), isWanted).map((one) => {
    const { seq, id } = one.event;
    return { batch, sealedAt, ...one, waited: waits.get(`${seq}/${id}`) ?? null };
  });
}

function trailOf({ trail }: Row): Trail {
  return trailSchema.parse(typeof trail === "string" ? JSON.parse(trail) : { ended: [], answered: [] });
}

function numbersIn(text: string): readonly number[] {
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed.filter((one) => typeof one === "number") : [];
}

function push<Value>(map: Map<number, Value[]>, key: number, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
