/**
 * Quarantine: finding the event, and then the call, that made the destination refuse a batch.
 */
import type { DeliveryState, Quarantine, SentBatch } from "./delivery.ts";

/** How long an acceptance proves that the destination takes events with this key. */
const PROOF_LASTS = 60_000;

const NO_HEAD = { head: null, done: 0, callLimit: 0, refusedBy: null, heldSince: null } as const;

/** A quarantine before anything is known. */
export const NEW_QUARANTINE: Quarantine = { events: 0, limit: 1, ...NO_HEAD, notBefore: 0, failures: 0 };

/** The quarantine of a source whose next event is `head`, without what is known about another head. */
export function quarantineAt(quarantine: Quarantine, head: string): Quarantine {
  return quarantine.head === null || quarantine.head === head ? quarantine : { ...quarantine, ...NO_HEAD };
}

/** Something was accepted recently, and after the head was refused alone. So the refusal was about the head. */
export function isProven({ accepted }: DeliveryState, { refusedBy }: Quarantine, key: string, now: number): boolean {
  if (accepted === null || refusedBy === null) return false;
  return accepted.answer > refusedBy && accepted.key === key && now - accepted.at <= PROOF_LASTS;
}

/**
 * Narrows a quarantine after a part of the source was accepted.
 * @param quarantine `undefined` for a source without one: it gets one if a single event is larger than a batch
 * @returns `null` when the quarantine is over
 */
export function afterPartAccepted(
  quarantine: Quarantine | undefined,
  head: string,
  events: number,
  calls: number,
): Quarantine | null {
  const known = quarantine ? quarantineAt(quarantine, head) : { ...NEW_QUARANTINE, events: 1 };
  if (events === 0) return { ...known, head, done: known.done + calls, refusedBy: null };
  const left = known.events - events;
  return left <= 0 ? null : { ...NEW_QUARANTINE, events: left, limit: Math.min(left, known.limit * 2) };
}

/**
 * Puts the sources of a refused batch in quarantine. If there are several, each is tried alone next. If there is one, its part is halved:
 * first its events, then the calls of its last event.
 * @param refusedBy the number of the answer, if it refused a single call
 */
export function quarantineSources(state: DeliveryState, { lanes }: SentBatch, refusedBy: number | null): DeliveryState {
  const alone = lanes.length === 1;
  const quarantined = new Map(state.quarantined);
  for (const { source, head, events, calls } of lanes) {
    const known = quarantineAt(quarantined.get(source) ?? NEW_QUARANTINE, head);
    const isOneEvent = alone && events <= 1;
    const isOneCall = isOneEvent && calls === 1;
    quarantined.set(source, {
      ...known,
      head: isOneEvent || known.done > 0 ? head : null,
      events: Math.max(known.events, events, 1),
      limit: Math.max(1, alone ? Math.floor(events / 2) : events),
      callLimit: isOneEvent ? Math.max(1, Math.floor(calls / 2)) : 0,
      refusedBy: isOneCall ? refusedBy : null,
    });
  }
  return { ...state, quarantined };
}
