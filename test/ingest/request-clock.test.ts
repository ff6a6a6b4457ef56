/**
 * The clock of a request: waits end in time, whatever was waited for before, with one timer of the platform for those that follow each other.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/ingest/clock.ts";
import { requestClock } from "../../src/ingest/request-clock.ts";
import { virtualTime } from "../support/virtual-time.ts";
import { NOW } from "./vendors.ts";

/** Counts the timers of the platform that are set. */
function counting(clock: Clock) {
  let count = 0;
  return {
    count: () => count,
    clock: {
      now: clock.now,
      after: (milliseconds: number, call: () => void) => {
        count += 1;
        return clock.after(milliseconds, call);
      },
    },
  };
}

describe("the waits of a request", () => {
  test("that end early set one timer together, and none is left when the request ends", () => {
    const time = virtualTime(NOW);
    const { clock, count } = counting(time);
    const request = requestClock(clock);
    const called: string[] = [];
    request.after(5_000, () => called.push("body"))();
    request.after(3_000, () => called.push("call"))();
    expect(count()).toBe(1);
    time.pass(10_000);
    request.end();
    expect([called, time.waiting()]).toEqual([[], 0]);
  });

  test("that are shorter than the timer have one that rings in time", () => {
    const time = virtualTime(NOW);
    const request = requestClock(time);
    const called: number[] = [];
    request.after(3_000, () => called.push(3_000))();
    request.after(2, () => called.push(2));
    time.pass(1);
    expect(called).toEqual([]);
    time.pass(1);
    expect(called).toEqual([2]);
    request.end();
    expect(time.waiting()).toBe(0);
  });

  test("end though the clock steps back", () => {
    const time = virtualTime(NOW);
    let behind = 0;
    const request = requestClock({ now: () => time.now() - behind, after: time.after });
    const called: number[] = [];
    request.after(2, () => called.push(2));
    behind = 3_600_000;
    time.pass(2);
    expect(called).toEqual([2]);
    request.after(3_000, () => called.push(3_000));
    time.pass(1_000);
    behind += 500;
    time.pass(3_000);
    expect(called).toEqual([2, 3_000]);
    request.end();
    expect(time.waiting()).toBe(0);
  });

  test("cost no timer where there is none", () => {
    const time = virtualTime(NOW);
    requestClock(time).end();
    expect(time.waiting()).toBe(0);
  });
});

test("whatever waits, and is given up: each wait is called when its time is over, and only then", () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ wait: fc.integer({ min: 1, max: 8_000 }) }),
      fc.record({ giveUp: fc.nat({ max: 3 }) }),
      fc.record({ pass: fc.integer({ min: 1, max: 3_000 }) }),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(steps, (taken) => {
      const time = virtualTime(NOW);
      const request = requestClock(time);
      const waits: { readonly until: number; calledAt: number | null; isGivenUp: boolean; readonly stop: () => void }[] = [];
      for (const step of taken) {
        if ("pass" in step) time.pass(step.pass);
        else if ("wait" in step) {
          const stop = request.after(step.wait, () => {
            mine.calledAt = time.now();
          });
          const mine: (typeof waits)[number] = { until: time.now() + step.wait, calledAt: null, isGivenUp: false, stop };
          waits.push(mine);
        } else {
          const open = waits.filter(({ calledAt, isGivenUp }) => calledAt === null && !isGivenUp)[step.giveUp];
          if (open === undefined) continue;
          open.isGivenUp = true;
          open.stop();
        }
      }
      time.pass(10_000);
      for (const { until, calledAt, isGivenUp } of waits) expect(calledAt).toBe(isGivenUp ? null : until);
      request.end();
      expect(time.waiting()).toBe(0);
    }),
    { numRuns: 300 },
  );
});
