/**
 * Reads the kept webhooks of an account newest first, across sources and days: for the event log. It reads the tables of the inbox, and writes
 * nothing.
 */
import { utf8Bytes } from "../../contract/verify/encoding.ts";
import { type Envelope, readEnvelope } from "../inbox/envelope.ts";
import { numberOf, type SqlValue, type Store, textOf } from "../state/store.ts";
import { valuesOf } from "../state/tables.ts";

/** A kept webhook without its body. */
export interface LogRow {
  readonly source: string;
  readonly seq: number;
  readonly envelope: Envelope;
}

/** One table of the inbox: a source's webhooks of one day. */
export interface LogTable {
  readonly name: string;
  readonly source: string;
  /** Days since 1970. */
  readonly day: number;
  /** The first and the last sequence number in it. */
  readonly first: number;
  readonly last: number;
}

/** What a scan looks for. The condition is a text of constants. */
export interface Condition {
  readonly where: string;
  readonly values: readonly SqlValue[];
}

/** Rows of a scan, newest first. */
export interface Scanned {
  readonly rows: readonly LogRow[];
  /** Every row from this sequence number on was looked at. */
  readonly down: number;
}

/** When a webhook was received or replayed, milliseconds since 1970. */
export function sinceOf({ replayedAt, receivedAt }: Pick<Envelope, "replayedAt" | "receivedAt">): number {
  return replayedAt ?? receivedAt;
}

/** The tables with rows. @param source only this one's; all if it is missing */
export function logTables(store: Store, source?: string): readonly LogTable[] {
  const tables = store
    .run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'log_[0-9]*'")
    .map((row) => textOf(row, "name"))
    .flatMap((name) => {
      const [, day = "", of = ""] = /^log_(\d+)_(.+)$/.exec(name) ?? [];
      return source === undefined || of === source ? [{ name, source: of, day: Number(day) }] : [];
    });
  // Two expressions: of one with both SQLite makes a scan.
  const ends = tables.flatMap(({ name }) => ["min", "max"].map((end) => `(SELECT ${end}(seq) FROM "${name}")`));
  const values = valuesOf(store, ends);
  return tables.flatMap((table, index) => {
    const [first, last] = values.slice(2 * index, 2 * index + 2);
    return typeof first === "number" && typeof last === "number" ? [{ ...table, first, last }] : [];
  });
}

/** Webhooks in a range of sequence numbers that fulfil a condition, newest first. @param below the upper end, not included */
export function scan(
  store: Store,
  tables: readonly LogTable[],
  { from, below, limit }: { readonly from: number; readonly below: number; readonly limit: number },
  { where, values }: Condition,
): Scanned {
  let down = from;
  const rows: LogRow[] = [];
  for (const { name, source, first, last } of tables) {
    if (last < from || first >= below) continue;
    const found = store.run(
      `SELECT seq, envelope FROM "${name}" WHERE seq >= ? AND seq < ? AND envelope IS NOT NULL AND (${where}) ORDER BY seq DESC LIMIT ?`,
      from,
      below,
      ...values,
      limit,
    );
    // Of this table older rows may be missing: what other tables have of that time waits for the next scan.
    const lowest = found.at(-1);
    if (found.length === limit && lowest !== undefined) down = Math.max(down, numberOf(lowest, "seq"));
    rows.push(...found.map((row) => ({ source, seq: numberOf(row, "seq"), envelope: readEnvelope(textOf(row, "envelope")) })));
  }
  return { rows: rows.filter(({ seq }) => seq >= down).sort((one, other) => other.seq - one.seq), down };
}

/**
 * From which sequence number on the webhooks of a range tell of so many events, or its lower end: what is below need not be read.
 * @param below the upper end, not included
 */
export function lowestOf(
  store: Store,
  tables: readonly LogTable[],
  { from, below }: { readonly from: number; readonly below: number },
  events: number,
): number {
  const heads = tables.flatMap(({ name, first, last }) =>
    last < from || first >= below
      ? []
      : store.run(
          `SELECT seq, events + ignored + duplicates AS told FROM "${name}" WHERE seq >= ? AND seq < ? AND events IS NOT NULL
            ORDER BY seq DESC LIMIT ?`,
          from,
          below,
          events,
        ),
  );
  let told = 0;
  for (const head of heads.sort((one, other) => numberOf(other, "seq") - numberOf(one, "seq"))) {
    told += numberOf(head, "told");
    if (told >= events) return numberOf(head, "seq");
  }
  return from;
}

