/**
 * What stays of an erased person on the disk: the databases' files, read byte by byte.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sandbox from "virtual:bundle/sandbox";
import worker from "virtual:bundle/worker";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as z from "zod";
import { parcelOf, send } from "../faults/load.ts";
import { type Stage, startStage } from "../faults/stage.ts";
import { customer, many, mixed, refusedDispute } from "../faults/webhooks.ts";

const ADDRESS = "zoe.quill@example.com";

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ worker, sandbox });
});

afterAll(async () => {
  await stage.end();
});

const erasing = z.object({
  erasures: z.array(z.object({ finishedAt: z.number().nullable(), webhooks: z.number() })),
  compaction: z.object({
    wantedSince: z.number().nullable(),
    last: z.object({ finishedAt: z.number(), failed: z.boolean() }).nullable(),
  }),
});
const health = z.object({ sources: z.record(z.string(), z.object({ received: z.number(), pending: z.number() })) });

/** How far erasing is; while the database moves nobody is told. */
async function erasingNow(): Promise<z.output<typeof erasing> | undefined> {
  return erasing.safeParse(await stage.ask("/erase")).data;
}

/** Files of the Worker in which the address stands, in whatever case, by the name of their object. */
function filesWithAddress(): readonly string[] {
  return readdirSync(stage.state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1").toLowerCase().includes(ADDRESS))
    .map(({ name }) => name);
}

async function isDelivered(count: number): Promise<boolean> {
  const { stripe } = health.parse(await stage.ask("")).sources;
  return stripe?.received === count && stripe.pending === 0;
}

/** Webhooks of the first test: some about the person, each among others. */
const ABOUT = 20;
const AROUND = 4;
const TOLD = ABOUT * (AROUND + 1);

test("an erasure leaves bytes in the file, a compaction none, and everything else is there", async () => {
  // Each stands in its own webhook, in the log, the book and the notes; what comes after shares their pages.
  for (const webhook of many(ABOUT, () => customer(ADDRESS))) await send(stage.port(), [...mixed(AROUND), webhook].map(parcelOf));
  await vi.waitUntil(() => isDelivered(TOLD), { timeout: 30_000, interval: 50 });
  expect(filesWithAddress()).not.toEqual([]);

  await stage.ask("/erase", { email: ADDRESS, customerio: "none" });
  await vi.waitUntil(async () => (await erasingNow())?.erasures[0]?.finishedAt, { timeout: 30_000, interval: 50 });
  expect(await erasingNow()).toMatchObject({ erasures: [{ webhooks: ABOUT }], compaction: { wantedSince: null, last: null } });
  await stage.stop();
  // The control: without it this test would not know that it can see anything.
  expect(filesWithAddress()).not.toEqual([]);
  await stage.start();

  await stage.ask("/compact", {});
  await vi.waitUntil(async () => (await erasingNow())?.compaction.last, { timeout: 30_000, interval: 50 });
  expect(filesWithAddress()).toEqual([]);
  expect((await erasingNow())?.compaction).toMatchObject({ wantedSince: null, last: { failed: false } });
  expect(await isDelivered(TOLD)).toBe(true);
  await send(stage.port(), [refusedDispute()].map(parcelOf));
  await vi.waitUntil(() => isDelivered(TOLD + 1), { timeout: 30_000, interval: 50 });
  await stage.stop();
  expect(filesWithAddress()).toEqual([]);
  await stage.start();
  expect(await isDelivered(TOLD + 1)).toBe(true);
});

test("a request that asks for both gets both", async () => {
  await send(stage.port(), [customer(ADDRESS)].map(parcelOf));
  await vi.waitUntil(() => isDelivered(TOLD + 2), { timeout: 30_000, interval: 50 });
  const earlier = (await erasingNow())?.compaction.last?.finishedAt ?? 0;
  await stage.ask("/erase", { email: ADDRESS, customerio: "none", compact: true });
  const isOver = async () => ((await erasingNow())?.compaction.last?.finishedAt ?? 0) > earlier;
  await vi.waitUntil(isOver, { timeout: 30_000, interval: 50 });
  expect((await erasingNow())?.compaction.wantedSince).toBeNull();
  expect(filesWithAddress()).toEqual([]);
});
