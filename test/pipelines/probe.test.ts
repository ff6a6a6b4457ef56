import { expect, test } from "vitest";
import { batch } from "../../src/pipelines/calls.ts";
import { probeBody } from "../../src/pipelines/probe.ts";

test("the probe is a batch of one event of a constant anonymous id", async () => {
  const first: unknown = JSON.parse(await probeBody("2026-03-01T12:00:00.000Z"));
  const second: unknown = JSON.parse(await probeBody("2026-03-01T12:00:01.000Z"));
  const [probe, ...others] = batch.parse(first).batch;
  expect(others).toEqual([]);
  expect(probe).toMatchObject({ type: "track", event: "Tributary Probe", anonymousId: "tributary-probe", properties: {} });
  expect(probe).not.toHaveProperty("userId");
  const [again] = batch.parse(second).batch;
  expect(again).toMatchObject({ anonymousId: "tributary-probe" });
  expect(again?.messageId).not.toBe(probe?.messageId);
});
