/**
 * Amounts in major units are what their decimal text says.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inMinor } from "../../src/contract/money.ts";

test("an amount is the number that its decimal text stands for", () => {
  const minor = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((amount) => !String(amount).includes("e")),
    fc.constant(-0),
  );
  fc.assert(
    fc.property(minor, fc.integer({ min: 0, max: 8 }), (amount, digits) => {
      expect(inMinor(amount, { currency: "EUR", digits }).amount).toBe(Number(`${amount}e-${digits}`));
    }),
    { numRuns: 5_000 },
  );
});
