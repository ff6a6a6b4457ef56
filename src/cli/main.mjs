#!/usr/bin/env node
/**
 * The command line: `npx tributary <command> …`. The scripts of package.json call it too.
 * Plain JavaScript without imports of the project's own, so that it can say what is wrong where nothing else would start.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

// npm's shell does not pass a signal on, it only dies of it: then this process has another parent.
const parent = process.ppid;
if (process.env.npm_lifecycle_event)
  setInterval(() => process.ppid !== parent && process.kill(process.pid, "SIGTERM"), 200).unref();

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const args = process.argv.slice(2);

// The Node that npm ci brings, where there is one for this machine.
const system = process.platform === "win32" ? "win" : process.platform;
const own = new URL(
  `../../node_modules/node-${system}-${process.arch}/bin/node${system === "win" ? ".exe" : ""}`,
  import.meta.url,
);

if (major < 22 || (major === 22 && minor < 13)) {
  if (existsSync(own) && process.execPath !== fileURLToPath(own)) continueIn(fileURLToPath(own), []);
  else
    stop(`Tributary's commands need Node 22.13 or newer, and this is Node ${process.versions.node}, at ${process.execPath}.
  Run "npm ci": on Linux and Windows it brings the Node that is needed. Elsewhere install it from https://nodejs.org.`);
} else if (!existsSync(new URL("../../node_modules/zod", import.meta.url))) {
  stop(`The dependencies are not installed: run "npm ci" first.`);
} else if (!process.features.typescript) {
  // Node 22.13 to 22.17 runs TypeScript only when asked.
  continueIn(process.execPath, ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"]);
} else {
  // wrangler: no telemetry, no look for a newer version (which would wait for the internet), nothing written into the home folder.
  process.env.WRANGLER_SEND_METRICS = "false";
  process.env.WRANGLER_HIDE_BANNER = "true";
  process.env.WRANGLER_WRITE_LOGS ??= "false";
  if (!process.stdout.isTTY) process.env.NO_COLOR = "1";
  // Compiling takes half of a short command's time; the tools that commands start inherit the cache.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../../node_modules/.cache/tributary", import.meta.url));
  module.enableCompileCache?.();
  try {
    const { start } = await import("./start.ts");
    process.exitCode = await start(args);
  } catch (error) {
    const { printProblem } = await import("./printer.ts");
    printProblem(String(error?.stack ?? error));
    process.exitCode = 1;
  }
}

/**
 * Runs the same command line in another process.
 * @param {string} node the Node to run it with
 * @param {readonly string[]} flags
 */
function continueIn(node, flags) {
  const again = spawn(node, [...flags, fileURLToPath(import.meta.url), ...args], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => again.kill(signal));
  again.on("error", (error) => stop(`${node} cannot be started: ${error.message}`));
  again.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}

/** @param {string} problem what is wrong and what to do about it */
function stop(problem) {
  console.error(problem);
  process.exitCode = 2;
}
