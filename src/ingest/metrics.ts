/**
 * Counters of one isolate. Each isolate starts at zero.
 */
import { render, type Sample } from "./open-metrics.ts";
import type { Ending, Outcome, Tally } from "./outcomes.ts";

/** Counts how requests end. */
export interface Metrics {
  /** @param took milliseconds until the answer; of stored webhooks alone it is counted */
  count(ending: Ending, took?: number): void;
  /** All counters as text. */
  expose(): string;
}

const RESULTS: readonly (keyof Tally)[] = ["accepted", "duplicate", "ignored"];

/** Bounds of the time until a webhook is acknowledged, seconds: vendors wait for 5 to 30. */
const ACK_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The counters of one source; empty names where a request was for none. */
interface Counters {
  readonly labels: { readonly account: string; readonly source: string };
  readonly requests: Map<Outcome, number>;
  /** Of stored webhooks; `null` before the first. */
  stored: Stored | null;
}

interface Stored {
  readonly events: Record<keyof Tally, number>;
  readonly counts: number[];
  /** Seconds. */
  sum: number;
}

/** Counters at zero. */
export function createMetrics(): Metrics {
  // Only configured sources have counters of their own.
  const sources = new Map<string, Counters>();
  const countersOf = (account: string, source: string): Counters => {
    const key = `${account}/${source}`;
    const known = sources.get(key);
    if (known !== undefined) return known;
    const counters: Counters = { labels: { account, source }, requests: new Map(), stored: null };
    sources.set(key, counters);
    return counters;
  };
  const samplesOf = (samples: (counters: Counters) => readonly Sample[]) => [...sources.values()].flatMap(samples);
  return {
    count: (ending, took = 0) => {
      const { account = "", source = "", outcome } = ending;
      const counters = countersOf(account, source);
      counters.requests.set(outcome, (counters.requests.get(outcome) ?? 0) + 1);
      if (ending.outcome !== "accepted") return;
      counters.stored ??= { events: { accepted: 0, duplicate: 0, ignored: 0 }, counts: [...ACK_BOUNDS, 0].map(() => 0), sum: 0 };
      acknowledge(counters.stored, ending.tally, took / 1_000);
    },
    expose: () =>
      render({
        name: "tributary_requests",
        type: "counter",
        help: "Requests by outcome, without successful requests for health and metrics.",
        samples: samplesOf(({ labels, requests }) =>
          Array.from(requests, ([outcome, value]) => ({ labels: { ...labels, outcome }, value })),
        ),
      }) +
      render({
        name: "tributary_events",
        type: "counter",
        help: "Vendor events of stored webhooks, by result.",
        samples: samplesOf(({ labels, stored }) =>
          stored === null ? [] : RESULTS.map((result) => ({ labels: { ...labels, result }, value: stored.events[result] })),
        ),
      }) +
      render({
        name: "tributary_acknowledged_seconds",
        type: "histogram",
        unit: "seconds",
        help: "Time until a stored webhook was acknowledged.",
        samples: samplesOf(({ labels, stored }) =>
          stored === null ? [] : [{ labels, value: { counts: stored.counts, sum: stored.sum, bounds: ACK_BOUNDS } }],
        ),
      }),
  };
}

function acknowledge(stored: Stored, { accepted, duplicate, ignored }: Tally, seconds: number): void {
  const { events, counts } = stored;
  events.accepted += accepted;
  events.duplicate += duplicate;
  events.ignored += ignored;
  const found = ACK_BOUNDS.findIndex((bound) => seconds <= bound);
  const index = found === -1 ? ACK_BOUNDS.length : found;
  counts[index] = (counts[index] ?? 0) + 1;
  stored.sum += seconds;
}
