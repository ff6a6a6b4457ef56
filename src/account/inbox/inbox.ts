/**
 * The inbox: kept webhooks of each source in the order of acceptance. One row per webhook, one table per day and source; sequence numbers run
 * through the whole account. A body that is too large for one value continues in further rows, which have no envelope.
 */
import type { InboxWebhook, NewWebhook, WebhookNotes } from "../../translate/inbox.ts";
import { bytesOf, concat, numberOf, type Store, split, textOf, writeRows } from "../state/store.ts";
import { type Tables, valuesOf } from "../state/tables.ts";
import { readEnvelope, toWebhook, writeEnvelope } from "./envelope.ts";

const DAY = 86_400_000;

/** Counts over webhooks that are not translated yet. */
export interface PendingCounts {
  readonly events: number;
  readonly ignored: number;
  readonly duplicates: number;
}

/** How far a source's inbox is translated: the last row that is finished, and how many events of the next webhook are finished too. */
export interface Cursor {
  readonly seq: number;
  readonly events: number;
}

/** The cursors of the sources. */
export type Cursors = ReadonlyMap<string, Cursor>;

/** The inbox of one account. */
export interface Inbox {
  /** Appends webhooks; inside the caller's transaction. @returns their sequence numbers */
  append(entries: readonly NewWebhook[], now: number): readonly number[];
  /** The transaction of the last `append` is committed: its tables need not be created again. */
  committed(): void;
  /** Up to `limit` webhooks of a source after `seq`, oldest first. Stops once their bodies pass `bytes`; gives at least one. */
  read(source: string, seq: number, limit: number, bytes: number): readonly InboxWebhook[];
  /** The webhook of a source with this sequence number. */
  find(source: string, seq: number): InboxWebhook | null;
  /** Sources with rows after their cursors. May name a source without any, after a failed transaction. */
  sourcesBehind(cursors: Cursors): readonly string[];
  /** Counts after the cursors, by source. */
  pending(cursors: Cursors): ReadonlyMap<string, PendingCounts>;
  /** When the oldest webhook after the cursors was received, milliseconds since 1970. */
  oldestBehind(cursors: Cursors): number | null;
  /** Sources with kept webhooks. */
  sources(): readonly string[];
  /** The last sequence number in use; 0 before the first. */
  lastSeq(): number;
  /** Replaces the notes of a webhook; inside the caller's transaction. One billed row. */
  annotate(entry: InboxWebhook, notes: WebhookNotes): void;
  /** Deletes a finished webhook; inside the caller's transaction. */
  drop(entry: InboxWebhook): void;
  /** Bytes of a source's webhooks, roughly. */
  bytesOf(source: string): number;
  /** Drops finished days that ended before `before`. @returns how many tables */
  retire(cursors: Cursors, before: number): number;
  /** Drops the oldest finished day of a source. @returns whether there was one */
  retireOldest(cursors: Cursors): boolean;
}

/** A row that is not written yet: number, counts, envelope, part of the body. */
type NewRow = readonly [number, number | null, number | null, number | null, string | null, ArrayBuffer];

const COLUMNS = "seq, events, ignored, duplicates, envelope, body";

interface Table {
  readonly day: number;
  readonly source: string;
  readonly name: string;
  /** The last row's number. */
  last: number;
  /** Whether it surely exists: a transaction that creates a table and fails takes it away. */
  isCommitted: boolean;
  /** Bytes of its webhooks, once they were asked for: to add them up takes seconds in a large table. */
  bytes: number | null;
}

