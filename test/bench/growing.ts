/**
 * Whether acknowledging stays as fast as it was with more webhooks kept in one account. And what the process needs of memory.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { load } from "./client.ts";
import { type Contender, startWorker } from "./contenders.ts";
import { type Section, shown } from "./figures.ts";
import { memoryOf } from "./processor.ts";
import { requestsOf } from "./samples.ts";
import { median } from "./statistics.ts";

const ROUNDS = 3;
const WEBHOOKS = 2_000;

/** How many webhooks are kept at the end. `BENCH_KEPT=1000000` takes a quarter of an hour more. */
const KEPT = Number(process.env.BENCH_KEPT) || 100_000;

/** How many are made and sent at a time while an account is filled. */
const AT_ONCE = 5_000;

/** What growth may cost, as a part of the speed at the beginning. */
const GOAL = { atLeast: 0.9 };

/** Measures growth. @param file the bundled Worker */
export async function growing(file: string, directory: string): Promise<Section> {
  const fresh = await started(file, directory, "fresh");
  const full = await started(file, directory, "full");
  for (let kept = 0; kept < KEPT; kept += AT_ONCE) await one(full, Math.min(AT_ONCE, KEPT - kept), 64);
  const memory = { full: memoryOf(full.server.pid), fresh: 0 };
  const kept = await inTurn([fresh, full]);
  memory.fresh = memoryOf(fresh.server.pid);
  await fresh.server.stop();
  await full.server.stop();

  const [empty = 0, grown = 0] = kept;
  return {
    title: "Growth",
    how: `Stripe events over 16 connections, nothing delivered; medians of ${ROUNDS} rounds by turns. Memory is that of the whole process afterwards.`,
    tables: [
      [
        ["", "acknowledged a second", "MB of memory"],
        ["hardly any webhooks kept", shown(empty), shown(memory.fresh)],
        [`${shown(KEPT)} webhooks kept`, shown(grown), shown(memory.full)],
      ],
    ],
    figures: [
      { id: "kept", name: `Acknowledged with ${shown(KEPT)} webhooks kept, to none`, value: grown / empty, unit: "", goal: GOAL },
    ],
  };
}

function started(file: string, directory: string, name: string): Promise<Contender> {
  mkdirSync(join(directory, name));
  return startWorker({ file, state: join(directory, name, "state") });
}

/** How many each acknowledges a second. */
async function inTurn(contenders: readonly Contender[]): Promise<readonly number[]> {
  // The first webhook of an account creates its object.
  for (const contender of contenders) await one(contender, 500, 16);
  const speeds = contenders.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [index, contender] of contenders.entries()) speeds[index]?.push(await one(contender, WEBHOOKS, 16));
  return speeds.map(median);
}

async function one({ server, path }: Contender, webhooks: number, connections: number): Promise<number> {
  return (
    await load(
      server.port,
      requestsOf("stripe", webhooks, () => path("stripe")),
      connections,
    )
  ).perSecond;
}
