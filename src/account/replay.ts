/**
 * What a person does with dead letters: put them back at the end of the log, or give them up.
 */
import type { DeadLetter, DeadLetters, DeadQuery } from "./dead.ts";
import { type Ledger, move } from "./ledger.ts";
import type { Log } from "./log.ts";
import { type AccountRecord, saveRecord } from "./state.ts";
import type { Store } from "./store.ts";

/** Dead letters that one transaction moves. Who moves more calls again. */
export const MOVED_AT_ONCE = 500;

/** What is moved, and where. */
export interface Graveyard {
  readonly store: Store;
  readonly log: Log;
  readonly dead: DeadLetters;
}

/** The end of a move. */
export interface Moved {
  readonly record: AccountRecord;
  /** How many were moved by this call. */
  readonly moved: number;
}

/**
 * Puts dead letters back at the end of the log, past the dedupe memory. Their ids and times stay what they were, so Customer.io sees the same
 * `messageId`s; their place in the order does not come back.
 */
export function replay({ store, log, dead }: Graveyard, record: AccountRecord, query: DeadQuery, now: number): Moved {
  return store.transaction(() => {
    const { letters, entries } = dead.remove(query, MOVED_AT_ONCE);
    log.append(
      entries.map((entry) => ({ ...entry, envelope: { ...entry.envelope, replayedAt: now } })),
      now,
    );
    // They will be received again when the cursor passes them.
    return settle(store, record, letters, (ledger, source, count) => move(ledger, source, { received: -count, dead: -count }));
  });
}

/** Gives dead letters up, with their webhooks. */
export function discard({ store, dead }: Pick<Graveyard, "store" | "dead">, record: AccountRecord, query: DeadQuery): Moved {
  return store.transaction(() => {
    const { letters } = dead.remove(query, MOVED_AT_ONCE);
    return settle(store, record, letters, (ledger, source, count) => move(ledger, source, { dead: -count, discarded: count }));
  });
}

function settle(
  store: Store,
  record: AccountRecord,
  letters: readonly DeadLetter[],
  change: (ledger: Ledger, source: string, count: number) => Ledger,
): Moved {
  if (letters.length === 0) return { record, moved: 0 };
  let { ledger } = record;
  for (const { source } of letters) ledger = change(ledger, source, 1);
  const next = { ...record, ledger };
  saveRecord(store, next);
  return { record: next, moved: letters.length };
}
