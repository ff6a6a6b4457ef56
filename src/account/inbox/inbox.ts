/**
 * The logs of an account's sources: one row per webhook, one table per day and source, numbered through the whole account in the order of
 * acceptance. A body that is too large for one value goes on in the rows behind, which have no envelope.
 */
import type { InboxWebhook, NewWebhook } from "../../translate/inbox.ts";
import { bytesOf, concat, numberOf, type Store, split, textOf } from "../state/store.ts";
import { readEnvelope, toWebhook, writeEnvelope } from "./envelope.ts";

const DAY = 86_400_000;

/** Sums over entries that the cursor has not passed. */
export interface PendingCounts {
  readonly events: number;
  readonly ignored: number;
  readonly duplicates: number;
}

/** How far a source's inbox is passed: the last row that is wholly passed, and how many events of the next webhook are passed too. */
export interface Cursor {
  readonly seq: number;
  readonly events: number;
}

/** The cursors of the sources. */
export type Cursors = ReadonlyMap<string, Cursor>;

/** The logs of one account. */
export interface Inbox {
  /** Appends in one go; inside the caller's transaction. */
  append(entries: readonly NewWebhook[], now: number): void;
  /** Up to `limit` entries of a source behind `seq`, oldest first, and no more of them once their bodies pass `bytes` (at least one). */
  read(source: string, seq: number, limit: number, bytes: number): readonly InboxWebhook[];
  /** The entry of a source that begins at `seq`. */
  find(source: string, seq: number): InboxWebhook | null;
  /** Sources with rows behind their cursors. A number that a failed transaction used up counts as a row: one look too many. */
  sourcesBehind(cursors: Cursors): readonly string[];
  /** Counts behind the cursors, by source. */
  pending(cursors: Cursors): ReadonlyMap<string, PendingCounts>;
  /** When the oldest entry behind the cursors was received, milliseconds. */
  oldestBehind(cursors: Cursors): number | null;
  /** Sources that anything is kept of. */
  sources(): readonly string[];
  /** The last number that was given; 0 before the first. */
  lastSeq(): number;
  /** Deletes an entry that its cursor has passed; inside the caller's transaction. */
  drop(entry: InboxWebhook): void;
  /** Bytes that a source's webhooks take up. */
  bytesOf(source: string): number;
  /** Drops tables that the cursors have passed and whose day ended before `before`. @returns how many */
  retire(cursors: Cursors, before: number): number;
  /** Drops the oldest day's table that its cursor has passed. @returns whether there was one */
  retireOldest(cursors: Cursors): boolean;
}

interface Table {
  readonly day: number;
  readonly source: string;
  readonly name: string;
  /** The last row's number. */
  last: number;
}

/** Opens the logs. @param cursors nothing is ever appended at or before them, though all rows may be gone */
export function openInbox(store: Store, cursors: Cursors): Inbox {
  const tables: Table[] = store
    .run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'log_[0-9]*'")
    .map((row) => {
      const name = textOf(row, "name");
      const [, day = "", source = ""] = /^log_(\d+)_(.+)$/.exec(name) ?? [];
      return {
        day: Number(day),
        source,
        name,
        last: numberOf(store.run(`SELECT coalesce(max(seq), 0) AS last FROM "${name}"`)[0], "last"),
      };
    })
    .sort((one, other) => one.day - other.day);
  let nextSeq = Math.max(0, ...tables.map(({ last }) => last), ...[...cursors.values()].map(({ seq }) => seq)) + 1;

  const tablesOf = (source: string): readonly Table[] => tables.filter((table) => table.source === source);
  const cursorOf = (by: Cursors, source: string): number => by.get(source)?.seq ?? 0;

  /** Where new rows go. The clock may step back over midnight; the order of the days must not. */
  function openTable(source: string, now: number): Table {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(source)) throw new Error("no name of a source");
    const newest = tablesOf(source).at(-1);
    const day = Math.max(Math.floor(now / DAY), newest?.day ?? 0);
    const name = `log_${day}_${source}`;
    // Each time, since a transaction that failed may have taken the table back.
    store.run(
      `CREATE TABLE IF NOT EXISTS "${name}" (
        seq INTEGER PRIMARY KEY, events INTEGER, ignored INTEGER, duplicates INTEGER, envelope TEXT, body BLOB)`,
    );
    if (newest?.day === day) return newest;
    const table: Table = { day, source, name, last: 0 };
    tables.push(table);
    tables.sort((one, other) => one.day - other.day);
    return table;
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

  /** Entries behind `seq`, until their bodies pass `bytes`: one at least, where there is one. */
  function entriesIn({ name, source }: Table, seq: number, limit: number, bytes: number): readonly InboxWebhook[] {
    // The length of a value stands at its beginning: no body is read for it.
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
      // Its last parts stand beyond the limit.
      const whole = parts.length < envelope.parts ? entryAt({ name, source }, first) : null;
      return whole ?? toWebhook(envelope, { seq: first, source, body: concat(parts.map((part) => bytesOf(part, "body"))) });
    });
  }

  return {
    append: (entries, now) => {
      for (const webhook of entries) {
        const { source, body, events, duplicates } = webhook;
        const table = openTable(source, now);
        const parts = split(body);
        const text = writeEnvelope(webhook, parts.length);
        const ignored = Object.values(webhook.ignored).reduce((sum, count) => sum + count, 0);
        for (const [index, part] of parts.entries()) {
          const head = index === 0 ? [events.length, ignored, duplicates, text] : [null, null, null, null];
          store.run(
            `INSERT INTO "${table.name}" (seq, events, ignored, duplicates, envelope, body) VALUES (?, ?, ?, ?, ?, ?)`,
            nextSeq,
            ...head,
            part,
          );
          table.last = nextSeq;
          nextSeq += 1;
        }
      }
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
        // An append that failed was counted too early.
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
    drop: ({ source, seq, lastSeq }) => {
      for (const { name } of tablesOf(source)) store.run(`DELETE FROM "${name}" WHERE seq >= ? AND seq <= ?`, seq, lastSeq);
    },
    bytesOf: (source) =>
      tablesOf(source).reduce((sum, { name }) => {
        // The length of a value stands at its beginning: no body is read.
        const row = store.run(`SELECT coalesce(sum(length(body) + coalesce(length(envelope), 0)), 0) AS bytes FROM "${name}"`)[0];
        return sum + numberOf(row, "bytes");
      }, 0),
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
