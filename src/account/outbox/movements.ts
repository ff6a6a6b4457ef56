/**
 * Movements: the changes of cursors and ledger by a round of translation. The batch's row holds them until the state's row is written next.
 */
import * as z from "zod";
import type { InboxWebhook } from "../../translate/inbox.ts";
import type { Round } from "../../translate/round.ts";
import { type Delta, deltaSchema } from "../drift/delta.ts";
import type { Cursor } from "../inbox/inbox.ts";
import { countsSchema, type Ledger, type Movement, NO_WEBHOOKS_YET, withMovement } from "../state/ledger.ts";
import type { AccountRecord } from "../state/state.ts";
import { NO_TRAIL } from "./trail.ts";

/** The changes of a round. */
export interface Movements {
  readonly cursors: ReadonlyMap<string, Cursor>;
  readonly ledger: readonly (readonly [source: string, movement: Movement])[];
  /** Whether the round was recorded as attempted. */
  readonly endsAttempt: boolean;
  /** What the round shows of vendors' data. */
  readonly drift?: Delta;
}

/** Movements as they are stored. */
export const movementsSchema = z.object({
  cursors: z.array(z.tuple([z.string(), z.object({ seq: z.number(), events: z.number() })])),
  ledger: z.array(z.tuple([z.string(), countsSchema])),
  endsAttempt: z.boolean(),
  drift: deltaSchema.exactOptional(),
});

/** The cursor before the first webhook. */
export const BEGINNING: Cursor = { seq: 0, events: 0 };

/** A vendor sends a webhook again for about as long as this, milliseconds: what happened before is no part of what it sends. */
const RETRIED = 72 * 3_600_000;

/** The movements of a round. Events with calls are counted when they are delivered. */
export function movementsOf(
  { closed, partial, endings, anonymous, ready }: Round,
  endsAttempt: boolean,
  cursorOf: (source: string) => Cursor,
): Movements {
  const cursors = new Map<string, Cursor>();
  const earliest = new Map<number, number>();
  for (const { seq, occurredAt } of ready)
    earliest.set(seq, Math.min(earliest.get(seq) ?? Number.POSITIVE_INFINITY, Date.parse(occurredAt)));
  // First, since it depends on whether anything was counted before.
  const ledger: [string, Movement][] = closed.flatMap((entry) => {
    const since = sinceOf(entry, earliest.get(entry.seq) ?? Number.POSITIVE_INFINITY);
    return since === null ? [] : [[entry.source, { since }]];
  });
  for (const { source, lastSeq, duplicates, ignored } of closed) {
    cursors.set(source, { seq: lastSeq, events: 0 });
    const left = Object.values(ignored).reduce((sum, count) => sum + count, 0);
    if (left + duplicates > 0)
      ledger.push([source, { received: left + duplicates, ignored: left, duplicate: duplicates, reasons: ignored }]);
  }
  if (partial !== null && partial.events > 0) {
    const { seq } = cursors.get(partial.source) ?? cursorOf(partial.source);
    cursors.set(partial.source, { seq, events: partial.events });
  }
  for (const { source, as, reason } of endings)
    ledger.push([source, { received: 1, [as]: 1, ...(reason === undefined ? {} : { reasons: { [reason]: 1 } }) }]);
  for (const source of anonymous) ledger.push([source, { anonymous: 1 }]);
  return { cursors, ledger: summed(ledger), endsAttempt };
}

/**
 * Since when, as far as this webhook says, the vendor sends what happens; `null` for a replay, which says nothing.
 * @param earliest when the first of its events happened, milliseconds since 1970
 */
function sinceOf({ receivedAt, replayedAt, notes }: InboxWebhook, earliest: number): number | null {
  if (replayedAt !== null) return null;
  if (notes?.imported) return NO_WEBHOOKS_YET;
  return Math.max(receivedAt - RETRIED, Math.min(receivedAt, earliest));
}

/** Sums movements by source. */
function summed(movements: readonly (readonly [string, Movement])[]): Movements["ledger"] {
  const ledger = movements.reduce<Ledger>((known, [source, movement]) => withMovement(known, source, movement), new Map());
  return [...ledger];
}

/** The state after a round. */
export function withMovements(record: AccountRecord, { cursors, ledger, endsAttempt }: Movements): AccountRecord {
  return {
    ...record,
    attempting: endsAttempt ? null : record.attempting,
    cursors: new Map([...record.cursors, ...cursors]),
    ledger: ledger.reduce((moved, [source, movement]) => withMovement(moved, source, movement), record.ledger),
  };
}

/** The state after sealing a batch with this number; its row has the trail. */
export function withBatch(record: AccountRecord, id: number): AccountRecord {
  const open = [...record.outbox.open, { id, passed: new Map(), attempts: [] }];
  return { ...record, outbox: { ...record.outbox, last: id, open, trail: NO_TRAIL } };
}
