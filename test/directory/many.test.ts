/**
 * A directory of hundreds of accounts with ten sources each: all are served, and each by its own secrets.
 */
import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import type { AccountPlace } from "../../src/config/model.ts";
import { runsOf } from "../support/share.ts";
import { ask, isolateOf, stripeWebhook } from "./support.ts";

const ACCOUNTS = runsOf(200);
const SOURCES = Array.from({ length: 10 }, (_, number) => `shop-${number}`);

const nameOf = (number: number) => `many-${number}`;
const secretOf = (name: string, source: string) => `whsec_${name}${source}0123456789abcdef`.replaceAll("-", "");

test(`${ACCOUNTS} accounts of ten sources are served`, async () => {
  const sources = Object.fromEntries(SOURCES.map((source) => [source, { adapter: "stripe" }]));
  for (let number = 0; number < ACCOUNTS; number += 1) {
    const name = nameOf(number);
    const secrets = [
      { kind: "cdp_api_key" as const, value: `key-of-${name}` },
      ...SOURCES.map((source) => ({ kind: "secret" as const, source, value: secretOf(name, source) })),
    ];
    expect(await ask("directory.add", { name, account: { region: "us", sources }, secrets })).toMatchObject({ status: 200 });
  }
  const kept: string[] = [];
  const accountObject = ({ id }: AccountPlace) => ({
    accept: async () => {
      kept.push(id);
      return { kind: "stored", accepted: 1, duplicate: 0 } as const;
    },
    acceptAll: async () => [],
    failed: async () => undefined,
    wipe: async () => true,
    operate: async () => ({ ok: false, refusal: "unusable", problem: null }) as const,
    watch: async () => new Response(null, { status: 404 }),
  });
  const fetch = isolateOf(createApp({ accountObject, write: () => undefined }));
  for (let number = 0; number < ACCOUNTS; number += 1) {
    const name = nameOf(number);
    const source = `shop-${number % SOURCES.length}`;
    const other = `shop-${(number + 1) % SOURCES.length}`;
    const own = await fetch(await stripeWebhook(name, source, `${name}-own`, secretOf(name, source)));
    const foreign = await fetch(await stripeWebhook(name, other, `${name}-other`, secretOf(name, source)));
    expect([name, own.status, foreign.status]).toEqual([name, 200, 401]);
  }
  expect(new Set(kept).size).toBe(ACCOUNTS);
  expect(kept).toHaveLength(ACCOUNTS);
});
