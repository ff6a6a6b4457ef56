/**
 * What a person does with dead letters: put them back at the end of the inbox, or give them up.
 */

import type { Inbox } from "../inbox/inbox.ts";
import { type Movement, withMovement } from "../state/ledger.ts";
import type { AccountRecord, State } from "../state/state.ts";
import type { DeadLetter, DeadLetters, DeadQuery } from "./dead-letters.ts";

/** Dead letters that one transaction moves. Who moves more calls again. */
export const MOVED_AT_ONCE = 500;

/** What is moved, and where. */
export interface Graveyard {
  readonly state: State;
  readonly inbox: Inbox;
  readonly dead: DeadLetters;
}

/**
 * Puts dead letters back at the end of the inbox, past the dedupe store. Their ids and times stay what they were, so Customer.io sees the same
 * `messageId`s; their place in the order does not come back.
 * @returns how many, at most 500
 */
export function replay({ state, inbox, dead }: Graveyard, query: DeadQuery, now: number): number {
  let moved = 0;
  state.update((record) => {
    const { letters, webhooks } = dead.remove(query, MOVED_AT_ONCE);
    inbox.append(
      webhooks.map((webhook) => ({ ...webhook, replayedAt: now })),
      now,
    );
    moved = letters.length;
    // They are received again when the cursor passes them.
    return withMoved(record, letters, { received: -1, dead: -1 });
  });
  return moved;
}

/** Gives dead letters up, with their webhooks. @returns how many, at most 500 */
export function discard({ state, dead }: Pick<Graveyard, "state" | "dead">, query: DeadQuery): number {
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