/** Opens the inbox. @param known the tables of the database @param finished new sequence numbers are greater, even if all rows are gone */
export function openInbox(store: Store, known: Tables, finished: number): Inbox {
  /** The last numbers of tables, as far as they were asked for. */
  const lasts = new Map<string, number>();
  const ask = (names: readonly string[]): void => {
    const maximum = (name: string) => `(SELECT max(seq) FROM "${name}")`;
    const numbers = valuesOf(store, names.map(maximum));
    for (const [index, name] of names.entries()) lasts.set(name, Number(numbers[index]));
  };
  const tables: Table[] = [...known.keys()]
    .flatMap((name) => {
      const [, day, source] = /^log_(\d+)_(.+)$/.exec(name) ?? [];
      return day === undefined || source === undefined ? [] : [{ day: Number(day), source, name }];
    })
    .sort((one, other) => one.day - other.day)
    .map((table) => ({
      ...table,
      isCommitted: true,
      bytes: null,
      get last() {
        if (!lasts.has(table.name)) ask(tables.flatMap(({ name }) => (lasts.has(name) ? [] : [name])));
        return lasts.get(table.name) ?? 0;
      },
      set last(seq) {
        lasts.set(table.name, seq);
      },
    }));
  // A source's newest table has its highest numbers: the others are asked for when delivery looks for what is left.
  ask([...new Map(tables.map(({ source, name }) => [source, name])).values()]);
  let nextSeq = Math.max(finished, ...lasts.values()) + 1;

  /** Those that the last `append` wrote to. */
  const touched = new Set<Table>();

  const tablesOf = (source: string): readonly Table[] => tables.filter((table) => table.source === source);
  const cursorOf = (by: Cursors, source: string): number => by.get(source)?.seq ?? 0;

  /** The table for new rows. The clock may step back over midnight; the order of the days must not change. */
  function openTable(source: string, now: number): Table {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(source)) throw new Error("no name of a source");
    const newest = tablesOf(source).at(-1);
    const day = Math.max(Math.floor(now / DAY), newest?.day ?? 0);
    if (newest?.day === day && newest.isCommitted) return newest;
    const name = `log_${day}_${source}`;
    store.run(
      `CREATE TABLE IF NOT EXISTS "${name}" (
        seq INTEGER PRIMARY KEY, events INTEGER, ignored INTEGER, duplicates INTEGER, envelope TEXT, body BLOB)`,
    );
    if (newest?.day === day) return newest;
    const table: Table = { day, source, name, last: 0, isCommitted: false, bytes: null };
    tables.push(table);
    tables.sort((one, other) => one.day - other.day);
    return table;
  }

  function bytesIn(table: Table): number {
    // SQLite stores the length of a value in front of it: no body is read.
    table.bytes ??= numberOf(
      store.run(`SELECT coalesce(sum(length(body) + coalesce(length(envelope), 0)), 0) AS bytes FROM "${table.name}"`)[0],
      "bytes",
    );
    return table.bytes;
  }

  function dropTable(table: Table): void {
    store.run(`DROP TABLE IF EXISTS "${table.name}"`);
    tables.splice(tables.indexOf(table), 1);
  }

  function entryAt({ name, source }: Pick<Table, "name" | "source">, seq: number): InboxWebhook | null {
    const row = store.run(`SELECT envelope, body FROM "${name}" WHERE seq = ? AND envelope IS NOT NULL`, seq)[0];
    if (row === undefined) return null;
    const envelope = readEnvelope(textOf(row, "envelope"));
    const lastSeq = seq + envelope.parts - 1;
    const parts = [bytesOf(row, "body")];
    if (lastSeq > seq) {
      const rest = store.run(`SELECT body FROM "${name}" WHERE seq > ? AND seq <= ? ORDER BY seq`, seq, lastSeq);
      parts.push(...rest.map((part) => bytesOf(part, "body")));
    }
    return toWebhook(envelope, { seq, source, body: concat(parts) });
  }

  /** Webhooks after `seq`, until their bodies pass `bytes`; at least one if there is one. */
  function entriesIn({ name, source }: Table, seq: number, limit: number, bytes: number): readonly InboxWebhook[] {
    // SQLite stores the length of a value in front of it: no body is read.
    const heads = store.run(
      `SELECT seq, envelope IS NULL AS part, length(body) AS size FROM "${name}" WHERE seq > ? ORDER BY seq LIMIT ?`,
      seq,
      limit,
    );
    let size = 0;
    let last = numberOf(heads[0] ?? { seq: 0 }, "seq");
    for (const head of heads) {
      size += numberOf(head, "size");
      if (size > bytes && numberOf(head, "part") === 0) break;
      last = numberOf(head, "seq");
    }
    const rows = store.run(`SELECT seq, envelope, body FROM "${name}" WHERE seq > ? AND seq <= ? ORDER BY seq`, seq, last);
    return rows.flatMap((row, index) => {
      if (row.envelope === null) return [];
      const first = numberOf(row, "seq");
      const envelope = readEnvelope(textOf(row, "envelope"));
      const parts = rows.slice(index, index + envelope.parts);
      // The limit cut its last parts off.
      const whole = parts.length < envelope.parts ? entryAt({ name, source }, first) : null;
      return whole ?? toWebhook(envelope, { seq: first, source, body: concat(parts.map((part) => bytesOf(part, "body"))) });
    });
  }

  return {
    append: (entries, now) => {
      touched.clear();
      const rows = new Map<Table, NewRow[]>();
      const numbers = entries.map((webhook) => {
        const seq = nextSeq;
        const { source, body, events, duplicates } = webhook;
        const table = openTable(source, now);
        touched.add(table);
        const added = rows.get(table) ?? [];
        rows.set(table, added);
        const parts = split(body);
        const text = writeEnvelope(webhook, parts.length);
        if (table.bytes !== null) table.bytes += body.byteLength + text.length;
        const ignored = Object.values(webhook.ignored).reduce((sum, count) => sum + count, 0);
        for (const [index, part] of parts.entries()) {
          added.push(
            index === 0 ? [nextSeq, events.length, ignored, duplicates, text, part] : [nextSeq, null, null, null, null, part],
          );
          table.last = nextSeq;
          nextSeq += 1;
        }
        return seq;
      });
      for (const [{ name }, added] of rows)
        writeRows(store, added, (values) => `INSERT INTO "${name}" (${COLUMNS}) VALUES ${values}`);
      return numbers;
    },
    committed: () => {
      for (const table of touched) table.isCommitted = true;
    },
    read: (source, seq, limit, bytes) => {
      const entries: InboxWebhook[] = [];
      let room = bytes;
      let from = seq;
      for (const table of tablesOf(source)) {
        if (entries.length >= limit || (room <= 0 && entries.length > 0)) break;
        if (table.last <= from) continue;
        const read = entriesIn(table, from, limit - entries.length, room);
        const last = read.at(-1);
        // A failed append was counted too early.
        if (last === undefined) table.last = from;
        else from = last.lastSeq;
        entries.push(...read);
        room -= read.reduce((sum, { body }) => sum + body.byteLength, 0);
      }
      return entries;
    },
    find: (source, seq) => {
      for (const table of tablesOf(source)) {
        const entry = table.last >= seq ? entryAt(table, seq) : null;
        if (entry !== null) return entry;
      }
      return null;
    },
    sourcesBehind: (by) => [
      ...new Set(tables.filter(({ source, last }) => last > cursorOf(by, source)).map(({ source }) => source)),
    ],
    pending: (by) => {
      const counts = new Map<string, PendingCounts>();
      for (const { source, name, last } of tables) {
        if (last <= cursorOf(by, source)) continue;
        const row = store.run(
          `SELECT coalesce(sum(events), 0) AS events, coalesce(sum(ignored), 0) AS ignored, coalesce(sum(duplicates), 0) AS duplicates
            FROM "${name}" WHERE seq > ?`,
          cursorOf(by, source),
        )[0];
        const known = counts.get(source);
        counts.set(source, {
          events: numberOf(row, "events") + (known?.events ?? 0),
          ignored: numberOf(row, "ignored") + (known?.ignored ?? 0),
          duplicates: numberOf(row, "duplicates") + (known?.duplicates ?? 0),
        });
      }
      return counts;
    },
    oldestBehind: (by) => {
      const oldest = tables.flatMap(({ source, name, last }) => {
        const seq = cursorOf(by, source);
        if (last <= seq) return [];
        const row = store.run(
          `SELECT envelope FROM "${name}" WHERE seq > ? AND envelope IS NOT NULL ORDER BY seq LIMIT 1`,
          seq,
        )[0];
        return row === undefined ? [] : [readEnvelope(textOf(row, "envelope")).receivedAt];
      });
      return oldest.length === 0 ? null : Math.min(...oldest);
    },
    sources: () => [...new Set(tables.map(({ source }) => source))],
    lastSeq: () => nextSeq - 1,
    annotate: (entry, notes) => {
      const envelope = writeEnvelope({ ...entry, notes }, entry.lastSeq - entry.seq + 1);
      for (const { name } of tablesOf(entry.source))
        store.run(`UPDATE "${name}" SET envelope = ? WHERE seq = ? AND envelope IS NOT NULL`, envelope, entry.seq);
    },
    drop: ({ source, seq, lastSeq }) => {
      for (const table of tablesOf(source)) {
        store.run(`DELETE FROM "${table.name}" WHERE seq >= ? AND seq <= ?`, seq, lastSeq);
        table.bytes = null;
      }
    },
    bytesOf: (source) => tablesOf(source).reduce((sum, table) => sum + bytesIn(table), 0),
    retire: (by, before) => {
      const ended = tables.filter(({ day, source, last }) => (day + 1) * DAY <= before && last <= cursorOf(by, source));
      for (const table of ended) dropTable(table);
      return ended.length;
    },
    retireOldest: (by) => {
      const oldest = tables.find(({ source, last }) => last <= cursorOf(by, source));
      if (oldest !== undefined) dropTable(oldest);
      return oldest !== undefined;
    },
  };
}
