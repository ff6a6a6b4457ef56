/**
 * The Worker and the sandbox, side by side on this machine.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Declarations, type LocalAccounts, workerWith } from "./accounts.ts";
import { type Bundle, bundle, ENTRIES } from "./bundle.ts";
import { readWranglerConfig, SANDBOX_CONFIG } from "./project.ts";
import { LOCAL_ADDRESS, type Server, type Serving, SWEEP_EVERY, serve } from "./workerd.ts";

/** The two processes. */
export type Role = "worker" | "sandbox";

/** How the two are served. */
export interface LocalOptions {
  /** 0 takes a free one. */
  readonly ports: Readonly<Record<Role, number>>;
  /** The folder of bundles and state, absolute. */
  readonly directory: string;
  /** The accounts of the Worker; read again at each reload. */
  readonly accounts: () => LocalAccounts;
  /** Text bindings of the Worker; read again at each reload. */
  readonly secrets: () => Readonly<Record<string, string>>;
  /** Where the composer of the console asks; it has none unless said otherwise. */
  readonly composer?: { readonly host: string };
  /** Whether the sandbox writes a line about each request; not unless said otherwise. */
  readonly tellsRequests?: boolean;
  /** Takes each line that one of the two prints. */
  readonly print: (role: Role, line: string) => void;
}

/** The two, running. */
export interface Local {
  /** Where they serve, without a slash at the end. */
  readonly urls: Readonly<Record<Role, string>>;
  /** Settles with the one that ended without being told to. */
  readonly died: Promise<Role>;
  /** Bundles again, and restarts what came out different. */
  reload(): Promise<Reload>;
  stop(): Promise<void>;
}

/** The end of a reload; a problem is what the bundler or workerd said, and the next reload tries again. */
export type Reload =
  | { readonly ok: true; readonly restarted: readonly Role[] }
  | { readonly ok: false; readonly problem: string };

/** The end of starting; a problem is a text for the person at the terminal. */
export type Start = { readonly ok: true; readonly local: Local } | { readonly ok: false; readonly problem: string };

/** Bundles and starts both. */
export async function startLocal(options: LocalOptions): Promise<Start> {
  for (const port of Object.values(options.ports)) {
    // Looked at first: whoever serves there has its bundles in the same folder.
    if (!(await isFree(port))) return { ok: false, problem: `Port ${port} is in use. PORT and SANDBOX_PORT choose others.` };
  }
  const first = options.accounts();
  if (!first.ok) return first;
  const problem = await bundleBoth(options);
  if (problem !== null) return { ok: false, problem };

  const died = Promise.withResolvers<Role>();
  const running = new Map<Role, Running>();
  let last: Promise<unknown> = Promise.resolve();
  let stopping = false;

  const stop = async (role: Role): Promise<void> => {
    const server = running.get(role)?.server;
    running.delete(role);
    await server?.stop();
  };
  /** @throws Error with what workerd said where it does not start */
  const start = async (role: Role, port: number, sandboxPort: number | null, accounts: Declarations): Promise<Server> => {
    const serving = servingOf(role, port, sandboxPort, accounts, options);
    const server = await serve(serving, (line) => options.print(role, line));
    running.set(role, { server, identity: identityOf(serving) });
    void server.ended.then(() => {
      if (running.get(role)?.server === server) died.resolve(role);
    });
    return server;
  };
  const stopBoth = async (): Promise<void> => {
    await Promise.all([stop("worker"), stop("sandbox")]);
  };

  try {
    const sandbox = await start("sandbox", options.ports.sandbox, null, first.accounts);
    const worker = await start("worker", options.ports.worker, sandbox.port, first.accounts);
    const ports = { sandbox: sandbox.port, worker: worker.port };
    const reload = async (): Promise<Reload> => {
      const restarted: Role[] = [];
      if (stopping) return { ok: true, restarted };
      const read = options.accounts();
      if (!read.ok) return read;
      const unbundled = await bundleBoth(options);
      if (unbundled !== null) return { ok: false, problem: unbundled };
      if (stopping) return { ok: true, restarted };
      try {
        for (const role of ["sandbox", "worker"] as const) {
          const next = servingOf(role, ports[role], ports.sandbox, read.accounts, options);
          if (running.get(role)?.identity === identityOf(next)) continue;
          await stop(role);
          await start(role, ports[role], ports.sandbox, read.accounts);
          restarted.push(role);
        }
        return { ok: true, restarted };
      } catch (error) {
        return { ok: false, problem: messageOf(error) };
      }
    };
    const afterLast = <Result>(act: () => Promise<Result>): Promise<Result> => {
      const result = last.then(act);
      last = result.catch(() => undefined);
      return result;
    };
    return {
      ok: true,
      local: {
        urls: { sandbox: urlOf(sandbox), worker: urlOf(worker) },
        died: died.promise,
        reload: () => afterLast(reload),
        stop: () => {
          // Reloads that wait before it have nothing to do any more.
          stopping = true;
          return afterLast(stopBoth);
        },
      },
    };
  } catch (error) {
    await stopBoth();
    return { ok: false, problem: messageOf(error) };
  }
}

/** A process and what it was started from. */
interface Running {
  readonly server: Server;
  readonly identity: string;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** @returns what the bundler said where it failed */
async function bundleBoth(options: LocalOptions): Promise<string | null> {
  const bundles = await Promise.all([bundleOf("sandbox", options), bundleOf("worker", options)]);
  for (const made of bundles) if (!made.ok) return made.output;
  return null;
}

function bundleDirectory(role: Role, { directory }: LocalOptions): string {
  return join(directory, role, "bundle");
}

function bundleOf(role: Role, options: LocalOptions): Promise<Bundle> {
  return bundle(role === "worker" ? ENTRIES.local : ENTRIES.sandbox, bundleDirectory(role, options));
}

function servingOf(role: Role, port: number, sandboxPort: number | null, accounts: Declarations, options: LocalOptions): Serving {
  const served = {
    file: join(bundleDirectory(role, options), "index.js"),
    port,
    state: join(options.directory, role, "state"),
  };
  return role === "sandbox"
    ? {
        ...served,
        config: readWranglerConfig(SANDBOX_CONFIG),
        secrets: { SANDBOX_LOG: options.tellsRequests ? "1" : "0" },
        sandbox: null,
      }
    : {
        ...served,
        config: workerWith(accounts),
        secrets: options.secrets(),
        runtime: "local",
        sweepEvery: SWEEP_EVERY,
        sandbox: sandboxPort === null ? null : { host: `${LOCAL_ADDRESS}:${sandboxPort}` },
        ...(options.composer === undefined ? {} : { composer: options.composer }),
      };
}

/** What, when it changes, asks for a restart. The main module names the others by their content. */
function identityOf(serving: Serving): string {
  return JSON.stringify([serving.config, serving.secrets, readFileSync(serving.file, "utf8")]);
}

function urlOf(server: Server): string {
  return `http://${LOCAL_ADDRESS}:${server.port}`;
}

/** Whether a port can be listened on, now or within three seconds: a process that has just been ended may still hold it. */
async function isFree(port: number): Promise<boolean> {
  for (const deadline = Date.now() + 3_000; Date.now() < deadline; ) {
    const probe = createServer();
    const outcome = await new Promise<"free" | "taken">((settle) => {
      probe.once("error", () => settle("taken")).listen(port, LOCAL_ADDRESS, () => settle("free"));
    });
    probe.close();
    if (outcome === "free") return true;
    await new Promise((resume) => setTimeout(resume, 100));
  }
  return false;
}
