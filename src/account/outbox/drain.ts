/**
 * The drain: sends open batches, and applies what the answer means. It knows nothing of people or adapters.
 */
import { probeBody } from "../../pipelines/probe.ts";
import type { Answer, Send } from "../../pipelines/sender.ts";
import { PENDING_LASTS } from "../../translate/batch.ts";
import { MERGES } from "../../translate/result.ts";
import type { DeadLetters, DeathReason } from "../dead-letters/dead-letters.ts";
import { removeEvents } from "../erasure/batches.ts";
import type { Erasures } from "../erasure/erasures.ts";
import { ERASURES } from "../erasure/owed.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Report } from "../report.ts";
import { type Ledger, withMovement } from "../state/ledger.ts";
import type { AccountRecord, OpenBatch, State } from "../state/state.ts";
import type { Activity } from "./activity.ts";
import { afterAnswer, type Transition, withoutKey } from "./after-answer.ts";
import type { DeliveryState, Sent } from "./delivery.ts";
import { headsOf, type Open, type Request, requestFor, unsentOf } from "./lanes.ts";
import { nextStep } from "./next-step.ts";
import type { Outbox } from "./outbox.ts";
import type { SealedEvent } from "./sealed-event.ts";
import { type Attempt, type Standstill, withAnswered, withAttempt } from "./trail.ts";

/** Customer.io starts no automation for events older than this. @see https://docs.customer.io/integrations/api/track/ */
const LATE = 72 * 3_600_000;

/** What draining needs of the account. */
export interface DrainTools {
  readonly state: State;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly dead: DeadLetters;
  readonly erasures: Erasures;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Delivery's own clock, milliseconds: faster than the world's under a `TIME_SCALE`. */
  readonly deliveryNow: () => number;
  readonly random: () => number;
  readonly report: (line: Report) => void;
  readonly activity: Activity;
}

/** The current API key, and the way to its region. */
export interface Key {
  readonly fingerprint: string;
  readonly send: Send;
}

/** The result of one step. */
export type Drained =
  | { readonly kind: "sent" }
  | { readonly kind: "nothing" }
  /** By delivery's clock. */
  | { readonly kind: "wait"; readonly until: number };

/** The drain of one account. */
export interface Drain {
  /** Sends one request, if the state machine allows it. Must not run concurrently. @param key `null` if none is configured */
  step(key: Key | null): Promise<Drained>;
  /** Turns events that have waited too long into dead letters. */
  expire(): void;
  /** The batches with unsent events, oldest first. */
  open(): readonly Open[];
}

