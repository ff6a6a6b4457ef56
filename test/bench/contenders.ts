/**
 * What is measured side by side, each a process of its own with its state on disk: the built Worker, the floor (`contenders/floor.js`), and what a
 * team writes for itself (`comparisons/`).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { workerWith } from "../../src/cli/accounts.ts";
import { endWithUs } from "../../src/cli/guard.ts";
import { inProject, type WranglerConfig } from "../../src/cli/project.ts";
import { type Server, serve } from "../../src/cli/workerd.ts";
import { KINDS, type Kind, SECRETS } from "./samples.ts";

/** A process that keeps webhooks. */
export interface Contender {
  readonly server: Server;
  /** Where it takes webhooks of this kind. @param account of Tributary, or the object of the floor, by its number */
  path(kind: Kind, account?: number): string;
}

/** Where a Worker of the bench delivers to, and how. */
export interface Delivering {
  /** The host and port of a stand-in for Customer.io. */
  readonly to: string;
  /** How much faster delivery's clock is. */
  readonly timeScale: number;
  /** There is no API key: what arrives stays where it is. */
  readonly isHeld?: boolean;
}

/** How the built Worker is started. */
export interface WorkerSetting {
  /** The bundled module, absolute. */
  readonly file: string;
  /** Where its state is, absolute. */
  readonly state: string;
  /** Each has the three sources. Default: one. */
  readonly accounts?: number;
  /** Without it nothing is delivered: there is no API key. */
  readonly delivering?: Delivering;
  /** Without it the operator's API is closed, except in a local run. */
  readonly adminToken?: string;
  readonly launcher?: readonly string[];
}

/** The variables and secrets of a Worker with so many accounts of the three sources. */
export function settingOf(accounts: number, delivering: Delivering | null) {
  const names = Array.from({ length: accounts }, (_, index) => `a${index}`);
  const sources = { stripe: {}, shopify: {}, sendgrid: { people: "create" } };
  const secretsOf = (name: string) => [
    ...KINDS.map((kind) => [`${name.toUpperCase()}_${kind.toUpperCase()}_SECRET`, SECRETS[kind]]),
    ...(delivering === null || delivering.isHeld === true ? [] : [[`${name.toUpperCase()}_CDP_API_KEY`, "bench"]]),
  ];
  const config = workerWith(Object.fromEntries(names.map((name) => [name, { region: "us", sources }])));
  const switches = delivering === null ? {} : { TIME_SCALE: String(delivering.timeScale), HOLD_UNKNOWN: "0" };
  return { config, secrets: { ...Object.fromEntries(names.flatMap(secretsOf)), ...switches } };
}

/** Starts the built Worker. */
export async function startWorker(setting: WorkerSetting): Promise<Contender> {
  const { file, state, accounts = 1, delivering, adminToken, launcher = [] } = setting;
  const { config, secrets: own } = settingOf(accounts, delivering ?? null);
  const secrets = { ...own, ...(adminToken === undefined ? {} : { ADMIN_TOKEN: adminToken }) };
  const runtime = delivering === undefined ? "selfhost" : "local";
  const sandbox = delivering === undefined ? null : { host: delivering.to };
  const server = await serve({ config, file, port: 0, state, secrets, runtime, sandbox, launcher }, print);
  return { server, path: (kind, account = 0) => `/hooks/a${account}/${kind}` };
}

/** Starts the floor. @param isGrouping whether what waits together is committed together */
export async function startFloor(state: string, isGrouping: boolean): Promise<Contender> {
  const config: WranglerConfig = {
    ...workerWith({}),
    name: "floor",
    vars: {},
    durable_objects: { bindings: [{ name: "STORE", class_name: "Store" }] },
  };
  const secrets = { ...byName(), GROUP: isGrouping ? "yes" : "no" };
  const file = inProject("test/bench/contenders/floor.js");
  const server = await serve({ config, file, port: 0, state, secrets, sandbox: null }, print);
  return { server, path: (kind, account = 0) => `/${kind}/${account}` };
}

/** Whether the packages of `comparisons/` are installed. */
export function hasComparisons(): boolean {
  return existsSync(inProject("test/bench/comparisons/node_modules/express"));
}

const listening = z.object({ port: z.int() });

/**
 * Starts a server of `comparisons/`.
 * @param name `durable`, which keeps webhooks in a database, or `handing`, which hands them to Customer.io's client
 * @param destination of what it sends
 */
export async function startExpress(name: "durable" | "handing", folder: string, destination = ""): Promise<Contender> {
  mkdirSync(folder, { recursive: true });
  const child = spawn(process.execPath, ["--no-warnings", inProject(`test/bench/comparisons/${name}.mjs`)], {
    env: { NODE_ENV: "production", ...byName(), DATABASE: join(folder, "webhooks.sqlite"), DESTINATION: destination },
    stdio: ["ignore", "pipe", "inherit"],
  });
  endWithUs(child);
  const ended = new Promise<void>((settle) => child.on("exit", () => settle()));
  const port = await new Promise<number>((settle, fail) => {
    createInterface({ input: child.stdout }).once("line", (line) => settle(listening.parse(JSON.parse(line)).port));
    child.on("exit", () => fail(new Error(`${name} ended before it served`)));
  });
  const server: Server = {
    port,
    pid: child.pid ?? 0,
    ended,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
  return { server, path: (kind) => `/${kind}` };
}

function byName(): Readonly<Record<string, string>> {
  return Object.fromEntries(KINDS.map((kind) => [kind.toUpperCase(), SECRETS[kind]]));
}

/** What a Worker prints is of interest where it fails only. */
function print(line: string): void {
  if (process.env.BENCH_LINES) process.stderr.write(`${line}\n`);
}
