import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LARGEST_BODY_LIMIT } from "../../src/contract/body-limits.ts";
import { BODY_SHARES, bodyBudget, type Lease } from "../../src/ingest/body-budget.ts";

const SHARES = { total: 1000, unproven: 500, source: 300 };

test("the largest body fits into the share of one source, and that share into the share of unverified bodies", () => {
  expect(BODY_SHARES.source).toBeGreaterThanOrEqual(LARGEST_BODY_LIMIT);
  expect(BODY_SHARES.unproven).toBeGreaterThan(BODY_SHARES.source);
  expect(BODY_SHARES.total).toBeGreaterThan(BODY_SHARES.unproven);
});

describe("complete bodies", () => {
  const held = (lease: Lease, bytes: number) => {
    expect(lease.take(bytes)).toBe(true);
    lease.complete();
    return lease;
  };

  test("are not evicted", () => {
    const budget = bodyBudget(() => 0, SHARES);
    held(budget.lease("one"), 300);
    held(budget.lease("two"), 200);
    expect(budget.lease("three").take(1)).toBe(false);
  });

  test("leave the share of unverified bodies when they are verified", () => {
    const budget = bodyBudget(() => 0, SHARES);
    for (const source of ["one", "two", "three"]) held(budget.lease(source), 300).prove();
    expect(budget.lease("four").take(100)).toBe(true);
    expect(budget.lease("one").take(1)).toBe(false);
  });

  test("are no longer counted if room is needed a minute later: the platform may have ended their requests", () => {
    let now = 0;
    const budget = bodyBudget(() => now, SHARES);
    for (const source of ["one", "two", "three"]) held(budget.lease(source), 300).prove();
    const late = held(budget.lease("four"), 100);
    now = 59_999;
    expect(budget.lease("five").take(50)).toBe(false);
    now = 60_000;
    expect(budget.lease("five").take(50)).toBe(true);
    late.end();
    expect(budget.lease("six").take(300)).toBe(true);
  });
});

test("in any order of calls, no share is exceeded, no bytes are lost, and each evicted body is told once", () => {
  const act = fc.record({
    lease: fc.nat(11),
    what: fc.constantFrom("take", "take", "take", "complete", "prove", "end"),
    bytes: fc.integer({ min: 1, max: 200 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
      const budget = bodyBudget(() => 0, SHARES);
      const leases = Array.from({ length: 12 }, (_, index) => {
        const state = { source: `source ${index % 4}`, bytes: 0, stage: "reading", evictions: 0 };
        const lease = budget.lease(state.source);
        lease.onEvicted(() => {
          expect(state.stage).toBe("reading");
          state.evictions += 1;
          state.bytes = 0;
          state.stage = "over";
        });
        return { lease, state };
      });
      const sum = (which: (state: (typeof leases)[number]["state"]) => boolean) =>
        leases.reduce((total, { state }) => total + (which(state) ? state.bytes : 0), 0);
      for (const { lease: index, what, bytes } of acts) {
        const { lease, state } = leases[index] ?? expect.fail();
        if (what === "take") {
          const isTaken = lease.take(bytes);
          if (state.stage !== "reading") expect(isTaken).toBe(false);
          else if (isTaken) state.bytes += bytes;
          else Object.assign(state, { bytes: 0, stage: "over" });
        } else if (what === "end") {
          lease.end();
          Object.assign(state, { bytes: 0, stage: "over" });
        } else if (what === "complete") {
          lease.complete();
          if (state.stage === "reading") state.stage = "complete";
        } else {
          lease.prove();
          if (state.stage === "complete") state.stage = "proven";
        }
        expect(sum(() => true)).toBeLessThanOrEqual(SHARES.total);
        expect(sum(({ stage }) => stage !== "proven")).toBeLessThanOrEqual(SHARES.unproven);
        for (const { state: one } of leases)
          expect(sum(({ source }) => source === one.source)).toBeLessThanOrEqual(SHARES.source);
        for (const { state: one } of leases) expect(one.evictions).toBeLessThanOrEqual(1);
      }
      for (const { lease } of leases) lease.end();
      expect(budget.lease("source 0").take(SHARES.source)).toBe(true);
      expect(budget.lease("source 1").take(SHARES.unproven - SHARES.source)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
