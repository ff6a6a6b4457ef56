/**
 * What one webhook costs by step: a processor profile of the built Worker under load, read by the file that each sample is in. What the profile
 * does not see, because no JavaScript runs, is the platform's: HTTP, messages between Worker and object, SQLite and the disk.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { bundle, ENTRIES, modulesOf } from "../../src/cli/bundle.ts";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";
import { load } from "./client.ts";
import { startWorker } from "./contenders.ts";
import type { Section } from "./figures.ts";
import { shown } from "./figures.ts";
import { processorTime } from "./processor.ts";
import { requestsOf } from "./samples.ts";

const WEBHOOKS = 2_000;

/** Steps, by the files that belong to them; the first that fits. */
export type Steps = readonly (readonly [step: string, files: RegExp])[];

const STEPS: Steps = [
  [
    "route and configuration",
    /^(node_modules\/hono|src\/app|src\/index|src\/config|src\/ingest\/(request-head|loopback|sender|shares|remote-keys))/,
  ],
  ["read the body", /^src\/ingest\/body/],
  ["verify", /^src\/(ingest\/prove|contract\/verify|contract\/(jwt|json-field))/],
  ["parse", /^src\/contract\/(parse|formats)/],
  [
    "schema and events",
    /^(node_modules\/zod|src\/contract|src\/translate\/reading|src\/ingest\/(interpret|handshakes)|adapters|src\/vocabulary)/,
  ],
  ["log line and counters", /^src\/(log-line|ingest\/(log|metrics))/],
  ["hand over and answer", /^src\/(ingest|account\/stub|config\/jurisdiction)/],
  ["keep", /^src\/account\/(object|gate|inbox|state|modules)/],
  ["other JavaScript", /./],
];

/** What V8 calls the time in which it collects garbage. */
const COLLECTOR = "(garbage collector)";

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.int() }),
      children: z.array(z.int()).default([]),
    }),
  ),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.int()),
});

type Profile = z.output<typeof profileSchema>;

/** Microseconds of a profile. */
export type Times = ReadonlyMap<string, number>;

