/**
 * Times are written as JavaScript writes them.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isoOf } from "../../src/contract/iso-time.ts";

test("a time is written as Date writes it", () => {
  const now = Date.UTC(2026, 10, 29, 23, 59, 59, 990);
  const near = fc.integer({ min: -100, max: 100 }).map((distance) => now + distance);
  const any = fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.oneof(near, any), { maxLength: 5 }), (times) => {
      expect(times.map(isoOf)).toEqual(times.map((time) => new Date(time).toISOString()));
    }),
    { numRuns: 2_000 },
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, -8.64e15 - 1])("%s is no time", (time) => {
  expect(() => isoOf(time)).toThrow(RangeError);
});
