/**
 * Removes a person's calls from a sealed batch, sent or unsent. Unsent events count as discarded.
 */
import * as z from "zod";
import { unsentOf } from "../outbox/lanes.ts";
import { callsIn, type Outbox, type SealedBatch } from "../outbox/outbox.ts";
import type { SealedEvent } from "../outbox/sealed-event.ts";
import { withMovement } from "../state/ledger.ts";
import type { AccountRecord, OpenBatch } from "../state/state.ts";

/** The part of a call that decides. */
export interface SentCall {
  readonly userId?: string | undefined;
  readonly anonymousId?: string | undefined;
  /** The whole call, JSON. */
  readonly text: string;
}

const ids = z.object({ userId: z.string().optional(), anonymousId: z.string().optional() });

const decoder = new TextDecoder();

/**
 * Removes every event with such a call from a batch; inside the caller's transaction.
 * @returns the state without them, and how many were removed
 */
export function eraseFromBatch(
  record: AccountRecord,
  outbox: Outbox,
  number: number,
  isAbout: (call: SentCall, source: string) => boolean,
): { readonly record: AccountRecord; readonly events: number } {
  const batch = outbox.read(number);
  if (batch === null) return { record, events: 0 };
  const calls = callsIn(batch.body, batch.events);
  const removed = batch.events.filter(({ source }, index) => {
    const texts = (calls[index] ?? []).map((bytes) => decoder.decode(bytes));
    return texts.some((text) => isAbout({ ...ids.parse(JSON.parse(text)), text }, source));
  });
  return { record: removeEvents(record, outbox, batch, removed), events: removed.length };
}

/** Removes these events from a batch; inside the caller's transaction. @returns the state without them */
export function removeEvents(
  record: AccountRecord,
  outbox: Outbox,
  batch: SealedBatch,
  removed: readonly SealedEvent[],
): AccountRecord {
  if (removed.length === 0) return record;
  outbox.remove(batch.id, (_, index) => batch.events[index] !== undefined && removed.includes(batch.events[index]));
  const passed = record.outbox.open.find(({ id }) => id === batch.id)?.passed;
  const unsent = passed === undefined ? [] : unsentOf({ batch, passed });
  const gone = (source: string): number => removed.filter((event) => event.source === source && !unsent.includes(event)).length;
  const open = record.outbox.open.flatMap((one): readonly OpenBatch[] => {
    if (one.id !== batch.id) return [one];
    if (unsent.every((event) => removed.includes(event))) return [];
    return [{ ...one, passed: new Map([...one.passed].map(([source, count]) => [source, count - gone(source)])) }];
  });
  // Sent events are counted as delivered already; the core's own events are not counted.
  const lost = unsent.filter((event) => removed.includes(event) && !event.source.startsWith("+"));
  const ledger = lost.reduce((moved, { source }) => withMovement(moved, source, { received: 1, discarded: 1 }), record.ledger);
  return { ...record, ledger, outbox: { ...record.outbox, open } };
}
