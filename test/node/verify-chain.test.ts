/**
 * What the Worker checks of a chain of certificates the command line checks in Node, to the same end.
 */
import { expect, test } from "vitest";
import { CHAINS, TOKENS } from "../contract/chain-cases.ts";

test.each(CHAINS)("a chain: $title", async ({ found, expected }) => {
  expect(await found()).toBe(expected);
});

test.each(TOKENS)("a token: $title", async ({ outcome, expected }) => {
  expect(await outcome()).toBe(expected);
});
