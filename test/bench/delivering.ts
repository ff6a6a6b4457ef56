/**
 * Delivery: what it leaves of the speed of acknowledging, and how fast a backlog leaves, beside Customer.io's own client with the same destination.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundle, ENTRIES } from "../../src/cli/bundle.ts";
import { inProject } from "../../src/cli/project.ts";
import { pause } from "../faults/load.ts";
import { load } from "./client.ts";
import { type Contender, hasComparisons, startExpress, startWorker } from "./contenders.ts";
import { type Figure, type Section, shown, type Table } from "./figures.ts";
import { mainTime, processorTime, TELLS_TIME } from "./processor.ts";
import { aroundIn, filesOf, freePort, inspectedAt, openProfiler, type Steps, stepsOf } from "./profile.ts";
import { requestsOf } from "./samples.ts";
import { type Sink, startSink } from "./sink.ts";
import { median } from "./statistics.ts";

const ROUNDS = 3;
const WEBHOOKS = 2_000;

/** A multiple of what Customer.io's client puts into one request: with less it waits ten seconds for more. */
const BACKLOG = 4_500;

/** What delivering is made of, by the files that belong to each step. */
const STEPS: Steps = [
  ["statements of SQLite", /^src\/account\/state\/store/],
  ["read the inbox", /^src\/account\/inbox/],
  ["parse", /^src\/contract\/(parse|formats)/],
  ["schemas", /^node_modules\/zod/],
  ["events and mappers", /^(adapters|src\/(contract|vocabulary)|src\/translate\/(reading|webhook|custom-fields|rules))/],
  ["find the person, and what is new", /^src\/(identity|translate|account\/(people|erasure))/],
  ["stamp, check, shape and serialise", /^src\/pipelines/],
  ["fill, seal and send batches", /^src\/account/],
  ["other JavaScript", /./],
];

/** A backlog that left: calls, and how many a second. */
interface Drained {
  readonly calls: number;
  readonly perSecond: number;
}

/** Measures delivery. @param file the bundled Worker */
export async function delivering(file: string, directory: string): Promise<Section> {
  const sink = await startSink();
  const kept = await whileDelivering(file, directory, sink);
  const ours = await backlogOf(file, directory, sink);
  const theirs = hasComparisons() ? await ownClient(directory, sink) : null;
  const steps = TELLS_TIME ? [await stepsIn(directory, sink)] : [];
  sink.stop();
  const rows: Table = [
    ["Stripe, 16 connections", "a second"],
    ["acknowledged while nothing is delivered", shown(kept.alone)],
    ["acknowledged while all is delivered", shown(kept.delivering)],
    [`calls of a backlog of ${shown(BACKLOG)} webhooks delivered (${shown(ours.calls)} calls)`, shown(ours.perSecond)],
    ...(theirs === null ? [] : [["the same backlog, from SQLite, by Customer.io's own client", shown(theirs.perSecond)]]),
  ];
  const figures: Figure[] = [
    {
      id: "delivering",
      name: "Acknowledged while delivering, to without",
      value: kept.delivering / kept.alone,
      unit: "",
      goal: { atLeast: 0.7 },
    },
  ];
  if (theirs !== null)
    figures.push({
      id: "drain",
      name: "Delivering a backlog, to Customer.io's own client",
      value: ours.perSecond / theirs.perSecond,
      unit: "times",
      goal: { atLeast: 5 },
    });
  return {
    title: "Delivering",
    how: `To a stand-in for Customer.io that says yes at once. Medians of ${ROUNDS} rounds by turns; a backlog is measured from the start of the process that delivers it until its last call has arrived.`,
    tables: [rows, ...steps],
    notes: [
      "The steps are those of a profile of the same backlog, of an unminified bundle. Profiling itself makes everything dearer.",
    ],
    figures,
  };
}

async function whileDelivering(file: string, directory: string, sink: Sink) {
  const to = { to: sink.host, timeScale: 1 };
  const alone = await startWorker({ file, state: folderOf(directory, "alone"), delivering: { ...to, isHeld: true } });
  const busy = await startWorker({ file, state: folderOf(directory, "busy"), delivering: to });
  const speeds: Record<"alone" | "delivering", number[]> = { alone: [], delivering: [] };
  for (const contender of [alone, busy]) await one(contender, 500);
  for (let round = 0; round < ROUNDS; round += 1) {
    speeds.alone.push(await one(alone, WEBHOOKS));
    speeds.delivering.push(await one(busy, WEBHOOKS));
    // The next round of the other must not share the machine with what is still to be delivered.
    await settled(sink);
  }
  await alone.server.stop();
  await busy.server.stop();
  return { alone: median(speeds.alone), delivering: median(speeds.delivering) };
}

