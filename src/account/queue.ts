/**
 * What stands at the heads of the sources' logs, mapped and ready to leave. It lives in memory: a crash maps it again, to the same calls.
 */
import type { Account, Source } from "../config/model.ts";
import type { IdFact } from "../contract/facts.ts";
import { BATCH_BYTES } from "../pipelines/limits.ts";
import { packBatch, type SerialisedCall, serialise } from "../pipelines/pack.ts";
import { finish } from "../pipelines/stamp.ts";
import type { Death } from "./dead.ts";
import type { SentBatch, Step } from "./delivery.ts";
import type { OwedCall } from "./erase.ts";
import type { LogEntry } from "./log.ts";
import { canLookUp } from "./lookup.ts";
import { type EventOutcome, mapWebhook, type StoredWebhook } from "./mapping.ts";
import { type Learned, type Memory, NOTHING_LEARNED } from "./people.ts";
import { type EventName, type Reading, readWebhook } from "./reading.ts";
import type { WaitingEvent } from "./waiting.ts";

/** How long a webhook may wait to leave, milliseconds. */
export const PENDING_LASTS = 30 * 86_400_000;

/** The queue of calls of the core's own that must be accepted before anything else leaves. No source has such a name. */
export const LINKS = "+links";

/** The queue of calls that tell Customer.io of erased people. */
export const ERASURES = "+erasures";

/** What one vendor event became, and what passing it means. */
export interface Unit {
  readonly seq: number;
  readonly source: string;
  /** Where it comes from: the log at its turn, the events that waited (with its number), or the core itself. */
  readonly origin: "log" | "core" | { readonly waiting: number };
  /** When it was accepted or replayed, milliseconds since 1970. */
  readonly since: number;
  /** Absent for a webhook of which nothing was kept but its tally. */
  readonly end: UnitEnd | null;
  readonly links: readonly SerialisedCall[];
  /** Anonymous ids of its people who are known. */
  readonly known: readonly string[];
  /** The event, and ids that its vendor may be asked about; `null` where that is done, or would change nothing. */
  readonly unknown: { readonly event: EventName; readonly ids: readonly IdFact[] } | null;
  readonly learned: Learned;
  /** Set on the last of its webhook. */
  readonly closes: {
    readonly seq: number;
    readonly ignored: Readonly<Record<string, number>>;
    readonly duplicates: number;
  } | null;
}

/** The end of a vendor event. */
export type UnitEnd =
  | { readonly kind: "calls"; readonly calls: readonly SerialisedCall[]; readonly death: Omit<Death, "reason" | "detail"> }
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "waits"; readonly event: EventName; readonly until: number; readonly strangers: readonly string[] }
  | { readonly kind: "dead"; readonly death: Death };

/** The units of each source, oldest first. */
export type Queues = ReadonlyMap<string, readonly Unit[]>;

/** A batch from the heads of the queues. */
export interface HeadBatch {
  /** JSON text. */
  readonly body: string;
  readonly sent: SentBatch;
}

/** What mapping an entry depends on. */
export interface UnitTools {
  readonly account: Account;
  readonly memory: Memory;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long events of unknown people wait, milliseconds; 0 where they may not. */
  readonly hold: number;
}

/** Units from one webhook, in the order of its events. @param passed how many of its events the cursor has passed */
export async function unitsOf(entry: LogEntry, passed: number, tools: UnitTools): Promise<readonly Unit[]> {
  const { seq, source, envelope } = entry;
  const names = envelope.events.map(([id, type]) => ({ id, type }));
  const since = envelope.replayedAt ?? envelope.receivedAt;
  const until = since + tools.hold;
  const state = tools.account.sources.get(source);
  // Where a vendor can be asked, it is before anything leaves anonymous.
  const mayWait = until > tools.now || (state?.ok === true && canLookUp(state.source));
  const outcomes = await outcomesOf(entry, names, tools, mayWait);
  const units = outcomes
    .slice(passed)
    .map((outcome): Unit => ({ ...unitFrom(outcome, source, until), seq, since, origin: "log" }));
  return closed(entry, units);
}

