/**
 * Whether an account with many webhooks kept is as fast as a new one: acknowledging, delivering, waking, and what an operator looks at first. And
 * what the process needs of memory.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";
import { pause } from "../faults/load.ts";
import { load } from "./client.ts";
import { type Contender, startWorker } from "./contenders.ts";
import { type Figure, type Section, shown, type Table } from "./figures.ts";
import { type Kept, keep } from "./kept.ts";
import { memoryOf, processorTime, TELLS_TIME } from "./processor.ts";
import { requestsOf } from "./samples.ts";
import { type Sink, startSink } from "./sink.ts";
import { median } from "./statistics.ts";

const ROUNDS = 5;
const WEBHOOKS = 2_000;

/** How many webhooks are kept, ahead of the measuring. `BENCH_KEPT=100000` takes half a minute less. */
const KEPT = [0, 100_000, Number(process.env.BENCH_KEPT) || 1_000_000].filter(
  (count, index, all) => all.indexOf(count) === index,
);

/** How many the product itself keeps and delivers first: their rows are copied. */
const FIRST = 60;

/** How many processes wake the account in a round, one after the other, and how often an operator looks at each page in each. */
const WAKES = 6;
const LOOKS = 10;

/** What growth may cost, as a part of the speed at the beginning. */
const GOAL = { atLeast: 0.9 };

const ADMIN_TOKEN = randomBytes(24).toString("hex");

/** What is measured in each round. All but the speeds in milliseconds. */
const MEASURES = ["acknowledged", "delivered", "waking", "health", "events"] as const;

type Measure = (typeof MEASURES)[number];

/** An account, by how many webhooks it had when it was made. */
interface Grown {
  readonly kept: number;
  readonly state: string;
  readonly taken: Readonly<Record<Measure | "megabytes", number[]>>;
}

/** Measures growth. @param file the bundled Worker */
export async function growing(file: string, directory: string): Promise<Section> {
  const sink = await startSink();
  const all: Grown[] = [];
  for (const kept of KEPT) all.push(await grown(file, directory, kept, sink));
  // By turns, in a process of its own each time.
  for (let round = 0; round < ROUNDS; round += 1) for (const one of all) await measure(file, one, sink);
  sink.stop();

  const of = ({ taken }: Grown, name: Measure | "megabytes") => median(taken[name]);
  const table: Table = [
    ["", "acknowledged a second", "delivered a second", "waking, ms", "health, ms", "first page of events, ms", "MB of memory"],
    ...all.map((one) => [
      one.kept === 0 ? "hardly any webhooks kept" : `${shown(one.kept)} webhooks kept`,
      ...[...MEASURES, "megabytes" as const].map((name) => shown(of(one, name))),
    ]),
  ];
  const [empty, ...others] = all;
  const isSpeed = (name: Measure) => name === "acknowledged" || name === "delivered";
  const relative = (one: Grown, name: Measure) => {
    const ratio = of(one, name) / (empty === undefined ? Number.NaN : of(empty, name));
    return isSpeed(name) ? ratio : 1 / ratio;
  };
  const figures = others.flatMap((one) =>
    MEASURES.map((name): Figure => {
      const to = isSpeed(name) ? "to none" : "how fast, to none";
      return {
        id: `kept.${one.kept}.${name}`,
        name: `${NAMES[name]} with ${shown(one.kept)} webhooks kept, ${to}`,
        value: relative(one, name),
        unit: "",
        goal: GOAL,
      };
    }),
  );
  return {
    title: "Growth",
    how: `Stripe events over 16 connections; what is acknowledged is delivered afterwards, by a process of its own. Medians of ${ROUNDS} rounds by turns. Of waking and looking it is the processor's time from the request to its answer, the median of ${WAKES} processes a round, each of which served another account before and is looked at ${LOOKS} times: a single wake differs by half from the next one. The rows of ${FIRST} webhooks that the product kept and delivered are copied over the days of the retention, in the tables of the inbox, the outbox, the dedupe store and the identity book; that all of them count, and which event is the newest, is asked of the product. Hardly any webhooks have one table of each kind, and the others one for each day of the retention, as an account of that age has; what is newest was kept and delivered by the round before, as much in all of them. Memory is that of the whole process afterwards.`,
    tables: [table],
    figures,
  };
}

const NAMES: Readonly<Record<Measure, string>> = {
  acknowledged: "Acknowledged",
  delivered: "Delivered",
  waking: "Waking",
  health: "Looking at its health",
  events: "Looking at its events",
};

