/**
 * The calls that the sandbox recorded, in order of arrival, on disk.
 */
import type { Region } from "../config/model.ts";
import { isObject, type PipelinesEvent, type RecordedCall } from "./calls.ts";

/** The log takes no more calls beyond this size, bytes. */
const LARGEST_LOG = 4 * 1024 ** 3;

/** Calls read from disk at a time. */
const PAGE = 500;

/** Selects calls: of one region or both (`null`), after a sequence number, at most `limit`. */
export interface CallFilter {
  readonly region: Region | null;
  readonly after: number;
  readonly limit: number;
}

/** A call before it has a sequence number. */
export type ArrivedCall = Omit<RecordedCall, "seq">;

/** The log. Sequence numbers are never reused, not even after `clear`. */
export interface CallLog {
  /** Appends all calls or none. @returns `false` if the log is full */
  append(calls: readonly ArrivedCall[]): boolean;
  /** Reads lazily, in order. */
  read(filter: CallFilter): Generator<RecordedCall>;
  count(filter: Omit<CallFilter, "limit">): number;
  /** Deletes all calls. @returns how many there were */
  clear(): number;
}

/** Opens the log, and creates its table if there is none. */
export function openCallLog(storage: DurableObjectStorage): CallLog {
  const { sql } = storage;
  sql.exec(
    `CREATE TABLE IF NOT EXISTS calls (
       seq INTEGER PRIMARY KEY AUTOINCREMENT, region TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL, received_at TEXT NOT NULL, event TEXT NOT NULL
     ) STRICT;
     CREATE INDEX IF NOT EXISTS calls_by_region ON calls (region)`,
  );
  const count = ({ region, after }: Omit<CallFilter, "limit">) =>
    sql
      .exec<{ calls: number }>(
        "SELECT count(*) AS calls FROM calls WHERE region IN (?, ?) AND seq > ?",
        region ?? "us",
        region ?? "eu",
        after,
      )
      .one().calls;

  return {
    append: (calls) => {
      if (sql.databaseSize > LARGEST_LOG) return false;
      storage.transactionSync(() => {
        for (const { region, path, key, receivedAt, event } of calls) {
          sql.exec(
            "INSERT INTO calls (region, path, key, received_at, event) VALUES (?, ?, ?, ?, ?)",
            ...[region, path, key, receivedAt, JSON.stringify(event)],
          );
        }
      });
      return true;
    },
    read: function* ({ region, after, limit }) {
      let last = after;
      let left = limit;
      while (left > 0) {
        const page = sql
          .exec<{ seq: number; region: string; path: string; key: string; received_at: string; event: string }>(
            "SELECT * FROM calls WHERE +region IN (?, ?) AND seq > ? ORDER BY seq LIMIT ?",
            ...[region ?? "us", region ?? "eu", last, Math.min(PAGE, left)],
          )
          .toArray();
        for (const { received_at, event, ...row } of page) {
          last = row.seq;
          yield { ...row, region: row.region === "eu" ? "eu" : "us", receivedAt: received_at, event: parseEvent(event) };
        }
        left = page.length < PAGE ? 0 : left - page.length;
      }
    },
    count,
    clear: () => {
      const cleared = count({ region: null, after: 0 });
      sql.exec("DELETE FROM calls");
      return cleared;
    },
  };
}

function parseEvent(text: string): PipelinesEvent {
  const value: unknown = JSON.parse(text);
  if (!isEvent(value)) throw new TypeError("a stored call is not a call");
  return value;
}

/** Checking `type` is enough: only results of `readEvents` are written. */
function isEvent(value: unknown): value is PipelinesEvent {
  return isObject(value) && typeof value.type === "string";
}
