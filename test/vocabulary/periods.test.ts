/**
 * Billing periods from their bounds.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { periodBetween } from "../../src/vocabulary/periods.ts";

describe("a billing period from its bounds", () => {
  test.each([
    ["2026-11-23T09:00:00.000Z", "2026-12-23T09:00:00.000Z", { interval: "month", interval_count: 1 }],
    ["2026-01-31T09:00:00.000Z", "2026-02-28T09:00:00.000Z", { interval: "month", interval_count: 1 }],
    ["2026-02-01T09:00:00.000Z", "2026-03-01T09:00:00.000Z", { interval: "month", interval_count: 1 }],
    ["2026-10-20T09:00:00.000Z", "2027-01-20T10:00:00.000Z", { interval: "month", interval_count: 3 }],
    ["2026-12-31T23:30:00.000Z", "2027-02-01T00:30:00.000Z", { interval: "month", interval_count: 1 }],
    ["2026-11-23T09:00:00.000Z", "2027-11-23T09:00:00.000Z", { interval: "year", interval_count: 1 }],
    ["2024-02-29T09:00:00.000Z", "2025-02-28T09:00:00.000Z", { interval: "year", interval_count: 1 }],
    ["2026-11-23T09:00:00.000Z", "2026-11-30T09:00:00.000Z", { interval: "week", interval_count: 1 }],
    ["2026-11-23T09:00:00.000Z", "2026-12-07T09:00:00.000Z", { interval: "week", interval_count: 2 }],
    ["2026-11-23T09:00:00.000Z", "2026-12-03T09:00:00.000Z", {}],
    ["2026-11-23T09:00:00.000Z", "2026-11-23T09:05:00.000Z", {}],
    ["2026-11-23T09:00:00.000Z", "2026-11-22T09:00:00.000Z", {}],
    ["2026-11-23T09:00:00.000Z", null, {}],
  ])("%s to %s", (start, end, period) => expect(periodBetween(start, end)).toEqual(period));

  test("is found for any number of months", () => {
    const days = fc.record({ day: fc.integer({ min: 1, max: 28 }), month: fc.integer({ min: 0, max: 11 }) });
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 60 }), ({ day, month }, months) => {
        const [start, end] = [Date.UTC(2026, month, day, 12), Date.UTC(2026, month + months, day, 12)];
        const expected =
          months % 12 === 0 ? { interval: "year", interval_count: months / 12 } : { interval: "month", interval_count: months };
        expect(periodBetween(new Date(start).toISOString(), new Date(end).toISOString())).toEqual(expected);
      }),
    );
  });
});