/** Makes the drain of one account. */
export function createDrain(tools: DrainTools): Drain {
  const { state, outbox } = tools;

  const open = (): readonly Open[] =>
    state.current().outbox.open.map(({ id, passed }) => {
      const batch = outbox.read(id);
      if (batch === null) throw new Error("an open batch is gone from the outbox");
      return { batch, passed };
    });

  /** The sources to send from. Merge calls are sent alone before everything else, unless they are held. */
  function sendable(all: readonly Open[]): ReadonlyMap<string, string> {
    const heads = headsOf(all);
    const merges = heads.get(MERGES);
    const isHeld = (state.current().delivery.quarantined.get(MERGES)?.notBefore ?? 0) > tools.deliveryNow();
    return merges === undefined || isHeld ? heads : new Map([[MERGES, merges]]);
  }

  /** Performs the effects of a transition, and stores its state. */
  function apply({ state: delivery, effects }: Transition, sent: SentRequest | null): void {
    const reports: Report[] = [];
    const delivered: SealedEvent[] = [];
    const all = open();
    const now = tools.now();
    state.update((record) => {
      const standstill = standstillAfter(record, delivery, now);
      const moved = { ...record, delivery, outbox: { ...record.outbox, standstill } };
      let next: AccountRecord = sent === null ? moved : attempted(moved, sent, all);
      for (const effect of effects) {
        if (effect.kind === "alarm") {
          const { reason, source } = effect;
          reports.push({ outcome: "alarm", reason, ...(source === null ? {} : { source }) });
        } else if (effect.kind === "delivered") {
          const left = take(next, all, effect.source, effect.events);
          delivered.push(...left.events);
          const ledger = deliver(effect.source, left.events, left.record.ledger, now);
          next = withoutErased({ ...left.record, ledger }, all, left.events);
        } else {
          const left = take(next, all, effect.source, 1);
          const detail = `${effect.status} ${effect.detail}`.trim();
          const ledger = left.events.reduce(
            (moved, event) => refuse(event, "refused", detail, moved, reports),
            left.record.ledger,
          );
          next = withoutErased({ ...left.record, ledger }, all, left.events);
        }
      }
      return next;
    });
    for (const line of reports) tools.report(line);
    for (const { since, source } of delivered) if (!source.startsWith("+")) tools.activity.delivered(now - since);
  }

  /** Removes calls about erased people from their batches once they are finished. */
  function withoutErased(record: AccountRecord, all: readonly Open[], left: readonly SealedEvent[]): AccountRecord {
    const told = left.filter(({ source }) => source === ERASURES);
    return all.reduce(
      (next, { batch }) =>
        removeEvents(
          next,
          outbox,
          batch,
          batch.events.filter((event) => told.includes(event)),
        ),
      record,
    );
  }

  /** The ledger with events of one source that were delivered. */
  function deliver(source: string, events: readonly SealedEvent[], ledger: Ledger, now: number): Ledger {
    if (source === ERASURES) for (const _ of events) tools.erasures.told(false, now);
    if (source === MERGES || source === ERASURES || events.length === 0) return ledger;
    const late = events.filter(({ occurredAt }) => now - Date.parse(occurredAt) > LATE).length;
    return withMovement(ledger, source, { received: events.length, delivered: events.length, late });
  }

  function refuse(event: SealedEvent, reason: DeathReason, detail: string, ledger: Ledger, reports: Report[]): Ledger {
    const { source, seq, id, type, occurredAt } = event;
    if (source === MERGES) {
      reports.push({ outcome: "merge_call_refused" });
      return ledger;
    }
    if (source === ERASURES) {
      tools.erasures.told(true, tools.now());
      reports.push({ outcome: "erasure_refused" });
      return ledger;
    }
    const webhook = tools.inbox.find(source, seq);
    if (webhook === null) throw new Error("the webhook of an unsent event is gone from the inbox");
    tools.dead.add({ id, type, source, occurredAt, reason, detail }, webhook, tools.now());
    reports.push({ outcome: "dead", source, type, id, reason });
    return withMovement(ledger, source, { received: 1, dead: 1 });
  }

  return {
    open,
    expire: () => {
      const reports: Report[] = [];
      const all = open();
      const isOld = ({ since }: SealedEvent): boolean => tools.now() - since > PENDING_LASTS;
      const old = [...headsOf(all).keys()].flatMap((source) => {
        const events = all.flatMap(unsentOf).filter((event) => event.source === source);
        const young = events.findIndex((event) => !isOld(event));
        const count = young === -1 ? events.length : young;
        return count > 0 ? [{ source, count }] : [];
      });
      if (old.length === 0) return;
      state.update((record) =>
        old.reduce((next, { source, count }) => {
          const left = take(next, all, source, count);
          const bury = (ledger: Ledger, event: SealedEvent): Ledger =>
            refuse(event, "expired", "could not be delivered within 30 days", ledger, reports);
          return { ...left.record, ledger: left.events.reduce(bury, left.record.ledger) };
        }, record),
      );
      for (const line of reports) tools.report(line);
    },
    step: async (key) => {
      const all = open();
      const waiting = sendable(all);
      if (waiting.size === 0) return { kind: "nothing" };
      const { delivery } = state.current();
      if (key === null) {
        const transition = withoutKey(delivery, tools.deliveryNow());
        if (transition.effects.length > 0) apply(transition, null);
      }
      const step = nextStep(delivery, key?.fingerprint ?? null, tools.deliveryNow(), waiting);
      if (step.do === "wait" || key === null)
        return { kind: "wait", until: step.do === "wait" ? step.until : tools.deliveryNow() };
      const request = step.do === "probe" ? null : requestFor(all, step);
      if (step.do !== "probe" && request === null) return { kind: "nothing" };
      const sent: Sent = request?.sent ?? { kind: "probe" };
      const body = request?.body ?? (await probeBody(new Date(tools.now()).toISOString()));
      const at = tools.now();
      const isRetry = state.current().delivery.failures > 0;
      const answer = await key.send("/v1/batch", body);
      const calls = request?.sent.lanes.reduce((sum, lane) => sum + lane.calls, 0) ?? 0;
      tools.activity.sent({ at, answer, calls, bytes: request?.body.byteLength ?? body.length, isRetry });
      const transition = afterAnswer(
        state.current().delivery,
        sent,
        answer,
        key.fingerprint,
        tools.deliveryNow(),
        tools.random(),
      );
      apply(transition, request && { batch: request.batch, attempt: attemptOf(request, answer, at, tools.now()) });
      return { kind: "sent" };
    },
  };
}