async function backlogOf(file: string, directory: string, sink: Sink): Promise<Drained> {
  const state = folderOf(directory, "backlog");
  const to = { to: sink.host, timeScale: 1 };
  const held = await startWorker({ file, state, delivering: { ...to, isHeld: true } });
  await one(held, BACKLOG);
  await held.server.stop();
  const before = sink.calls();
  const begun = performance.now();
  const worker = await startWorker({ file, state, delivering: to });
  await one(worker, 1);
  while (sink.calls() - before < BACKLOG) await pause(5);
  await settled(sink);
  const calls = sink.calls() - before;
  await worker.server.stop();
  return { calls, perSecond: (calls * 1_000) / (sink.lastAt() - begun) };
}

async function stepsIn(directory: string, sink: Sink): Promise<Table> {
  const made = await bundle(ENTRIES.worker, join(directory, "unminified"), false);
  if (!made.ok) throw new Error(made.output);
  const { file } = made;
  const state = folderOf(directory, "steps");
  const to = { to: sink.host, timeScale: 1 };
  const held = await startWorker({ file, state, delivering: { ...to, isHeld: true } });
  await one(held, BACKLOG);
  await held.server.stop();
  const port = await freePort();
  const worker = await startWorker({ file, state, delivering: to, launcher: inspectedAt(port) });
  try {
    const profiler = await openProfiler(port);
    await profiler.start();
    const { pid } = worker.server;
    const before = { calls: sink.calls(), all: processorTime(pid), main: mainTime(pid) };
    await one(worker, 1);
    while (sink.calls() - before.calls < BACKLOG) await pause(5);
    await settled(sink);
    const taken = await profiler.stop();
    const [all, main] = [processorTime(pid) - before.all, mainTime(pid) - before.main];
    const times = stepsOf(taken, filesOf(file), STEPS);
    const { collecting, program } = aroundIn(taken);
    // A profile tells the time that passed, also while other processes had the processor.
    const seen = [...times.values()].reduce((sum, time) => sum + time, collecting + program);
    const row = (name: string, part: number) => [name, shown((part * 1_000) / BACKLOG)];
    const shareOf = (time: number): number => (time / seen) * main;
    return [
      ["one webhook of a backlog", "µs of the processor"],
      ...STEPS.map(([step]) => row(step, shareOf(times.get(step) ?? 0))),
      row("collect garbage", shareOf(collecting)),
      row("the platform: HTTP, disk", shareOf(program)),
      row("other threads, which compile and collect", all - main),
      row("together", all),
    ];
  } finally {
    await worker.server.stop();
  }
}

async function ownClient(directory: string, sink: Sink): Promise<Drained> {
  const folder = folderOf(directory, "own-client");
  const durable = await startExpress("durable", folder);
  await one(durable, BACKLOG);
  await durable.server.stop();
  const before = sink.calls();
  const child = spawn(process.execPath, ["--no-warnings", inProject("test/bench/comparisons/drain.mjs")], {
    env: { NODE_ENV: "production", DESTINATION: `http://${sink.host}`, DATABASE: join(folder, "webhooks.sqlite") },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = once(child, "exit");
  const begun = performance.now();
  await ended;
  const calls = sink.calls() - before;
  return { calls, perSecond: (calls * 1_000) / (sink.lastAt() - begun) };
}

async function one({ server, path }: Contender, webhooks: number): Promise<number> {
  const requests = requestsOf("stripe", webhooks, () => path("stripe"));
  return (await load(server.port, requests, 16)).perSecond;
}

/** Waits until nothing has arrived for half a second. */
async function settled(sink: Sink): Promise<void> {
  while (performance.now() - sink.lastAt() < 500) await pause(50);
}

function folderOf(directory: string, name: string): string {
  mkdirSync(join(directory, name), { recursive: true });
  return join(directory, name, "state");
}