/** Makes an account with so many delivered webhooks. */
async function grown(file: string, directory: string, kept: number, sink: Sink): Promise<Grown> {
  mkdirSync(join(directory, `kept-${kept}`));
  const state = join(directory, `kept-${kept}`, "state");
  const held = await startWorker({ file, state });
  await send(held, 0, FIRST);
  await held.server.stop();
  await deliver(file, state, FIRST, sink);
  if (kept > 0) await prove(file, state, kept, keep(state, "stripe", kept));
  const taken = { acknowledged: [], delivered: [], waking: [], health: [], events: [], megabytes: [] };
  return { kept, state, taken };
}

const healthSchema = z.object({ sources: z.object({ stripe: z.object({ received: z.int(), delivered: z.int() }) }) });
const eventsSchema = z.object({ events: z.array(z.object({ id: z.string(), state: z.string(), batch: z.int() })).min(1) });

/** @throws where the product does not see what was copied */
async function prove(file: string, state: string, kept: number, { newest, batches }: Kept): Promise<void> {
  const worker = await startWorker({ file, state, adminToken: ADMIN_TOKEN });
  const { received, delivered } = healthSchema.parse(await ask(worker, "")).sources.stripe;
  const [event] = eventsSchema.parse(await ask(worker, "/events")).events;
  await worker.server.stop();
  const isThere = event?.id === newest && event.state === "delivered" && event.batch === batches;
  if (received !== kept || delivered !== kept || !isThere) throw new Error("the account has not what was copied into it");
}

/** One round: processes that wake the account and are looked at, the last of which keeps, and one that delivers. */
async function measure(file: string, { state, taken }: Grown, sink: Sink): Promise<void> {
  const costs: Record<"waking" | "health" | "events", number[]> = { waking: [], health: [], events: [] };
  for (let wake = 1; wake <= WAKES; wake += 1) {
    const worker = await startWorker({ file, state, accounts: 2, adminToken: ADMIN_TOKEN });
    await look(worker, costs);
    if (wake === WAKES) {
      await send(worker, 0, 200);
      taken.acknowledged.push(await send(worker, 0, WEBHOOKS));
      taken.megabytes.push(memoryOf(worker.server.pid));
    }
    await worker.server.stop();
  }
  for (const name of ["waking", "health", "events"] as const) taken[name].push(median(costs[name]));
  taken.delivered.push(await deliver(file, state, WEBHOOKS + 200 + WAKES, sink));
}

/** Wakes the account, and looks at its pages. */
async function look(worker: Contender, costs: Readonly<Record<"waking" | "health" | "events", number[]>>): Promise<void> {
  // Another account, so that the code is warm and the object is not in memory.
  await send(worker, 1, 500);
  for (let look = 0; look < LOOKS; look += 1) for (const path of ["", "/events"]) await ask(worker, path, 1);
  const cost = async (work: () => Promise<unknown>): Promise<number> => {
    const time = () => (TELLS_TIME ? processorTime(worker.server.pid) : performance.now());
    const before = time();
    await work();
    return time() - before;
  };
  costs.waking.push(await cost(() => send(worker, 0, 1)));
  // Its alarm rings soon.
  await pause(100);
  for (const [name, path] of [
    ["health", ""],
    ["events", "/events"],
  ] as const)
    for (let look = 0; look < LOOKS; look += 1) costs[name].push(await cost(() => ask(worker, path)));
}

/** Delivers what waits in the account. @returns calls a second, from the start of the process */
async function deliver(file: string, state: string, webhooks: number, sink: Sink): Promise<number> {
  const before = sink.calls();
  const begun = performance.now();
  const worker = await startWorker({ file, state, delivering: { to: sink.host, timeScale: 1 } });
  await send(worker, 0, 1);
  while (sink.calls() - before < webhooks) await pause(5);
  // The last answer is still to be written down.
  while (performance.now() - sink.lastAt() < 300) await pause(20);
  await worker.server.stop();
  return ((sink.calls() - before) * 1_000) / (sink.lastAt() - begun);
}

async function ask({ server }: Contender, path: string, account = 0): Promise<unknown> {
  const answer = await fetch(`http://${LOCAL_ADDRESS}:${server.port}/api/v1/accounts/a${account}${path}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return answer.json();
}

/** How many are acknowledged a second. */
async function send({ server, path }: Contender, account: number, webhooks: number): Promise<number> {
  const requests = requestsOf("stripe", webhooks, () => path("stripe", account));
  return (await load(server.port, requests, webhooks === 1 ? 1 : 16)).perSecond;
}
