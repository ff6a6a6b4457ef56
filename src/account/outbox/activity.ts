/**
 * What delivery did since the account object was started: counted in memory, since every row costs money.
 */
import * as z from "zod";
import type { Answer } from "../../pipelines/sender.ts";

/** Bounds of the time from an event's receipt until Customer.io had it, seconds. */
const LAG_BOUNDS = [0.1, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400];

/** Bounds of the calls of a request. */
const FILL_BOUNDS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500];

const histogramSchema = z.object({
  /** How many values are at most as large as each bound, and larger than the one before; at the end those beyond. */
  counts: z.array(z.number()),
  bounds: z.array(z.number()),
  sum: z.number(),
});

/** What delivery did, as the API answers it. */
export const activitySchema = () =>
  z.object({
    /** Requests to Customer.io by the status of the answer; `none` where there was none. */
    answers: z.record(z.string(), z.number()),
    /** Requests after a failure, before the next success. */
    retries: z.number(),
    /** Alarms that the platform had lost, and a sweep set again. */
    lostAlarms: z.number(),
    /** Bytes of all requests. */
    bytes: z.number(),
    /** Calls of each request. */
    fill: histogramSchema,
    /** From when each event was accepted, or replayed, until it was delivered, seconds. */
    lag: histogramSchema,
  });

/** Counts what delivery does. */
export interface Activity {
  /** Counts a request. @param calls none in a probe @param at when it was sent, milliseconds since 1970 */
  sent(request: {
    readonly at: number;
    readonly answer: Answer;
    readonly calls: number;
    readonly bytes: number;
    readonly isRetry: boolean;
  }): void;
  /** Counts an alarm that was lost. */
  lostAlarm(): void;
  /** Counts a delivered event. @param lag milliseconds */
  delivered(lag: number): void;
  current(): z.output<ReturnType<typeof activitySchema>>;
  /** When Customer.io last answered that too much was sent, milliseconds since 1970; `null` if it did not. */
  limitedAt(): number | null;
}

/** Counters at zero. */
export function createActivity(): Activity {
  const answers = new Map<string, number>();
  const fill = histogram(FILL_BOUNDS);
  const lag = histogram(LAG_BOUNDS);
  let retries = 0;
  let lostAlarms = 0;
  let total = 0;
  let limitedAt: number | null = null;
  return {
    sent: ({ at, answer, calls, bytes, isRetry }) => {
      const status = answer.kind === "status" ? String(answer.status) : "none";
      answers.set(status, (answers.get(status) ?? 0) + 1);
      if (status === "429") limitedAt = at;
      if (isRetry) retries += 1;
      total += bytes;
      if (calls > 0) fill.add(calls);
    },
    delivered: (milliseconds) => lag.add(Math.max(0, milliseconds) / 1_000),
    limitedAt: () => limitedAt,
    lostAlarm: () => {
      lostAlarms += 1;
    },
    current: () => ({
      answers: Object.fromEntries(answers),
      retries,
      lostAlarms,
      bytes: total,
      fill: fill.current(),
      lag: lag.current(),
    }),
  };
}

function histogram(bounds: readonly number[]) {
  const counts = [...bounds, 0].map(() => 0);
  let sum = 0;
  return {
    add: (value: number): void => {
      const found = bounds.findIndex((bound) => value <= bound);
      const index = found === -1 ? bounds.length : found;
      counts[index] = (counts[index] ?? 0) + 1;
      sum += value;
    },
    current: (): z.output<typeof histogramSchema> => ({ counts: [...counts], bounds: [...bounds], sum }),
  };
}
