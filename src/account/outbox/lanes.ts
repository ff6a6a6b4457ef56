/**
 * The unsent events of open batches, by source, and requests made of them.
 */
import { BATCH_BYTES } from "../../pipelines/limits.ts";
import type { SentBatch } from "./delivery.ts";
import type { Step } from "./next-step.ts";
import { callsIn, type SealedBatch, toBody } from "./outbox.ts";
import type { SealedEvent } from "./sealed-event.ts";

/** A batch with unsent events. */
export interface Open {
  readonly batch: SealedBatch;
  /** How many of its events are finished, by source. */
  readonly passed: ReadonlyMap<string, number>;
}

/** An unsent event, with the bytes of its calls. */
interface Unsent {
  readonly event: SealedEvent;
  readonly calls: readonly Uint8Array<ArrayBuffer>[];
}

/** A request, and its content for the state machine. */
export interface Request {
  /** The number of the batch whose events it carries. */
  readonly batch: number;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly sent: SentBatch;
}

/** The unsent events of a batch, in order. */
export function unsentOf({ batch, passed }: Open): readonly SealedEvent[] {
  const seen = new Map<string, number>();
  return batch.events.filter(({ source }) => {
    const place = seen.get(source) ?? 0;
    seen.set(source, place + 1);
    return place >= (passed.get(source) ?? 0);
  });
}

/** Identifies a vendor event within its source. */
export function headOf({ seq, id }: SealedEvent): string {
  return `${seq}/${id}`;
}

/** The sources with unsent events, each with its first one. */
export function headsOf(open: readonly Open[]): ReadonlyMap<string, string> {
  const heads = new Map<string, string>();
  for (const event of open.flatMap(unsentOf)) if (!heads.has(event.source)) heads.set(event.source, headOf(event));
  return heads;
}

/** The request of a step. It takes events from one batch, the oldest with events of these sources; `null` if there is none. */
export function requestFor(open: readonly Open[], step: Step & { readonly do: "send" | "try" }): Request | null {
  const sources = step.do === "send" ? step.sources : [step.source];
  for (const one of open) {
    const wanted = unsentOf(one).filter(({ source }) => sources.includes(source));
    if (wanted.length === 0) continue;
    // A whole batch is sent as it was sealed.
    if (step.do === "send" && wanted.length === one.batch.events.length && one.batch.body.byteLength <= BATCH_BYTES)
      return { batch: one.batch.id, body: one.batch.body, sent: { kind: "batch", lanes: lanesOf(wanted) } };
    const calls = callsIn(one.batch.body, one.batch.events);
    const unsent = wanted.map((event) => ({ event, calls: calls[one.batch.events.indexOf(event)] ?? [] }));
    const made = step.do === "send" ? together(unsent) : alone(unsent.slice(0, step.events), step);
    return { batch: one.batch.id, ...made };
  }
  return null;
}

/** A request of one batch. */
type Made = Omit<Request, "batch">;

function together(unsent: readonly Unsent[]): Made {
  const fitting = fittingIn(unsent.map(({ calls }) => calls));
  const [first] = unsent;
  // Only an event that is larger than a request is sent in parts.
  if (fitting === 0 && first !== undefined) return partOf(first, 0, 0);
  const chosen = unsent.slice(0, fitting);
  return {
    body: toBody(chosen.flatMap(({ calls }) => calls)),
    sent: { kind: "batch", lanes: lanesOf(chosen.map(({ event }) => event)) },
  };
}

function alone(unsent: readonly Unsent[], { skipCalls, calls }: Step & { readonly do: "try" }): Made {
  const [first] = unsent;
  return first !== undefined && (skipCalls > 0 || calls > 0) ? partOf(first, skipCalls, calls) : together(unsent);
}

/** Calls of one event, as many as fit. @param most 0 for all remaining calls */
function partOf({ event, calls }: Unsent, skip: number, most: number): Made {
  const left = calls.slice(skip, most === 0 ? undefined : skip + most);
  const part = left.slice(0, fittingIn(left.map((call) => [call])));
  const events = skip + part.length >= calls.length ? 1 : 0;
  return {
    body: toBody(part),
    sent: { kind: "batch", lanes: [{ source: event.source, head: headOf(event), events, calls: part.length }] },
  };
}

/** How many of these groups of calls fit into one request. */
function fittingIn(groups: readonly (readonly Uint8Array<ArrayBuffer>[])[]): number {
  let bytes = toBody([]).byteLength;
  const larger = groups.findIndex((calls) => {
    bytes += calls.reduce((sum, call) => sum + call.byteLength + 1, 0);
    return bytes > BATCH_BYTES;
  });
  return larger === -1 ? groups.length : larger;
}

function lanesOf(events: readonly SealedEvent[]): SentBatch["lanes"] {
  const lanes = new Map<string, { source: string; head: string; events: number; calls: number }>();
  for (const event of events) {
    const { source, calls } = event;
    const lane = lanes.get(source) ?? { source, head: headOf(event), events: 0, calls: 0 };
    lane.events += 1;
    lane.calls += calls.length;
    lanes.set(source, lane);
  }
  return [...lanes.values()];
}
