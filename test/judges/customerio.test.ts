/**
 * Customer.io's own clients speak to the sandbox as they would to the Pipelines API, in both regions, and what they say arrives there:
 * so the sandbox is no friend of our sender alone.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { Analytics } from "@customerio/cdp-analytics-node";
import { PipelinesClient, RegionEU, RegionUS } from "customerio-node";
import * as z from "zod";
import { type RunningSandbox, startSandbox } from "./sandbox.ts";

const TIMESTAMP = "2026-11-23T12:00:00.000Z";

const call = z.object({
  region: z.string(),
  path: z.string(),
  key: z.string(),
  event: z.looseObject({
    type: z.string(),
    userId: z.string().optional(),
    messageId: z.string(),
    timestamp: z.string(),
    context: z.looseObject({}),
  }),
});
type Arrived = z.output<typeof call>;

let sandbox: RunningSandbox;

before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.stop());
beforeEach(() => fetch(`${sandbox.url}/_sandbox/calls`, { method: "DELETE" }));

/** What arrived in both regions, in order. */
async function arrived(): Promise<readonly Arrived[]> {
  const answer = await fetch(`${sandbox.url}/_sandbox/calls`);
  return z.object({ calls: z.array(call) }).parse(await answer.json()).calls;
}

for (const region of ["us", "eu"] as const) {
  describe(`the clients in ${region}`, () => {
    test("customerio-node, strict, one call at a time and in a batch", async () => {
      const client = new PipelinesClient("judge-key", {
        region: region === "us" ? RegionUS : RegionEU,
        url: `${sandbox.url}/${region}/v1`,
        strictMode: true,
        retry: { maxRetries: 0 },
      });
      await client.identify({ userId: "judge-1", traits: { email: "judge@example.com" }, timestamp: TIMESTAMP });
      await client.track({ userId: "judge-1", event: "Order Completed", properties: { total: 19.99 } });
      await client.page({ anonymousId: "judge-a", name: "Home", properties: { url: "https://example.com/" } });
      await client.screen({ userId: "judge-1", name: "Home" });
      await client.group({ userId: "judge-1", groupId: "acme", traits: { name: "Acme" } });
      await client.alias({ userId: "judge-1", previousId: "judge-a" });
      await client.batch([
        { type: "identify", userId: "judge-2", traits: { plan: "pro" } },
        { type: "track", userId: "judge-2", event: "Plan Changed" },
      ]);

      const calls = await arrived();
      assert.deepEqual(
        calls.map(({ path, event }) => [path, event.type]),
        [
          ...["identify", "track", "page", "screen", "group", "alias"].map((type) => [`/v1/${type}`, type]),
          ["/v1/batch", "identify"],
          ["/v1/batch", "track"],
        ],
      );
      assert.ok(calls.every((entry) => entry.region === region && entry.key === "judge-key"));
      assert.equal(calls[0]?.event.timestamp, TIMESTAMP);
    });

    test("customerio-node is refused what is wrong, in strict mode alone", async () => {
      const options = { url: `${sandbox.url}/${region}/v1`, retry: { maxRetries: 0 } };
      const strict = new PipelinesClient("judge-key", { ...options, strictMode: true });
      const long = { userId: "judge-1", event: "Too Long", properties: { text: "x".repeat(40_000) } };
      await assert.rejects(strict.track(long), { statusCode: 413 });
      await assert.rejects(
        new PipelinesClient("invalid-key", { ...options, strictMode: true }).track({ userId: "judge-1", event: "Seen" }),
        { statusCode: 401 },
      );
      await new PipelinesClient("judge-key", options).track(long);
      assert.deepEqual(await arrived(), []);
    });

    test("cdp-analytics-node, batched", async () => {
      const analytics = new Analytics({ writeKey: "judge-key", host: sandbox.url, path: `/${region}/v1/batch`, maxRetries: 0 });
      const failures: unknown[] = [];
      analytics.on("error", (failure) => failures.push(failure));
      analytics.identify({ userId: "judge-3", traits: { email: "judge3@example.com" } });
      analytics.track({ userId: "judge-3", event: "Order Completed", properties: { total: 19.99 } });
      analytics.page({ userId: "judge-3", name: "Home", properties: { url: "https://example.com/" } });
      analytics.group({ userId: "judge-3", groupId: "acme" });
      await analytics.closeAndFlush({ timeout: 10_000 });

      const calls = await arrived();
      assert.deepEqual(failures, []);
      assert.deepEqual(
        calls.map(({ event }) => [event.type, event.userId]),
        ["identify", "track", "page", "group"].map((type) => [type, "judge-3"]),
      );
      assert.ok(calls.every((entry) => entry.region === region && entry.path === "/v1/batch" && entry.key === "judge-key"));
    });
  });
}
