/**
 * Counters of one isolate. Each isolate starts at zero.
 */
import { type Labels, render, type Sample } from "./open-metrics.ts";
import type { Ending, Tally } from "./outcomes.ts";

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

/** Counters at zero. */
export function createMetrics(): Metrics {
  const requests = counter();
  const events = counter();
  const acknowledged = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>();
  const acknowledge = (labels: Labels, key: string, seconds: number): void => {
    const known = acknowledged.get(key) ?? { labels, counts: [...ACK_BOUNDS, 0].map(() => 0), sum: 0 };
    acknowledged.set(key, known);
    const found = ACK_BOUNDS.findIndex((bound) => seconds <= bound);
    const index = found === -1 ? ACK_BOUNDS.length : found;
    known.counts[index] = (known.counts[index] ?? 0) + 1;
    known.sum += seconds;
  };
  return {
    count: (ending, took = 0) => {
      const { account = "", source = "", outcome } = ending;
      const key = `${account}/${source}/`;
      requests.add(key + outcome, () => ({ account, source, outcome }), 1);
      if (ending.outcome !== "accepted") return;
      for (const result of RESULTS) events.add(key + result, () => ({ account, source, result }), ending.tally[result]);
      acknowledge({ account, source }, key, took / 1_000);
    },
    expose: () =>
      render({
        name: "tributary_requests",
        type: "counter",
        help: "Requests by outcome, without successful requests for health and metrics.",
        samples: requests.samples(),
      }) +
      render({
        name: "tributary_events",
        type: "counter",
        help: "Vendor events of stored webhooks, by result.",
        samples: events.samples(),
      }) +
      render({
        name: "tributary_acknowledged_seconds",
        type: "histogram",
        unit: "seconds",
        help: "Time until a stored webhook was acknowledged.",
        samples: Array.from(acknowledged.values(), ({ labels, counts, sum }) => ({
          labels,
          value: { counts, sum, bounds: ACK_BOUNDS },
        })),
      }),
  };
}

function counter() {
  const values = new Map<string, { readonly labels: Labels; value: number }>();
  return {
    /** @param labels made once for each key */
    add: (key: string, labels: () => Labels, amount: number): void => {
      const known = values.get(key) ?? { labels: labels(), value: 0 };
      known.value += amount;
      values.set(key, known);
    },
    samples: (): readonly Sample[] => [...values.values()],
  };
}
