/**
 * The clock of one request. Its waits come one after another, and hardly any lasts to its end, so they share a timer of the platform: to set one takes
 * longer than to read a header.
 */
import type { Clock } from "./clock.ts";

/** The timer rings after so many milliseconds at the latest, so that waits of different lengths can share it. */
const ROUND = 2_000;

/** The clock of one request. */
export interface RequestClock extends Clock {
  /** Takes the timer back. Call it when the request ends. */
  end(): void;
}

/** Makes the clock of one request. */
export function requestClock({ now, after }: Clock): RequestClock {
  let ringsAt = Number.POSITIVE_INFINITY;
  let takeBack = (): void => {};
  let waiting: { readonly until: number; readonly milliseconds: number; readonly call: () => void } | null = null;

  function set(until: number): void {
    takeBack();
    ringsAt = Math.min(until, now() + ROUND);
    takeBack = after(Math.max(0, ringsAt - now()), ring);
  }

  function ring(): void {
    const due = waiting;
    ringsAt = Number.POSITIVE_INFINITY;
    if (due === null) return;
    const left = due.until - now();
    // More is left than it began with where the clock stepped back: then nobody knows how much.
    if (left > 0 && left <= due.milliseconds) set(due.until);
    else {
      waiting = null;
      due.call();
    }
  }

  return {
    now,
    after: (milliseconds, call) => {
      // Two waits at a time have a timer each.
      if (waiting !== null) return after(milliseconds, call);
      const mine = { until: now() + milliseconds, milliseconds, call };
      waiting = mine;
      if (mine.until < ringsAt) set(mine.until);
      return () => {
        if (waiting === mine) waiting = null;
      };
    },
    end: () => takeBack(),
  };
}
