/**
 * The sweep over all accounts: which accounts it asks, what it says, and that nothing stops it.
 */
import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { accountObject } from "../../src/account/stub.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import worker from "../../src/index.ts";
import { sweepAccounts } from "../../src/sweep.ts";

const NAMES = Array.from({ length: 45 }, (_, index) => `account-${index}`);

function environment(given: Readonly<Record<string, unknown>> = {}): object {
  const ACCOUNTS = Object.fromEntries(NAMES.map((name) => [name, { region: "us", sources: {} }]));
  return { ...proofBindings("local"), ACCOUNTS, ...given };
}

/** A sweep, with the lines that it wrote. */
async function swept(
  given: object,
  sweep: (name: string) => Promise<boolean>,
  tools: { begin?: number; now?: () => number } = {},
) {
  const lines: unknown[] = [];
  const asked: string[] = [];
  const result = await sweepAccounts(given, {
    objectOf: ({ name }) => ({
      sweep: () => {
        asked.push(name);
        return sweep(name);
      },
    }),
    write: (_, line) => lines.push(JSON.parse(line)),
    ...tools,
  });
  return { result, lines, asked };
}

test("asks each account once, wherever it begins, and says nothing where nothing is wrong", async () => {
  const { result, lines, asked } = await swept(environment(), async () => false, { begin: 0.5 });
  expect(result).toEqual({ asked: 45, lost: 0, unanswered: 0, left: 0 });
  expect(asked[0]).toBe("account-22");
  expect([...asked].sort()).toEqual([...NAMES].sort());
  expect(lines).toEqual([]);
});

test("asks the objects of shards too, also of those that have ended", async () => {
  const sources = { stripe: {}, events: { adapter: "stripe", shard: true }, past: { adapter: "stripe", shard: "ended" } };
  const { asked } = await swept(environment({ ACCOUNTS: { acme: { region: "us", sources } } }), async () => false);
  expect(asked.sort()).toEqual(["acme", "acme.events", "acme.past"]);
});

test("counts what was lost and who did not answer, and asks the others all the same", async () => {
  const { result, lines } = await swept(environment(), async (name) => {
    if (name === "account-3") throw new Error("overloaded");
    if (name === "account-4") return new Promise<boolean>(() => {});
    return name === "account-7";
  });
  expect(result).toEqual({ asked: 45, lost: 1, unanswered: 2, left: 0 });
  expect(lines).toEqual([{ outcome: "sweep", ...result }]);
});

test("ends in time, and leaves the rest for the next one", async () => {
  let now = 0;
  const slow = async () => {
    now += 1_000;
    return false;
  };
  const { result } = await swept(environment(), slow, { now: () => now });
  expect(result).toMatchObject({ asked: 40, left: 5 });
});

test("a Worker that takes no webhooks has nobody to ask", async () => {
  const { asked, lines } = await swept(environment({ REGION: "mars" }), async () => true);
  expect([asked, lines]).toEqual([[], []]);
});

test("says so where the directory does not answer, and asks the declared accounts", async () => {
  const key = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)));
  const { result, lines } = await swept(environment({ DIRECTORY_KEY: key }), async () => false);
  expect(result.asked).toBe(45);
  expect(lines).toEqual([{ outcome: "sweep", ...result, reason: "no_directory" }]);
});

test("the schedule's handler asks the real objects, and finds nothing wrong", async () => {
  // Other files have filled the directory: each of its accounts would get an object.
  await worker.scheduled(createScheduledController({ cron: "*/10 * * * *" }), { ...env, DIRECTORY_KEY: "" });
  expect(await accountObject({ id: "demo", region: "us" }, { ...env }).sweep()).toBe(false);
});
