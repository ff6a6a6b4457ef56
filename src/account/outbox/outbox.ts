/**
 * The outbox: sealed batches, one row each, one table per day. A retry sends the same bytes. Sent batches are kept for the retention: they are
 * the record of what was sent to Customer.io.
 */
import { utf8Bytes } from "../../contract/verify/encoding.ts";
import type { ReadyEvent } from "../../translate/result.ts";
import type { AccountRecord } from "../state/state.ts";
import { bytesOf, concat, numberOf, type Row, type Store, textOf } from "../state/store.ts";
import { hasColumn, type Tables } from "../state/tables.ts";
import { type Movements, movementsSchema, withBatch, withMovements } from "./movements.ts";
import { readEvents, type SealedEvent, writeEvents } from "./sealed-event.ts";
import { type Ended, type Trail, trailSchema } from "./trail.ts";

const DAY = 86_400_000;

/** A sealed batch. */
export interface SealedBatch {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly sealedAt: number;
  /** In the order of their calls in the body. */
  readonly events: readonly SealedEvent[];
  /** The body of `POST /v1/batch`. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The outbox of one account. */
export interface Outbox {
  /** Writes a batch; inside the caller's transaction. One billed row. */
  seal(id: number, events: readonly ReadyEvent[], movements: Movements, trail: Trail, now: number): SealedBatch;
  /** Writes a row that has nothing but a trail; inside the caller's transaction, which must write the state too. One billed row. */
  keepTrail(id: number, trail: Trail, now: number): void;
  /** A batch; `null` if there is none with this number. */
  read(id: number): SealedBatch | null;
  /** The numbers of later batches, oldest first. */
  after(id: number, limit: number): readonly number[];
  /** Removes events from a batch; inside the caller's transaction. */
  remove(id: number, isRemoved: (event: SealedEvent, index: number) => boolean): void;
  /** Removes lines from the trail of a row; inside the caller's transaction. */
  forgetLines(id: number, isRemoved: (line: Ended) => boolean): void;
  /** Drops days that ended before `before` and contain no batch from number `open` on. @returns how many */
  retire(open: number, before: number): number;
  /** Drops the oldest day, unless it contains a batch from number `open` on. @returns whether it was dropped */
  retireOldest(open: number): boolean;
}

/** An event that is sealed later than this after it was accepted is listed in its batch's row, so that it is found again, milliseconds. */
export const SOON = 10_000;

/** A row that is not written yet. */
interface NewRow {
  readonly id: number;
  readonly now: number;
  readonly late: readonly number[];
  readonly trail: Trail;
  readonly events: string;
  readonly movements: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Batches kept in memory. */
const MOST_RECENT = 4;

const OPENING = utf8Bytes('{"batch":[');
const CLOSING = utf8Bytes("]}");
const COMMA = utf8Bytes(",");

/** Opens the outbox. @param tables those of the database when it was opened */
export function openOutbox(store: Store, tables: Tables): Outbox {
  // An earlier release kept less of a batch.
  for (const [table, statement] of tables)
    for (const column of /^outbox_\d+$/.test(table) ? ["late", "trail"] : [])
      if (!hasColumn(statement, column)) store.run(`ALTER TABLE ${table} ADD COLUMN ${column} TEXT`);

  /** The clock may step back over midnight; the order of the days must not change. */
  function tableFor(now: number): string {
    const day = Math.max(Math.floor(now / DAY), ...tablesIn(store).map(dayOf));
    store.run(
      `CREATE TABLE IF NOT EXISTS outbox_${day} (
        id INTEGER PRIMARY KEY, sealed_at INTEGER NOT NULL, late TEXT, trail TEXT, events TEXT NOT NULL, movements TEXT NOT NULL,
        body BLOB NOT NULL)`,
    );
    return `outbox_${day}`;
  }

  function insert({ id, now, late, trail, events, movements, body }: NewRow): void {
    // Events that ended without calls are found by these numbers too.
    const numbers = [...new Set([...late, ...trail.ended.map(({ seq }) => seq)])];
    store.run(
      `INSERT INTO ${tableFor(now)} (id, sealed_at, late, trail, events, movements, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      id,
      now,
      numbers.length === 0 ? null : JSON.stringify(numbers),
      trail.ended.length + trail.answered.length + (trail.waited?.length ?? 0) === 0 ? null : JSON.stringify(trail),
      events,
      movements,
      body.buffer,
    );
  }

  function find(id: number): { readonly table: string; readonly batch: SealedBatch } | null {
    for (const table of tablesIn(store).toReversed()) {
      const row = store.run(`SELECT id, sealed_at, events, body FROM ${table} WHERE id = ?`, id)[0];
      if (row !== undefined) return { table, batch: toBatch(row) };
    }
    return null;
  }

  /** The batches that were read or sealed last: they are sent next. */
  const recent = new Map<number, SealedBatch>();

  function remember(batch: SealedBatch): SealedBatch {
    const [oldest] = recent.keys();
    if (recent.size >= MOST_RECENT && oldest !== undefined) recent.delete(oldest);
    recent.set(batch.id, batch);
    return batch;
  }

  const lastIn = (table: string): number => numberOf(store.run(`SELECT coalesce(max(id), 0) AS last FROM ${table}`)[0], "last");

  return {
    seal: (id, events, movements, trail, now) => {
      const calls = events.flatMap((event) => event.calls.map(({ text }) => text));
      const body = utf8Bytes(`{"batch":[${calls.join(",")}]}`);
      const index = events.map(({ source, seq, id: name, type, occurredAt, since, calls: made, about = [] }) => ({
        ...{ source, seq, id: name, type, occurredAt, since, calls: made.map(({ bytes }) => bytes), about },
      }));
      const waited = events.flatMap(({ seq, id, waited: wait }) => (wait === undefined ? [] : [{ seq, id, ...wait }]));
      const late = index.flatMap(({ seq, since }) => (now - since > SOON ? [seq] : []));
      const written = JSON.stringify({ ...movements, cursors: [...movements.cursors] });
      const whole = waited.length === 0 ? trail : { ...trail, waited };
      insert({ id, now, late, trail: whole, events: writeEvents(index), movements: written, body });
      return remember({ id, sealedAt: now, events: index, body });
    },
    keepTrail: (id, trail, now) => {
      const movements = JSON.stringify({ cursors: [], ledger: [], endsAttempt: false });
      insert({ id, now, late: [], trail, events: "[]", movements, body: toBody([]) });
    },
    read: (id) => {
      const known = recent.get(id);
      if (known !== undefined) return known;
      const found = find(id);
      return found === null ? null : remember(found.batch);
    },
    after: (id, limit) =>
      tablesIn(store)
        .flatMap((table) => store.run(`SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`, id, limit))
        .map((row) => numberOf(row, "id"))
        .slice(0, limit),
    remove: (id, isRemoved) => {
      const found = find(id);
      if (found === null) return;
      recent.delete(id);
      const { events, body } = found.batch;
      const calls = callsIn(body, events);
      const left = events.flatMap((event, index) => (isRemoved(event, index) ? [] : [{ event, calls: calls[index] ?? [] }]));
      const stays = new Set(left.map(({ event: { seq, id: name } }) => `${seq}/${name}`));
      const text = store.run(`SELECT trail FROM ${found.table} WHERE id = ?`, id)[0]?.trail;
      const trail = typeof text === "string" ? trailSchema.parse(JSON.parse(text)) : null;
      const waited = trail?.waited?.filter(({ seq, id: name }) => stays.has(`${seq}/${name}`));
      store.run(
        `UPDATE ${found.table} SET events = ?, body = ?, trail = ? WHERE id = ?`,
        writeEvents(left.map(({ event }) => event)),
        toBody(left.flatMap((one) => one.calls)).buffer,
        waited === undefined ? (text ?? null) : JSON.stringify({ ...trail, waited }),
        id,
      );
    },
    forgetLines: (id, isRemoved) => {
      for (const table of tablesIn(store)) {
        const text = store.run(`SELECT trail FROM ${table} WHERE id = ?`, id)[0]?.trail;
        if (typeof text !== "string") continue;
        const trail = trailSchema.parse(JSON.parse(text));
        const ended = trail.ended.filter((line) => !isRemoved(line));
        if (ended.length < trail.ended.length)
          store.run(`UPDATE ${table} SET trail = ? WHERE id = ?`, JSON.stringify({ ...trail, ended }), id);
      }
    },
    retire: (open, before) => {
      const ended = tablesIn(store).filter((table) => (dayOf(table) + 1) * DAY <= before && lastIn(table) < open);
      for (const table of ended) store.run(`DROP TABLE ${table}`);
      return ended.length;
    },
    retireOldest: (open) => {
      const [oldest] = tablesIn(store);
      if (oldest === undefined || lastIn(oldest) >= open) return false;
      store.run(`DROP TABLE ${oldest}`);
      return true;
    },
  };
}

/** The tables, oldest day first. */
export function tablesIn(store: Store): readonly string[] {
  return store
    .run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'outbox_[0-9]*'")
    .map((row) => textOf(row, "name"))
    .sort((one, other) => dayOf(one) - dayOf(other));
}

/** The day of a table's batches, days since 1970. Its batches are sealed before the day ends. */
export function dayOf(table: string): number {
  return Number(table.slice("outbox_".length));
}

/** Applies the movements of batches that were sealed after the state's row was written. */
export function replayMovements(store: Store): (record: AccountRecord) => AccountRecord {
  return (record) => {
    const rows = tablesIn(store).flatMap((table) =>
      store.run(`SELECT id, movements FROM ${table} WHERE id > ?`, record.outbox.last),
    );
    return rows
      .sort((one, other) => numberOf(one, "id") - numberOf(other, "id"))
      .reduce((changed, row) => {
        const { cursors, ...rest } = movementsSchema.parse(JSON.parse(textOf(row, "movements")));
        return withBatch(withMovements(changed, { ...rest, cursors: new Map(cursors) }), numberOf(row, "id"));
      }, record);
  };
}

/** The bytes of each event's calls. */
export function callsIn(
  body: Uint8Array<ArrayBuffer>,
  events: readonly SealedEvent[],
): readonly (readonly Uint8Array<ArrayBuffer>[])[] {
  let at = OPENING.byteLength;
  return events.map(({ calls }) =>
    calls.map((bytes) => {
      const call = body.subarray(at, at + bytes);
      at += bytes + COMMA.byteLength;
      return call;
    }),
  );
}

/** The body of a request with these calls. */
export function toBody(calls: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  return concat([OPENING, ...calls.flatMap((call, index) => (index === 0 ? [call] : [COMMA, call])), CLOSING]);
}

function toBatch(row: Row): SealedBatch {
  return {
    id: numberOf(row, "id"),
    sealedAt: numberOf(row, "sealed_at"),
    events: readEvents(textOf(row, "events")),
    body: bytesOf(row, "body"),
  };
}
