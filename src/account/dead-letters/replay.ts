/**
 * Replays and discards dead letters.
 */

import type { Inbox } from "../inbox/inbox.ts";
import { type Movement, withMovement } from "../state/ledger.ts";
import type { AccountRecord, State } from "../state/state.ts";
import type { DeadLetter, DeadLetters, DeadQuery } from "./dead-letters.ts";

/** Maximum of dead letters in one transaction. Call again for more. */
export const MOVED_AT_ONCE = 500;

/** What replaying needs of the account. */
export interface ReplayTools {
  readonly state: State;
  readonly inbox: Inbox;
  readonly dead: DeadLetters;
}

/**
 * Appends dead letters to the inbox, without the dedupe store. Ids and times stay the same, and so do the `messageId`s; the original order is
 * lost.
 * @returns how many, at most 500
 */
export function replay({ state, inbox, dead }: ReplayTools, query: DeadQuery, now: number): number {
  let moved = 0;
  state.update((record) => {
    const { letters, webhooks } = dead.remove(query, MOVED_AT_ONCE);
    inbox.append(
      webhooks.map((webhook) => ({ ...webhook, replayedAt: now })),
      now,
    );
    moved = letters.length;
    // They count as received again once the cursor passes them.
    return withMoved(record, letters, { received: -1, dead: -1 });
  });
  return moved;
}

/** Discards dead letters with their webhooks. @returns how many, at most 500 */
export function discard({ state, dead }: Pick<ReplayTools, "state" | "dead">, query: DeadQuery): number {
  let moved = 0;
  state.update((record) => {
    const { letters } = dead.remove(query, MOVED_AT_ONCE);
    moved = letters.length;
    return withMoved(record, letters, { dead: -1, discarded: 1 });
  });
  return moved;
}

function withMoved(record: AccountRecord, letters: readonly DeadLetter[], movement: Movement): AccountRecord {
  if (letters.length === 0) return record;
  return { ...record, ledger: letters.reduce((ledger, { source }) => withMovement(ledger, source, movement), record.ledger) };
}