/** The unit of an event that waited. */
export async function waitedUnit(event: WaitingEvent, entry: LogEntry, tools: UnitTools): Promise<Unit> {
  const [outcome] = await outcomesOf(entry, [{ id: event.id, type: event.type }], tools, tools.hold > 0);
  if (outcome === undefined) throw new Error("an event was mapped to nothing");
  const { seq, source, number, until } = event;
  return { ...unitFrom(outcome, source, until), seq, since: tools.now, origin: { waiting: number }, closes: null };
}

/** The units of a webhook that must not be mapped again: it killed the object each time. */
export function crashedUnits(entry: LogEntry, passed: number): readonly Unit[] {
  const { seq, source, envelope } = entry;
  const names = envelope.events.map(([id, type]) => ({ id, type }));
  const deaths = deathsOf(entry, names, "crashed", "mapping this webhook ended the object three times");
  const since = envelope.receivedAt;
  return closed(
    entry,
    deaths.slice(passed).map((death): Unit => ({ ...BARE, seq, source, since, origin: "log", end: { kind: "dead", death } })),
  );
}

/** Links of a unit as units of their own. */
export function linkUnits({ seq, since, links, end }: Unit): readonly Unit[] {
  const event = end?.kind === "calls" ? end.death.id : "";
  return links.map((call, index): Unit => {
    const death = { id: `${event} ${index}`, type: "link", source: LINKS, occurredAt: new Date(since).toISOString() };
    return { ...BARE, seq, source: LINKS, since, origin: "core", end: { kind: "calls", calls: [call], death } };
  });
}

/** Calls about erased people as units. @throws Error when one cannot be said: a defect */
export async function erasureUnits(owed: readonly OwedCall[], account: Account): Promise<readonly Unit[]> {
  return Promise.all(
    owed.map(async ({ id, userId, action, since }): Promise<Unit> => {
      const event = action === "delete" ? "User Deleted" : "User Suppressed";
      const occurredAt = new Date(since).toISOString();
      const finished = await finish([{ type: "track", userId, event, properties: {}, action: true, key: `core/${action}` }], {
        account: account.name,
        source: ERASURES,
        provider: "tributary",
        event: { id, type: "erase", occurredAt },
        integrations: {},
      });
      if (!finished.ok) throw new Error(`an erasure cannot be told: ${finished.issue}`);
      const death = { id, type: "erase", source: ERASURES, occurredAt };
      return {
        ...BARE,
        seq: 0,
        source: ERASURES,
        since,
        origin: "core",
        end: { kind: "calls", calls: finished.calls.map(serialise), death },
      };
    }),
  );
}

const BARE = { links: [], known: [], unknown: null, learned: NOTHING_LEARNED, closes: null } as const;

function closed({ seq, source, lastSeq, envelope }: LogEntry, units: readonly Unit[]): readonly Unit[] {
  const { ignored, duplicates, receivedAt } = envelope;
  const all: readonly Unit[] = units.length > 0 ? units : [{ ...BARE, seq, source, since: receivedAt, origin: "log", end: null }];
  return all.map((unit, index) => (index === all.length - 1 ? { ...unit, closes: { seq: lastSeq, ignored, duplicates } } : unit));
}

type Outcome = EventOutcome | { readonly kind: "buried"; readonly death: Death };

async function outcomesOf(
  entry: LogEntry,
  names: readonly EventName[],
  { account, memory, now }: UnitTools,
  mayWait: boolean,
): Promise<readonly Outcome[]> {
  const buried = (reason: Death["reason"], detail: string): readonly Outcome[] =>
    deathsOf(entry, names, reason, detail).map((death) => ({ kind: "buried", death }));
  const { receivedAt, replayedAt, format, headers, query, nonce } = entry.envelope;
  if (names.length === 0) return [];
  if (now - (replayedAt ?? receivedAt) > PENDING_LASTS) return buried("expired", "could not be delivered within 30 days");
  const state = account.sources.get(entry.source);
  if (state === undefined) return buried("unconfigured", "its source is no longer configured: configure it again and replay");
  if (!state.ok) return buried("unconfigured", state.problem);
  const webhook = { receivedAt, format, headers, query, nonce, body: entry.body, events: names };
  const reading = await readOnce(entry, webhook, state.source);
  return mapWebhook(webhook, state.source, account, { memory, mayWait, reading });
}

