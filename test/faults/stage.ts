/**
 * What the faults happen to: the built Worker and the sandbox, a process each, with their state on disk.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { demoAccounts, workerWith } from "../../src/cli/accounts.ts";
import { bundle, ENTRIES } from "../../src/cli/bundle.ts";
import { readWranglerConfig, SANDBOX_CONFIG } from "../../src/cli/project.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { LOCAL_ADDRESS, type Server, type Serving, serve } from "../../src/cli/workerd.ts";
import type { Fault } from "../../src/sandbox/faults.ts";
import { ACCOUNT } from "./webhooks.ts";

/** The Workers that are tried. `ack-first` and `newer-schema` are in `builds/`. */
export type Build = "worker" | "ack-first" | "newer-schema";

const BUILDS = {
  worker: ENTRIES.worker,
  sandbox: ENTRIES.sandbox,
  "ack-first": "test/faults/builds/ack-first/index.ts",
  "newer-schema": "test/faults/builds/newer-schema/index.ts",
} as const;

/** The bundles, by name: absolute paths. */
export type Bundles = Readonly<Record<keyof typeof BUILDS, string>>;

/** What a stage cannot do without, and the builds that it is asked for. */
export type StageBundles = Pick<Bundles, "worker" | "sandbox"> & Partial<Bundles>;

/** Makes all bundles in a folder of their own. @throws where one cannot be made */
export async function makeBundles(directory: string): Promise<Bundles> {
  const make = async (name: keyof Bundles): Promise<string> => {
    const made = await bundle(BUILDS[name], join(directory, name));
    if (!made.ok) throw new Error(made.output);
    return made.file;
  };
  return {
    worker: await make("worker"),
    sandbox: await make("sandbox"),
    "ack-first": await make("ack-first"),
    "newer-schema": await make("newer-schema"),
  };
}

/** How the Worker is started. */
export interface WorkerOptions {
  readonly build?: Build;
  readonly launcher?: readonly string[];
  /** Seconds that events of unknown people wait; they leave at once unless said otherwise. */
  readonly hold?: number;
  /** How often the Worker is swept, milliseconds; never unless said otherwise. */
  readonly sweepEvery?: number;
  /** Takes each line that it prints. */
  readonly print?: (line: string) => void;
}

/** The two processes. */
export interface Stage {
  /** Where the Worker serves now. */
  readonly port: () => number;
  readonly pid: () => number;
  /** The folder of the Worker's databases. */
  readonly state: string;
  start(options?: WorkerOptions): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** What the Worker's API answers, from `/api/v1/accounts/<account>`, any status. @param body sent by POST where there is one */
  ask(path: string, body?: object): Promise<unknown>;
  readonly sandbox: {
    start(): Promise<void>;
    kill(): Promise<void>;
    fault(fault: Fault): Promise<void>;
    /** How many faults are left. */
    faults(): Promise<number>;
    clearFaults(): Promise<void>;
    /** What the sandbox answers, from `/_sandbox`; any status. */
    ask(path: string): Promise<unknown>;
  };
  /** Ends everything and removes what it left. */
  end(): Promise<void>;
}

const faultList = z.object({ faults: z.array(z.unknown()) });

/**
 * Starts both.
 * @throws where a build is started that is not among the bundles
 * @param timeScale how much faster delivery's clock is: with 600 half an hour takes three seconds
 */
export async function startStage(bundles: StageBundles, options: WorkerOptions = {}, timeScale = 600): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-faults-"));
  const state = join(directory, "worker", "state");
  const sandboxServing: Serving = {
    config: readWranglerConfig(SANDBOX_CONFIG),
    file: bundles.sandbox,
    port: 0,
    state: join(directory, "sandbox", "state"),
    secrets: {},
    sandbox: null,
  };
  let sandbox: Server = await serve(sandboxServing, () => {});
  const { port: sandboxPort } = sandbox;
  const launch = ({ build = "worker", launcher = [], hold = 0, sweepEvery, print }: WorkerOptions): Promise<Server> => {
    const file = bundles[build];
    if (file === undefined) throw new TypeError(`there is no bundle of ${build}`);
    const serving: Serving = {
      config: workerWith(demoAccounts()),
      runtime: "local",
      file,
      port: 0,
      state,
      secrets: { ...localSecrets(), TIME_SCALE: String(timeScale), HOLD_UNKNOWN: String(hold) },
      sandbox: { host: `${LOCAL_ADDRESS}:${sandboxPort}` },
      launcher,
      ...(sweepEvery === undefined ? {} : { sweepEvery }),
    };
    return serve(serving, print ?? (process.env.FAULTS_DEBUG ? (line) => process.stderr.write(`${line}\n`) : () => {}));
  };
  let worker: Server = await launch(options);

  const askSandbox = (path: string, init: RequestInit = {}): Promise<unknown> =>
    askJson(`http://${LOCAL_ADDRESS}:${sandboxPort}/_sandbox${path}`, init);
  return {
    port: () => worker.port,
    pid: () => worker.pid,
    state,
    start: async (again = {}) => {
      worker = await launch(again);
    },
    kill: () => killed(worker),
    stop: () => worker.stop(),
    ask: (path, body) => askJson(`http://${LOCAL_ADDRESS}:${worker.port}/api/v1/accounts/${ACCOUNT}${path}`, postOf(body)),
    sandbox: {
      start: async () => {
        sandbox = await serve({ ...sandboxServing, port: sandboxPort }, () => {});
      },
      kill: () => killed(sandbox),
      fault: async (fault) => void (await askSandbox("/faults", { method: "PUT", body: JSON.stringify(fault) })),
      faults: async () => faultList.parse(await askSandbox("/faults")).faults.length,
      clearFaults: async () => void (await askSandbox("/faults", { method: "DELETE" })),
      ask: (path) => askSandbox(path),
    },
    end: async () => {
      await Promise.all([worker.stop(), sandbox.stop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function postOf(body: object | undefined): RequestInit {
  return body === undefined
    ? {}
    : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

async function killed({ pid, ended }: Server): Promise<void> {
  process.kill(pid, "SIGKILL");
  await ended;
}

async function askJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, init);
  return response.json();
}

/** Memory that a process holds, bytes; `null` where the system does not tell. */
export function memoryOf(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
