/**
 * The command line, for tests: in this process where only its words matter, and as processes of its own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { vi } from "vitest";
import { inProject } from "../../src/cli/project.ts";
import { start } from "../../src/cli/start.ts";

/** How a command ended, and what it printed. */
export interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Where and how a process is started. */
export interface ProcessOptions {
  /** The project's folder; this project's unless given. */
  readonly root?: string;
  /** Flags of Node. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds that a line may take: a busy machine is slow, and a line that never comes must end the test. */
const PATIENCE = 60_000;

const children = new Set<ChildProcess>();

/** Runs a command in this process: it starts at once, and adapters are loaded once. Not for one that writes JSON lines, or serves. */
export async function runHere(...args: readonly string[]): Promise<Ending> {
  const [output, errors]: [string[], string[]] = [[], []];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => void output.push(`${line}\n`));
  const error = vi.spyOn(console, "error").mockImplementation((line: string) => void errors.push(`${line}\n`));
  try {
    return { code: await start(args), output: output.join(""), errors: errors.join("") };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

/** Starts a command as a process. `endAll` ends what still runs. */
export function startProcess(args: readonly string[], options: ProcessOptions = {}): ChildProcess {
  const { root = inProject(""), node = [], env = {} } = options;
  const { CI: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [...node, join(root, "src/cli/main.mjs"), ...args], {
    cwd: root,
    env: { ...inherited, ...env },
  });
  children.add(child);
  child.on("exit", () => children.delete(child));
  return child;
}

/** Runs a command as a process, to its end. */
export async function runProcess(args: readonly string[], options: ProcessOptions = {}): Promise<Ending> {
  const child = startProcess(args, options);
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((settle) => child.on("close", settle));
  return { code, output: Buffer.concat(output).toString("utf8"), errors: Buffer.concat(errors).toString("utf8") };
}

/** A running `dev`. */
export interface Dev {
  readonly worker: string;
  readonly sandbox: string;
  /** Everything that it has printed. */
  readonly output: () => Buffer;
  readonly errors: () => string;
  /** Waits until its output, or its errors, have a line of this form. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** @returns the exit code */
  readonly stop: () => Promise<number | null>;
}

/** Starts `dev` on free ports, once it serves. */
export async function startDev({
  env = {},
  args = [],
  ...options
}: ProcessOptions & { args?: readonly string[] } = {}): Promise<Dev> {
  const child = startProcess(["dev", ...args], { ...options, env: { PORT: "0", SANDBOX_PORT: "0", HOLD_UNKNOWN: "0", ...env } });
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
  const ended = new Promise<number | null>((settle) => child.on("exit", settle));
  const printed = () => Buffer.concat([...output, ...errors]).toString("utf8");
  const [worker = "", sandbox = ""] = await new Promise<readonly string[]>((settle, fail) => {
    if (!child.stdout) return fail(new Error("no output"));
    void ended.then(() => fail(new Error(`dev ended: ${printed()}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("Tributary serves on")) settle(line.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []);
    });
  });
  return {
    worker,
    sandbox,
    output: () => Buffer.concat(output),
    errors: () => Buffer.concat(errors).toString("utf8"),
    says: (pattern) =>
      new Promise((settle, fail) => {
        const look = () => {
          if (!pattern.test(printed())) return;
          clearTimeout(timer);
          settle();
        };
        const timer = setTimeout(() => fail(new Error(`dev did not say ${pattern}: ${printed()}`)), PATIENCE);
        child.stdout?.on("data", look);
        child.stderr?.on("data", look);
        void ended.then(() => fail(new Error(`dev ended without ${pattern}: ${printed()}`)));
        look();
      }),
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** Ends every process that still runs, and waits for it. */
export async function endAll(): Promise<void> {
  const ended = [...children].map((child) => new Promise((settle) => child.on("exit", settle)));
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(ended);
}