/** Webhooks that were read: one of many events is asked for again by each that waits. */
const readings = new WeakMap<LogEntry, { readonly by: Source["configured"]; readonly reading: Promise<Reading> }>();

function readOnce(entry: LogEntry, webhook: StoredWebhook, source: Source): Promise<Reading> {
  const known = readings.get(entry);
  if (known?.by === source.configured) return known.reading;
  const reading = readWebhook(webhook, source);
  readings.set(entry, { by: source.configured, reading });
  return reading;
}

function deathsOf(entry: LogEntry, names: readonly EventName[], reason: Death["reason"], detail: string): readonly Death[] {
  const occurredAt = new Date(entry.envelope.receivedAt).toISOString();
  return names.map(({ id, type }) => ({ id, type, source: entry.source, occurredAt, reason, detail }));
}

function unitFrom(outcome: Outcome, source: string, until: number): Omit<Unit, "seq" | "since" | "origin"> {
  if (outcome.kind === "buried") return { ...BARE, source, end: { kind: "dead", death: outcome.death } };
  const { id, type, occurredAt, known, learned, unknown: ids } = outcome;
  const death = { id, type, source, occurredAt };
  const unit = { ...BARE, source, known, learned, unknown: ids.length === 0 ? null : { event: { id, type }, ids } };
  switch (outcome.kind) {
    case "calls":
      return { ...unit, links: outcome.links.map(serialise), end: { kind: "calls", calls: outcome.calls.map(serialise), death } };
    case "ignored":
      return { ...unit, end: { kind: "ignored", reason: outcome.reason } };
    case "waits":
      return { ...unit, end: { kind: "waits", event: { id, type }, until, strangers: outcome.strangers } };
    case "dead":
      return { ...unit, end: { kind: "dead", death: { ...death, reason: outcome.reason, detail: outcome.issue } } };
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
  const lanes = new Map<string, SentBatch["lanes"][number]>();
  for (const { source, id, calls } of chosen.slice(0, packed.groups)) {
    const lane = lanes.get(source) ?? { source, head: id, events: 0, calls: 0 };
    lanes.set(source, { ...lane, events: lane.events + 1, calls: lane.calls + calls.length });
  }
  const larger = packed.groups === 0 ? chosen[0] : undefined;
  if (larger) lanes.set(larger.source, { source: larger.source, head: larger.id, events: 0, calls: packed.partial });
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
  return {
    body: packed.body,
    sent: { kind: "batch", lanes: [{ source, head: sendables[0]?.id ?? "", events: whole, calls: packed.calls }] },
  };
}

interface Sendable {
  readonly source: string;
  /** Tells its vendor event from all others. */
  readonly id: string;
  /** Its place among all: the number of its webhook, or of one before it in its queue that came later. */
  readonly place: number;
  /** Its place in its queue: events of one webhook share a number. */
  readonly index: number;
  readonly calls: readonly SerialisedCall[];
}

function sendablesOf(queue: readonly Unit[]): readonly Sendable[] {
  let place = 0;
  return queue.flatMap(({ seq, source, end }, index) => {
    // What waited stands behind what came later; the order of a queue is never changed.
    place = Math.max(place, seq);
    return end?.kind === "calls" ? [{ source, id: `${seq}/${end.death.id}`, place, index, calls: end.calls }] : [];
  });
}

/** The vendor event at the head of a queue; `null` where none of it has calls. */
export function headOf(queue: readonly Unit[]): string | null {
  return sendablesOf(queue)[0]?.id ?? null;
}

function byAcceptance(one: Sendable, other: Sendable): number {
  return one.place - other.place || one.index - other.index;
}

/** Bytes of calls with the commas behind them. */
function sizeOf(calls: readonly SerialisedCall[]): number {
  return calls.reduce((sum, call) => sum + call.bytes + 1, 0);
}
