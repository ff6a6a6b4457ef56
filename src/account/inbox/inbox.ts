/**
 * The inbox: kept webhooks of each source in the order of acceptance. One row per webhook, one table per day and source; sequence numbers run
 * through the whole account. A body that is too large for one value continues in further rows, which have no envelope.
 */
import type { InboxWebhook, NewWebhook, WebhookNotes } from "../../translate/inbox.ts";
import { bytesOf, concat, numberOf, type SqlInput, type Store, textOf, writeRows } from "../state/store.ts";
import type { Tables } from "../state/tables.ts";
import { DAY, type DayTable, KEYS, openDayTables } from "./day-tables.ts";
import { readEnvelope, toWebhook, writeEnvelope, writeWebhook } from "./envelope.ts";
import { openKeptBytes } from "./kept-bytes.ts";
import { bytesOfKeys, type Keys } from "./key-entries.ts";
import { type KeyRows, openKeyRows } from "./key-rows.ts";

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

/** A webhook to store, with the keys of its events in the dedupe store. */
export interface NewEntry extends NewWebhook {
  readonly keys: Keys;
}

/** The inbox of one account. */
export interface Inbox {
  /** Appends webhooks; inside the caller's transaction. @returns their sequence numbers */
  append(entries: readonly NewEntry[], now: number): readonly number[];
  /** The keys in the rows of webhooks. */
  readonly keys: KeyRows;
  /** Up to `limit` webhooks of a source after `seq`, oldest first. Stops once their bodies pass `bytes`; gives at least one. */
  read(source: string, seq: number, limit: number, bytes: number): readonly InboxWebhook[];
  /** The webhook of a source with this sequence number. */
  find(source: string, seq: number): InboxWebhook | null;
  /** Sources with rows after their cursors. May name a source of which they were deleted. */
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

/** A row that is not written yet: number, counts, keys, envelope, part of the body. */
type NewRow = readonly [number, number | null, number | null, number | null, ArrayBuffer | null, string | null, SqlInput];

const COLUMNS = `seq, events, ignored, duplicates, ${KEYS}, envelope, body`;

/** What an inbox is opened with. */
export interface InboxTools {
  readonly store: Store;
  /** The tables of the database. */
  readonly known: Tables;
  /** New sequence numbers are greater, even if all rows are gone. */
  readonly finished: number;
  /** Called before webhooks up to a sequence number are deleted, in the same transaction. */
  readonly onRemoval: (seq: number) => void;
}

/** Opens the inbox. */
export function openInbox({ store, known, finished, onRemoval }: InboxTools): Inbox {
  const tables = openDayTables(store, known);
  const bytes = openKeptBytes(store, known);
  let nextSeq = Math.max(finished, tables.last()) + 1;
  const cursorOf = (by: Cursors, source: string): number => by.get(source)?.seq ?? 0;

  function dropTable(table: DayTable): void {
    onRemoval(table.last);
    bytes.forget(table);
    tables.drop(table);
  }

  function entryAt({ name, source }: Pick<DayTable, "name" | "source">, seq: number): InboxWebhook | null {
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
  function entriesIn({ name, source }: DayTable, seq: number, limit: number, bytes: number): readonly InboxWebhook[] {
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
      const rows = new Map<DayTable, NewRow[]>();
      const numbers = entries.map((webhook) => {
        const seq = nextSeq;
        const { source, body, events, duplicates } = webhook;
        const keys = bytesOfKeys(webhook.keys);
        const table = tables.open(source, now);
        let added = rows.get(table);
        if (added === undefined) {
          added = [];
          rows.set(table, added);
          const { last, bytes } = table;
          store.onRollback(() => {
            table.last = last;
            table.bytes = bytes;
          });
        }
        const { envelope: text, parts } = writeWebhook(webhook, keys.byteLength);
        if (table.bytes !== null) table.bytes += body.byteLength + text.length;
        const ignored = Object.values(webhook.ignored).reduce((sum, count) => sum + count, 0);
        for (const [index, part] of parts.entries()) {
          added.push(
            index === 0
              ? [nextSeq, events.length, ignored, duplicates, keys, text, part]
              : [nextSeq, null, null, null, null, null, part],
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
    read: (source, seq, limit, bytes) => {
      const entries: InboxWebhook[] = [];
      let room = bytes;
      let from = seq;
      for (const table of tables.of(source)) {
        if (entries.length >= limit || (room <= 0 && entries.length > 0)) break;
        if (table.last <= from) continue;
        const read = entriesIn(table, from, limit - entries.length, room);
        const last = read.at(-1);
        // Its last webhooks were deleted.
        if (last === undefined) table.last = from;
        else from = last.lastSeq;
        entries.push(...read);
        room -= read.reduce((sum, { body }) => sum + body.byteLength, 0);
      }
      return entries;
    },
    find: (source, seq) => {
      for (const table of tables.of(source)) {
        const entry = table.last >= seq ? entryAt(table, seq) : null;
        if (entry !== null) return entry;
      }
      return null;
    },
    sourcesBehind: (by) => [
      ...new Set(
        tables
          .all()
          .filter(({ source, last }) => last > cursorOf(by, source))
          .map(({ source }) => source),
      ),
    ],
    pending: (by) => {
      const counts = new Map<string, PendingCounts>();
      for (const { source, name, last } of tables.all()) {
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
      const oldest = tables.all().flatMap(({ source, name, last }) => {
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
    sources: () => [...new Set(tables.all().map(({ source }) => source))],
    lastSeq: () => nextSeq - 1,
    annotate: (entry, notes) => {
      const envelope = writeEnvelope({ ...entry, notes }, entry.lastSeq - entry.seq + 1);
      for (const { name } of tables.of(entry.source))
        store.run(`UPDATE "${name}" SET envelope = ? WHERE seq = ? AND envelope IS NOT NULL`, envelope, entry.seq);
    },
    keys: openKeyRows(store, tables),
    drop: ({ source, seq, lastSeq }) => {
      onRemoval(lastSeq);
      for (const table of tables.of(source)) {
        bytes.take(table, seq, lastSeq);
        store.run(`DELETE FROM "${table.name}" WHERE seq >= ? AND seq <= ?`, seq, lastSeq);
      }
    },
    bytesOf: (source) => tables.of(source).reduce((sum, table) => sum + bytes.of(table), 0),
    retire: (by, before) => {
      const ended = tables.all().filter(({ day, source, last }) => (day + 1) * DAY <= before && last <= cursorOf(by, source));
      for (const table of ended) dropTable(table);
      return ended.length;
    },
    retireOldest: (by) => {
      const oldest = tables.all().find(({ source, last }) => last <= cursorOf(by, source));
      if (oldest !== undefined) dropTable(oldest);
      return oldest !== undefined;
    },
  };
}
