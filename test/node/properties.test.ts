/**
 * Properties on a busy machine: `test/support/properties.ts` is what every test file starts with.
 */
import fc from "fast-check";
import { expect, test } from "vitest";

/** Takes this many milliseconds. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test("a property that had too little time for its runs fails", async () => {
  const slow = { numRuns: 100, interruptAfterTimeLimit: 40 };
  expect(() =>
    fc.assert(
      fc.property(fc.nat(), () => busy(20)),
      slow,
    ),
  ).toThrow(/after [0-9] runs; at least 10/);
  await expect(
    fc.assert(
      fc.asyncProperty(fc.nat(), async () => busy(20)),
      slow,
    ),
  ).rejects.toThrow(/at least 10/);
});

test("one that had time for a tenth of them passes", () => {
  let runs = 0;
  fc.assert(
    fc.property(fc.nat(), () => {
      runs += 1;
      if (runs === 10) busy(200);
    }),
    { numRuns: 100, interruptAfterTimeLimit: 200 },
  );
  expect(runs).toBe(10);
});

test("one that fails says with which input", async () => {
  expect(() => fc.assert(fc.property(fc.constant("input"), () => false))).toThrow('Counterexample: ["input"]');
  const rejecting = fc.asyncProperty(fc.constant("input"), async () => Promise.reject(new Error("because")));
  await expect(fc.assert(rejecting)).rejects.toThrow('Counterexample: ["input"]');
});
