import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import { diagnose } from "../../src/doctor/diagnose.ts";
import { ENV, NOW, REGISTRY, signed, toLoopback, unsigned } from "../ingest/vendors.ts";

const { REGION: _, ADMIN_TOKEN: __, ...settings } = ENV;

/** The log of a Worker that knows the doctor, without what it says about its configuration. */
async function linesOf(env: object, ...requests: readonly Request[]): Promise<readonly unknown[]> {
  const lines: Record<string, unknown>[] = [];
  const app = createApp({
    adapters: REGISTRY,
    now: () => NOW,
    write: (_level, line) => lines.push(JSON.parse(line)),
    accountObject: () => {
      throw new Error("what is refused is not kept");
    },
    diagnose,
  });
  for (const request of requests) {
    const sent = env === local ? toLoopback(request) : request;
    expect((await app.fetch(sent, { ...env })).status).toBe(401);
  }
  return lines.filter(({ outcome }) => outcome !== "configuration");
}

const local = { ...settings, ...proofBindings("local") };
const line = { outcome: "unverified", account: "acme", source: "billing" };
const broken = () => signed({ secret: `${ENV.ACME_BILLING_SECRET}\n` });

test("in a local run the line of a refused webhook names the likely cause", async () => {
  const stale = await signed({ at: NOW - 7_200_000 });
  expect(await linesOf(local, await broken(), stale)).toEqual([
    { ...line, reason: "mismatch", likely: [{ cause: "secret_line_break", advice: expect.stringMatching(/enter it .* again/) }] },
    { ...line, reason: "stale", likely: [{ cause: "clock", advice: expect.stringContaining("2 hours ago") }] },
  ]);
});

test("it contains neither a secret nor the payload", async () => {
  const text = JSON.stringify(await linesOf(local, await broken(), await signed({ at: 0 })));
  expect(text).not.toMatch(/bsec_|evt_1|19\.99|v1=/);
});

test("a request without a finding has the usual line", async () => {
  expect(await linesOf(local, unsigned({}))).toEqual([{ ...line, reason: "missing" }]);
});

test.each([ENV, { ...settings, ...proofBindings("selfhost") }])("other runs do not diagnose", async (env) => {
  expect(await linesOf(env, await broken())).toEqual([{ ...line, reason: "mismatch" }]);
});
