/**
 * The development tools of the project, run as their own processes.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { inProject } from "./project.ts";

const manifest = z.looseObject({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });

/** The tools and the packages that bring them. */
const PACKAGES = { biome: "@biomejs/biome", tsc: "typescript", vitest: "vitest", wrangler: "wrangler" } as const;

/** A tool of the project. */
export type Tool = keyof typeof PACKAGES;

/** The end of a tool: its exit code (1 where a signal ended it) and, where it was not shown at once, what it printed. */
export interface Ending {
  readonly code: number;
  readonly output: string;
}

/**
 * Runs a tool in the project's folder, on the Node that runs this.
 * @param show `true`: its output is the terminal's; `false`: it is collected
 * @param environment variables beside our own
 */
export function runTool(
  tool: Tool,
  args: readonly string[],
  show: boolean,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  const child = spawn(process.execPath, [scriptOf(tool), ...args], {
    cwd: inProject(""),
    env: { ...process.env, ...environment },
    stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  const passOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGTERM", passOn);
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  return new Promise((settle, fail) => {
    child.on("error", fail);
    child.on("close", (code) => {
      process.off("SIGTERM", passOn);
      settle({ code: code ?? 1, output });
    });
  });
}

function scriptOf(tool: Tool): string {
  const path = inProject(`node_modules/${PACKAGES[tool]}/package.json`);
  const { bin } = manifest.parse(JSON.parse(readFileSync(path, "utf8")));
  const script = typeof bin === "string" ? bin : bin[tool];
  if (script === undefined) throw new Error(`${PACKAGES[tool]} brings no ${tool}`);
  return resolve(dirname(path), script);
}
