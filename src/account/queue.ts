/**
 * What stands at the heads of the sources' logs, mapped and ready to leave. It lives in memory: a crash maps it again, to the same calls.
 */
import type { Account } from "../config.ts";
import { BATCH_BYTES } from "../pipelines/limits.ts";
import { packBatch, type SerialisedCall, serialise } from "../pipelines/pack.ts";
import type { Death } from "./dead.ts";
import type { SentBatch, Step } from "./delivery.ts";
import type { LogEntry } from "./log.ts";
import { type EventOutcome, mapWebhook } from "./mapping.ts";

/** How long a webhook may wait to leave, milliseconds. */
export const PENDING_LASTS = 30 * 86_400_000;

/** What one vendor event became, and what passing it means. */
export interface Unit {
  readonly seq: number;
  readonly source: string;
  /** When it was accepted or replayed, milliseconds since 1970. */
  readonly waitsSince: number;
  /** Absent for a webhook of which nothing was kept but its tally. */
  readonly end:
    | { readonly kind: "calls"; readonly calls: readonly SerialisedCall[]; readonly death: Omit<Death, "reason" | "detail"> }
    | { readonly kind: "ignored"; readonly reason: string }
    | { readonly kind: "dead"; readonly death: Death }
    | null;
  /** Set on the last of its webhook. */
  readonly closes: {
    readonly seq: number;
    readonly ignored: Readonly<Record<string, number>>;
    readonly duplicates: number;
  } | null;
}

/** The units of each source, oldest first. */
export type Queues = ReadonlyMap<string, readonly Unit[]>;

/** A batch from the heads of the queues. */
export interface HeadBatch {
  /** JSON text. */
  readonly body: string;
  readonly sent: SentBatch;
}

/** Units from one webhook, in the order of its events. @param passed how many of its events the cursor has passed */
export async function unitsOf(entry: LogEntry, account: Account, passed: number, now: number): Promise<readonly Unit[]> {
  const outcomes = await outcomesOf(entry, account, now);
  return closeWith(
    entry,
    outcomes.slice(passed).map((outcome) => endOf(outcome, entry.source)),
  );
}

/** The units of a webhook that must not be mapped again: it killed the object each time. */
export function crashedUnits(entry: LogEntry, passed: number): readonly Unit[] {
  const deaths = deathsOf(entry, "crashed", "mapping this webhook ended the object three times");
  return closeWith(
    entry,
    deaths.slice(passed).map((death) => ({ kind: "dead", death })),
  );
}

function closeWith({ seq, source, lastSeq, envelope }: LogEntry, ends: readonly Unit["end"][]): readonly Unit[] {
  const { ignored, duplicates, receivedAt, replayedAt } = envelope;
  const all = ends.length === 0 ? [null] : ends;
  return all.map((end, index) => ({
    seq,
    source,
    waitsSince: replayedAt ?? receivedAt,
    end,
    closes: index === all.length - 1 ? { seq: lastSeq, ignored, duplicates } : null,
  }));
}

type Outcome = EventOutcome | { readonly kind: "buried"; readonly death: Death };

async function outcomesOf(entry: LogEntry, account: Account, now: number): Promise<readonly Outcome[]> {
  const buried = (reason: Death["reason"], detail: string): readonly Outcome[] =>
    deathsOf(entry, reason, detail).map((death) => ({ kind: "buried", death }));
  const { receivedAt, replayedAt, format, headers, query, nonce } = entry.envelope;
  if (entry.envelope.events.length === 0) return [];
  if (now - (replayedAt ?? receivedAt) > PENDING_LASTS) return buried("expired", "could not be delivered within 30 days");
  const state = account.sources.get(entry.source);
  if (state === undefined) return buried("unconfigured", "its source is no longer configured: configure it again and replay");
  if (!state.ok) return buried("unconfigured", state.problem);
  const events = entry.envelope.events.map(([id, type]) => ({ id, type }));
  return mapWebhook({ receivedAt, format, headers, query, nonce, body: entry.body, events }, state.source, account);
}

function deathsOf(entry: LogEntry, reason: Death["reason"], detail: string): readonly Death[] {
  const occurredAt = new Date(entry.envelope.receivedAt).toISOString();
  return entry.envelope.events.map(([id, type]) => ({ id, type, source: entry.source, occurredAt, reason, detail }));
}

