import type { BookTables } from "./book.ts";
import type { DeadLetters } from "./dead.ts";
import type { Cursors, Log } from "./log.ts";
import { pruneLookups } from "./lookup.ts";
import { discard, MOVED_AT_ONCE, type Moved } from "./replay.ts";
import type { Seen } from "./seen.ts";
import type { AccountRecord } from "./state.ts";
import type { Store } from "./store.ts";

const DAY = 86_400_000;

/** How long a delivered webhook and an event's dedupe hash are kept. */
export const RETENTION = 7 * DAY;

/** How long a dead letter waits for a person. */
export const DEAD_RETENTION = 30 * DAY;

/** What grows old. */
export interface Retained {
  readonly store: Store;
  readonly log: Log;
  readonly seen: Seen;
  readonly dead: DeadLetters;
  readonly book: BookTables;
}

/**
 * Drops what has been kept long enough. What was not delivered yet is never dropped.
 * @param settled how far the logs are done with
 * @returns the record, with dead letters that ran out counted as discarded
 */
export function retire(retained: Retained, record: AccountRecord, settled: Cursors, now: number): AccountRecord {
  const { store, log, seen, book } = retained;
  store.transaction(() => {
    log.retire(settled, now - RETENTION);
    seen.retire(now);
    book.prune(now);
    pruneLookups(store, now);
  });
  let moved: Moved = { record, moved: MOVED_AT_ONCE };
  while (moved.moved === MOVED_AT_ONCE) moved = discard(retained, moved.record, { before: now - DEAD_RETENTION });
  return moved.record;
}
