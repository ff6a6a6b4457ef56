/**
 * Replays and discards dead letters.
 */
import { type DedupeStore, keysOf } from "../inbox/dedupe-store.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { flushTrail, withTrail } from "../outbox/store-trail.ts";
import { type Ended, withEnded } from "../outbox/trail.ts";
import { type Movement, withMovement } from "../state/ledger.ts";
import type { AccountRecord, State } from "../state/state.ts";
import type { DeadLetter, DeadLetters, DeadQuery, Exhumed } from "./dead-letters.ts";

/** Maximum of dead letters in one transaction. Call again for more. */
export const MOVED_AT_ONCE = 500;

/** What replaying needs of the account. */
export interface ReplayTools {
  readonly state: State;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly dedupe: DedupeStore;
  readonly dead: DeadLetters;
}

/**
 * Appends dead letters to the inbox, although the dedupe store knows them. Ids and times stay the same, and so do the `messageId`s; the original order is
 * lost.
 * @returns how many, at most 500
 */
export function replay(tools: ReplayTools, query: DeadQuery, now: number): number {
  const { state, inbox, outbox, dedupe, dead } = tools;
  let moved = 0;
  state.update((record) => {
    const { letters, webhooks } = dead.remove(query, MOVED_AT_ONCE);
    const entries = webhooks.map((webhook) => ({
      ...webhook,
      keys: keysOf(
        webhook.source,
        webhook.events.map(({ id }) => id),
      ),
      replayedAt: now,
      notes: { ...webhook.notes, keptAt: now, skipped: [], replayOf: webhook.seq },
    }));
    const seqs = inbox.append(entries, now);
    dedupe.keep(
      entries.map(({ keys }, index) => ({ keys, seq: seqs[index] ?? 0 })),
      now,
    );
    moved = letters.length;
    // They count as received again once the cursor passes them.
    const left = withMoved(record, letters, { received: -1, dead: -1 });
    return flushTrail(withTrail(left, withEnded(left.outbox.trail, endedIn(webhooks, "replayed", now))), outbox, now);
  });
  return moved;
}

/** Discards dead letters with their webhooks, and leaves no trace of them. @returns how many, at most 500 */
export function discard({ state, dead }: Pick<ReplayTools, "state" | "dead">, query: DeadQuery): number {
  let moved = 0;
  state.update((record) => {
    const { letters } = dead.remove(query, MOVED_AT_ONCE);
    moved = letters.length;
    return withMoved(record, letters, { dead: -1, discarded: 1 });
  });
  return moved;
}

/** Discards dead letters for an operator: the event log goes on to tell of them. @returns how many, at most 500 */
export function giveUp(
  { state, outbox, dead }: Pick<ReplayTools, "state" | "outbox" | "dead">,
  query: DeadQuery,
  now: number,
): number {
  let moved = 0;
  state.update((record) => {
    const { letters, webhooks } = dead.remove(query, MOVED_AT_ONCE);
    moved = letters.length;
    const left = withMoved(record, letters, { dead: -1, discarded: 1 });
    return flushTrail(withTrail(left, withEnded(left.outbox.trail, endedIn(webhooks, "discarded", now))), outbox, now);
  });
  return moved;
}

function endedIn(webhooks: Exhumed["webhooks"], as: Ended["as"], at: number): readonly Ended[] {
  const reason = as === "discarded" ? "by an operator" : null;
  return webhooks.flatMap(({ source, seq, events }) => events.map(({ id, type }) => ({ source, seq, id, type, as, reason, at })));
}

function withMoved(record: AccountRecord, letters: readonly DeadLetter[], movement: Movement): AccountRecord {
  if (letters.length === 0) return record;
  return { ...record, ledger: letters.reduce((ledger, { source }) => withMovement(ledger, source, movement), record.ledger) };
}