/** Profiles acknowledging. */
export async function profile(): Promise<Section> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-profile-"));
  try {
    const { taken, cost, fileOf } = await record(directory);
    const times = stepsOf(taken, fileOf, STEPS);
    const perWebhook = (time: number) => time / WEBHOOKS;
    const seen = [...times.values()].reduce((sum, time) => sum + time, 0);
    const rows = STEPS.map(([step]) => [step, shown(perWebhook(times.get(step) ?? 0))]);
    const rest = ["the platform: HTTP, messages, SQLite, disk", shown(Math.max(0, cost - perWebhook(seen)))];
    return {
      title: "By step",
      how: `A profile of ${WEBHOOKS.toLocaleString("en")} Stripe events over 16 connections, of an unminified bundle. Profiling itself makes everything dearer.`,
      tables: [[["one webhook", "µs of the processor"], ...rows, rest, ["together", shown(cost)]]],
      figures: [],
      ...(process.env.BENCH_DEBUG ? { notes: hottest(taken, fileOf) } : {}),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function record(directory: string) {
  const made = await bundle(ENTRIES.worker, join(directory, "bundle"), false);
  if (!made.ok) throw new Error(made.output);
  const { file } = made;
  mkdirSync(join(directory, "worker"));
  const port = await freePort();
  const { server, path } = await startWorker({ file, state: join(directory, "worker", "state"), launcher: inspectedAt(port) });
  try {
    // Before the first request: it does not open later.
    const profiler = await openProfiler(port);
    const requests = () => requestsOf("stripe", WEBHOOKS, () => path("stripe"));
    await load(server.port, requests(), 16);
    const measured = requests();
    await profiler.start();
    const before = processorTime(server.pid);
    await load(server.port, measured, 16);
    const cost = ((processorTime(server.pid) - before) * 1_000) / WEBHOOKS;
    const taken = await profiler.stop();
    return { taken, cost, fileOf: filesOf(file) };
  } finally {
    await server.stop();
  }
}

/** A launcher of a process that can be profiled. */
export function inspectedAt(port: number): readonly string[] {
  return ["sh", "-c", `exec "$0" "$1" --inspector-addr=${LOCAL_ADDRESS}:${port} "$2" "$3"`];
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((settle) => {
    server.listen(0, LOCAL_ADDRESS, () => {
      const address = server.address();
      server.close(() => settle(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** The profiler of a process, by Chrome's protocol. @see https://chromedevtools.github.io/devtools-protocol/v8/Profiler/ */
export async function openProfiler(port: number) {
  // By the name of its service.
  const socket = new WebSocket(`ws://${LOCAL_ADDRESS}:${port}/worker`);
  await new Promise((settle) => socket.addEventListener("open", settle, { once: true }));
  // Commands that have no result are answered with themselves.
  const answer = z.object({ id: z.int(), result: z.unknown().optional() });
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const message = answer.safeParse(JSON.parse(String(data)));
    if (message.success) waiting.get(message.data.id)?.(message.data.result);
  });
  let last = 0;
  const ask = (method: string, params: object = {}): Promise<unknown> => {
    last += 1;
    const id = last;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise((settle) => waiting.set(id, settle));
  };
  await ask("Profiler.enable");
  await ask("Profiler.setSamplingInterval", { interval: 200 });
  return {
    start: () => ask("Profiler.start"),
    stop: async (): Promise<Profile> => {
      const { profile: taken } = z.object({ profile: profileSchema }).parse(await ask("Profiler.stop"));
      socket.close();
      return taken;
    },
  };
}

/** The file that a function of an unminified bundle comes from: the bundler says so in a comment ahead of each. */
export function filesOf(file: string): FileOf {
  const files = new Map(
    modulesOf(file).map((name) => [basename(name), linesOf(readFileSync(join(dirname(file), name), "utf8"))]),
  );
  return ({ url, lineNumber }) => files.get(basename(url))?.[lineNumber] ?? "";
}

/** For each line of a module its file. */
function linesOf(text: string): readonly string[] {
  let current = "";
  return text.split("\n").map((line) => {
    const [, file] = /^\s*\/\/ ((?:node_modules|src|adapters|wrangler-modules-watch|cloudflare)[^ ]*)$/.exec(line) ?? [];
    if (file !== undefined) current = file;
    return current;
  });
}

type Frame = Profile["nodes"][number]["callFrame"];

/** The source of a function, inside the project; empty where it is not known. */
type FileOf = (frame: Frame) => string;

/** Gives each sample to the file of its innermost frame that has one: the platform's own functions count for who calls them. */
function ownersOf({ nodes }: Profile): ReadonlyMap<number, Frame | null> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map<number, Frame | null>();
  const visit = (id: number, above: Frame | null): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    const isOurs = node.callFrame.url !== "";
    const isIdle = node.callFrame.functionName.startsWith("(") && node.callFrame.functionName !== COLLECTOR;
    const owner = isOurs ? node.callFrame : isIdle ? null : above;
    owners.set(id, owner);
    for (const child of node.children) visit(child, owner);
  };
  for (const { id } of nodes) if (!owners.has(id)) visit(id, null);
  return owners;
}

/** Microseconds of each step. */
export function stepsOf(taken: Profile, fileOf: FileOf, steps: Steps): Times {
  const owners = ownersOf(taken);
  const times = new Map<string, number>();
  for (const [index, id] of taken.samples.entries()) {
    const owner = owners.get(id);
    if (owner === undefined || owner === null) continue;
    const [step = ""] = steps.find(([, files]) => files.test(fileOf(owner) || "?")) ?? [];
    times.set(step, (times.get(step) ?? 0) + (taken.timeDeltas[index] ?? 0));
  }
  return times;
}

/** Microseconds in which no function of ours ran, by what V8 calls the time: collecting garbage, the program itself; without idling. */
export function aroundIn(taken: Profile): { readonly collecting: number; readonly program: number } {
  const owners = ownersOf(taken);
  const names = new Map(taken.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const timeOf = (wanted: string): number =>
    taken.samples.reduce((sum, id, index) => {
      const isIt = names.get(id) === wanted && !owners.get(id);
      return sum + (isIt ? (taken.timeDeltas[index] ?? 0) : 0);
    }, 0);
  return { collecting: timeOf(COLLECTOR), program: timeOf("(program)") };
}

/** The functions that took most, for who looks for what to change. */
function hottest(taken: Profile, fileOf: FileOf): readonly string[] {
  const byId = new Map(taken.nodes.map((node) => [node.id, node]));
  const owners = ownersOf(taken);
  const times = new Map<string, number>();
  for (const [index, id] of taken.samples.entries()) {
    const frame = byId.get(id)?.callFrame;
    const owner = owners.get(id);
    if (frame === undefined) continue;
    const where = owner ? `${fileOf(owner)} ${owner.functionName}` : "";
    const name = frame === owner ? where : `${frame.functionName} < ${where}`;
    times.set(name, (times.get(name) ?? 0) + (taken.timeDeltas[index] ?? 0));
  }
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 60)
    .map(([name, time]) => `${shown(time / WEBHOOKS).padStart(7)} µs  ${name}`);
}
