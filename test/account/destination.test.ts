/**
 * Where an account's calls may go: to its own region alone, and only from a Worker of that region.
 */
import { expect, test } from "vitest";
import { destinationOf } from "../../src/account/outbox/destination.ts";
import { accountOf } from "../support/accounts.ts";

test.each([
  ["us", null, true],
  ["us", "us", true],
  ["us", "eu", false],
  ["eu", "eu", true],
  ["eu", "us", false],
] as const)("an account in the %s has a sender in a Worker of %s: %s", async (region, served, has) => {
  const account = accountOf([], { region, apiKey: "key" });
  const { key } = await destinationOf(account, { runtime: "cloudflare", timeScale: 1, region: served }, {});
  expect(key !== null).toBe(has);
});