/** A request that was answered, and the batch whose events it carried. */
interface SentRequest {
  readonly batch: number;
  readonly attempt: Attempt;
}

function attemptOf({ sent: { lanes } }: Request, answer: Answer, at: number, now: number): Attempt {
  return {
    at,
    took: now - at,
    status: answer.kind === "status" ? answer.status : 0,
    detail: answer.detail,
    sources: lanes.map(({ source }) => source),
    calls: lanes.reduce((sum, { calls }) => sum + calls, 0),
  };
}

/** The last standstill, once delivery is in this state. */
function standstillAfter(
  { outbox: { standstill } }: AccountRecord,
  { failures, hold }: DeliveryState,
  now: number,
): Standstill | null {
  const lasts = standstill !== null && standstill.until === null;
  if (failures === 0 && hold === null) return lasts ? { ...standstill, until: now } : standstill;
  return { for: hold?.reason ?? "destination", since: lasts ? standstill.since : now, until: null };
}

/** Notes a request. The first one of a batch says which standstill its events saw before it. */
function attempted(record: AccountRecord, { batch, attempt }: SentRequest, all: readonly Open[]): AccountRecord {
  const { standstill } = record.outbox;
  const since = Math.min(...(all.find((one) => one.batch.id === batch)?.batch.events ?? []).map((event) => event.since));
  const until = Math.min(standstill?.until ?? attempt.at, attempt.at);
  const isAfter = standstill !== null && standstill.since < attempt.at && since < until;
  const open = record.outbox.open.map((one) => {
    if (one.id !== batch) return one;
    const noted = isAfter && one.attempts.length === 0 ? { ...attempt, after: { ...standstill, until } } : attempt;
    return { ...one, attempts: withAttempt(one.attempts, noted) };
  });
  return { ...record, outbox: { ...record.outbox, open } };
}

/** Marks the next unsent events of a source as finished. @param all the batches with unsent events */
function take(
  record: AccountRecord,
  all: readonly Open[],
  source: string,
  count: number,
): { readonly record: AccountRecord; readonly events: readonly SealedEvent[] } {
  const events: SealedEvent[] = [];
  let { trail } = record.outbox;
  const open = record.outbox.open.flatMap((one): readonly OpenBatch[] => {
    const { id, passed, attempts } = one;
    const batch = all.find((known) => known.batch.id === id)?.batch;
    if (batch === undefined) return [one];
    const leaving = unsentOf({ batch, passed })
      .filter((event) => event.source === source)
      .slice(0, count - events.length);
    events.push(...leaving);
    const gone = new Map(passed).set(source, (passed.get(source) ?? 0) + leaving.length);
    if (unsentOf({ batch, passed: gone }).length > 0) return [{ id, passed: gone, attempts }];
    trail = withAnswered(trail, id, attempts);
    return [];
  });
  return { record: { ...record, outbox: { ...record.outbox, open, trail } }, events };
}