function endOf(outcome: Outcome, source: string): Unit["end"] {
  switch (outcome.kind) {
    case "calls": {
      const { id, type, occurredAt } = outcome;
      return { kind: "calls", calls: outcome.calls.map(serialise), death: { id, type, source, occurredAt } };
    }
    case "ignored":
      return { kind: "ignored", reason: outcome.reason };
    case "dead": {
      const { id, type, occurredAt, reason, issue } = outcome;
      return { kind: "dead", death: { id, type, source, occurredAt, reason, detail: issue } };
    }
    case "buried":
      return { kind: "dead", death: outcome.death };
  }
}

/** Bytes of the calls that wait in a queue. */
export function bytesOf(queue: readonly Unit[]): number {
  return queue.reduce((sum, { end }) => sum + (end?.kind === "calls" ? sizeOf(end.calls) : 0), 0);
}

/** How many units leave the head of a queue when so many of its vendor events with calls have left: those without calls behind them too. */
export function unitsBehind(queue: readonly Unit[], events: number): number {
  const sendable = queue.flatMap(({ end }, index) => (end?.kind === "calls" ? [index] : []));
  return events === 0 ? 0 : (sendable[events] ?? queue.length);
}

/** The batch that a step asks for. */
export function headBatch(queues: Queues, step: Step & { readonly do: "send" | "try" }): HeadBatch {
  return step.do === "send" ? together(queues, step.sources) : alone(queues.get(step.source) ?? [], step);
}

/**
 * Vendor events of several sources in the order of their acceptance. Where not all of them fit, each source has an equal share first: a flood
 * of one delays no other.
 */
function together(queues: Queues, sources: readonly string[]): HeadBatch {
  const share = BATCH_BYTES / sources.length;
  const chosen: Sendable[] = [];
  const spare: Sendable[] = [];
  let size = 0;
  for (const source of sources) {
    let own = 0;
    for (const sendable of sendablesOf(queues.get(source) ?? [])) {
      own += sizeOf(sendable.calls);
      // The first goes in any case, though it may be larger than a share.
      if (own <= share || own === sizeOf(sendable.calls)) {
        chosen.push(sendable);
        size += sizeOf(sendable.calls);
      } else spare.push(sendable);
    }
  }
  for (const sendable of spare.sort(byAcceptance)) {
    size += sizeOf(sendable.calls);
    if (size > BATCH_BYTES) break;
    chosen.push(sendable);
  }
  chosen.sort(byAcceptance);
  const packed = packBatch(chosen.map(({ calls }) => calls));
  const lanes = new Map<string, { readonly source: string; readonly events: number; readonly calls: number }>();
  for (const { source, calls } of chosen.slice(0, packed.groups)) {
    const lane = lanes.get(source) ?? { source, events: 0, calls: 0 };
    lanes.set(source, { source, events: lane.events + 1, calls: lane.calls + calls.length });
  }
  const larger = packed.groups === 0 ? chosen[0] : undefined;
  if (larger) lanes.set(larger.source, { source: larger.source, events: 0, calls: packed.partial });
  return { body: packed.body, sent: { kind: "batch", lanes: [...lanes.values()] } };
}

function alone(queue: readonly Unit[], step: Step & { readonly do: "try" }): HeadBatch {
  const { source, skipCalls, events } = step;
  const sendables = sendablesOf(queue).slice(0, events);
  const first = sendables[0]?.calls ?? [];
  const isPart = skipCalls > 0 || step.calls > 0;
  const part = first.slice(skipCalls, step.calls === 0 ? undefined : skipCalls + step.calls);
  const packed = packBatch(isPart ? [part] : sendables.map(({ calls }) => calls));
  const whole = isPart ? (skipCalls + packed.calls >= first.length ? 1 : 0) : packed.groups;
  return { body: packed.body, sent: { kind: "batch", lanes: [{ source, events: whole, calls: packed.calls }] } };
}

interface Sendable {
  readonly seq: number;
  readonly source: string;
  /** Its place in its queue: events of one webhook share a number. */
  readonly index: number;
  readonly calls: readonly SerialisedCall[];
}

function sendablesOf(queue: readonly Unit[]): readonly Sendable[] {
  return queue.flatMap(({ seq, source, end }, index) =>
    end?.kind === "calls" ? [{ seq, source, index, calls: end.calls }] : [],
  );
}

function byAcceptance(one: Sendable, other: Sendable): number {
  return one.seq - other.seq || one.index - other.index;
}

/** Bytes of calls with the commas behind them. */
function sizeOf(calls: readonly SerialisedCall[]): number {
  return calls.reduce((sum, call) => sum + call.bytes + 1, 0);
}
