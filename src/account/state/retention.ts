/**
 * How long stored data is kept, and the deletion of what is older.
 */
import type { DeadLetters } from "../dead-letters/dead-letters.ts";
import { discard, MOVED_AT_ONCE } from "../dead-letters/replay.ts";
import type { DedupeStore } from "../inbox/dedupe-store.ts";
import type { Cursors, Inbox } from "../inbox/inbox.ts";
import type { Nonces } from "../inbox/nonces.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { BookTables } from "../people/book-tables.ts";
import type { Conflicts } from "../people/conflicts.ts";
import { pruneLookups } from "../people/look-up.ts";
import type { State } from "./state.ts";
import type { Store } from "./store.ts";

const DAY = 86_400_000;

/** How long a delivered webhook, a sent batch and an event's dedupe hash are kept. */
export const RETENTION = 7 * DAY;

/** How long a dead letter is kept. */
export const DEAD_RETENTION = 30 * DAY;

/** What retention works on. */
export interface Retained {
  readonly store: Store;
  readonly state: State;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly dedupe: DedupeStore;
  readonly nonces: Nonces;
  readonly dead: DeadLetters;
  readonly book: BookTables;
  readonly conflicts: Conflicts;
}

/**
 * Drops data past its retention. Undelivered data is never dropped. Expired dead letters count as discarded.
 * @param settled how far each source's inbox is finished
 */
export function retire(retained: Retained, settled: Cursors, now: number): void {
  const { store, state, inbox, outbox, dedupe, nonces, book, conflicts } = retained;
  store.transaction(() => {
    inbox.retire(settled, now - RETENTION);
    outbox.retire(oldestOpen(state), now - RETENTION);
    dedupe.retire(now);
    nonces.retire(now);
    book.prune(now);
    conflicts.prune(now);
    pruneLookups(store, now);
  });
  while (discard(retained, { before: now - DEAD_RETENTION }) === MOVED_AT_ONCE);
}

/** The number of the oldest batch with unsent events, or of the next batch. */
export function oldestOpen(state: State): number {
  const { open, last } = state.current().outbox;
  return open[0]?.id ?? last + 1;
}
