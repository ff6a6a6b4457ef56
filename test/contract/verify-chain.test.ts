/**
 * Tokens that carry their certificates. `test/node/verify-chain.test.ts` holds the same in Node.
 */
import { expect, test } from "vitest";
import { CHAINS, TOKENS } from "./chain-cases.ts";

test.each(CHAINS)("a chain: $title", async ({ found, expected }) => {
  expect(await found()).toBe(expected);
});

test.each(TOKENS)("a token: $title", async ({ outcome, expected }) => {
  expect(await outcome()).toBe(expected);
});
