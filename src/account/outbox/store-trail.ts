/**
 * Puts the trail into the state, and, where it waited too long for a batch, into a row of its own.
 */
import type { AccountRecord } from "../state/state.ts";
import type { Outbox } from "./outbox.ts";
import { isLong, NO_TRAIL, type Trail } from "./trail.ts";

/** The state with this trail. */
export function withTrail(record: AccountRecord, trail: Trail): AccountRecord {
  return trail === record.outbox.trail ? record : { ...record, outbox: { ...record.outbox, trail } };
}

/** Writes a trail that is too long into a row of the outbox; inside the caller's transaction, which must write the state too. */
export function flushTrail(record: AccountRecord, outbox: Pick<Outbox, "keepTrail">, now: number): AccountRecord {
  const { trail, last } = record.outbox;
  if (!isLong(trail)) return record;
  outbox.keepTrail(last + 1, trail, now);
  return { ...record, outbox: { ...record.outbox, last: last + 1, trail: NO_TRAIL } };
}