/** Webhooks with these sequence numbers that fulfil a condition, newest first. */
export function rowsAt(
  store: Store,
  tables: readonly LogTable[],
  seqs: readonly number[],
  { where, values }: Condition,
): readonly LogRow[] {
  return tables
    .flatMap(({ name, source, first, last }) => {
      const here = seqs.filter((seq) => seq >= first && seq <= last);
      if (here.length === 0) return [];
      return store
        .run(
          `SELECT seq, envelope FROM "${name}" WHERE seq IN (SELECT value FROM json_each(?)) AND envelope IS NOT NULL AND (${where})`,
          JSON.stringify(here),
          ...values,
        )
        .map((row): LogRow => ({ source, seq: numberOf(row, "seq"), envelope: readEnvelope(textOf(row, "envelope")) }));
    })
    .sort((one, other) => other.seq - one.seq);
}

/** Bytes of bodies in a range of sequence numbers. */
export function bytesBetween(store: Store, tables: readonly LogTable[], from: number, below: number): number {
  return tables.reduce((sum, { name, first, last }) => {
    if (last < from || first >= below) return sum;
    // SQLite stores the length of a value in front of it: no body is read.
    const row = store.run(
      `SELECT coalesce(sum(length(body)), 0) AS bytes FROM "${name}" WHERE seq >= ? AND seq < ?`,
      from,
      below,
    )[0];
    return sum + numberOf(row, "bytes");
  }, 0);
}

/**
 * Webhooks whose bodies, ids or types hold a text, newest first. A body that goes on in further rows belongs to the webhook before them.
 * @returns their numbers, and down to which number everything was looked at
 */
export function seqsHolding(
  store: Store,
  tables: readonly LogTable[],
  { from, below, limit }: { readonly from: number; readonly below: number; readonly limit: number },
  text: string,
): { readonly seqs: readonly number[]; readonly down: number } {
  const bytes = utf8Bytes(text).buffer;
  // In the envelope it stands as JSON writes it.
  const escaped = JSON.stringify(text).slice(1, -1);
  let down = from;
  const seqs = tables.flatMap(({ name, first, last }) => {
    if (last < from || first >= below) return [];
    const found = store.run(
      `SELECT part.seq AS at,
          (SELECT max(head.seq) FROM "${name}" head WHERE head.seq <= part.seq AND head.envelope IS NOT NULL) AS seq
        FROM "${name}" part WHERE part.seq >= ? AND part.seq < ? AND (instr(part.body, ?) > 0 OR instr(part.envelope, ?) > 0)
        ORDER BY part.seq DESC LIMIT ?`,
      from,
      below,
      bytes,
      escaped,
      limit,
    );
    const lowest = found.at(-1);
    if (found.length === limit && lowest !== undefined) down = Math.max(down, numberOf(lowest, "at"));
    return found.flatMap(({ at, seq }) => (typeof at === "number" && typeof seq === "number" ? [{ at, seq }] : []));
  });
  return { seqs: [...new Set(seqs.flatMap(({ at, seq }) => (at >= down ? [seq] : [])))], down };
}

/** When the first webhook from this sequence number on was received or replayed, milliseconds since 1970; `null` if there is none. */
export function timeFrom(store: Store, tables: readonly LogTable[], seq: number): number | null {
  const found = tables.flatMap(({ name, last }) =>
    last < seq
      ? []
      : store.run(
          `SELECT seq, coalesce(envelope ->> '$.replayedAt', envelope ->> '$.receivedAt') AS since FROM "${name}"
            WHERE seq >= ? AND envelope IS NOT NULL ORDER BY seq LIMIT 1`,
          seq,
        ),
  );
  const [first] = found.toSorted((one, other) => numberOf(one, "seq") - numberOf(other, "seq"));
  return first === undefined ? null : numberOf(first, "since");
}

/** The first sequence number of a table's webhooks that arrived, or were replayed, at a time or later; after its last one if there is none. */
export function firstSince(store: Store, { name, first, last }: LogTable, time: number): number {
  let [low, high] = [first, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = store.run(
      `SELECT seq, coalesce(envelope ->> '$.replayedAt', envelope ->> '$.receivedAt') AS since FROM "${name}"
        WHERE seq >= ? AND envelope IS NOT NULL ORDER BY seq LIMIT 1`,
      middle,
    )[0];
    if (row === undefined || numberOf(row, "since") >= time) high = middle;
    else low = numberOf(row, "seq") + 1;
  }
  return low;
}
