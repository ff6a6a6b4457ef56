import { readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseEnv } from "node:util";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { demoAccounts } from "./src/cli/accounts.ts";
import { makeProof } from "./src/cli/proof.ts";
import { PROOF_KEY, PROOF_TEXT } from "./src/config/proof.ts";
import { createBundler } from "./test/setup/bundles.ts";
import { loadedAdapters } from "./test/setup/loaded-adapters.ts";
import { recordedFiles } from "./test/setup/recorded-files.ts";

const directory = `.wrangler/test/bundles-${process.pid}`;
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

// `npm test -- --adapter <id>` says so.
const adapter = process.env.TEST_ADAPTER || null;
const bundles = createBundler(directory);

/** A change is judged by the same histories as the one before; `HISTORIES_SEED=random` looks for new ones. */
function seedOf(given: string | undefined): number {
  if (given === "random") return Date.now() % 2 ** 31;
  return Number(given) || 20_261_129;
}

const proof = makeProof("local");

const workerd = cloudflareTest(async () => ({
  // That of wrangler.toml is built.
  main: "./src/index.ts",
  wrangler: { configPath: "./wrangler.toml" },
  miniflare: {
    bindings: {
      ACCOUNTS: demoAccounts(),
      ...parseEnv(readFileSync("src/sandbox/demo.vars", "utf8")),
      [PROOF_TEXT]: proof.text,
    },
    dataBlobBindings: { [PROOF_KEY]: proof.key },
    // What the Worker sends arrives at the real sandbox, which runs beside the tests.
    serviceBindings: { CDP_US: "sandbox", CDP_EU: "sandbox" },
    workers: [
      {
        name: "sandbox",
        compatibilityDate: "2026-10-01",
        modules: true,
        scriptPath: await bundles.fileOf("sandbox"),
        durableObjects: { SANDBOX: { className: "SandboxObject", useSQLite: true } },
      },
    ],
  },
}));

/** What both projects have in common. How long a test takes says nothing, since machines are busy; one that hangs must end. */
const common = {
  setupFiles: ["test/support/properties.ts"],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  provide: {
    adapter,
    isEveryValue: adapter !== null || process.env.HOSTILE === "all",
    histories: {
      runs: Number(process.env.HISTORIES) || 1_000,
      seed: seedOf(process.env.HISTORIES_SEED),
      // No further history begins after this time; who asks for a number of them gets it.
      seconds: process.env.HISTORIES ? 7_000 : 60,
    },
  },
};

/** Tests run in workerd, where the Worker runs; those of files and processes in Node. */
export default defineConfig({
  test: {
    // One fewer than there are cores would be a single one on two, though much of a run is waiting for processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        plugins: [workerd, recordedFiles(adapter), ...(adapter === null ? [loadedAdapters()] : [])],
        test: {
          ...common,
          name: "workerd",
          // What an object writes after the last test of a file would be kept until the runner sends something, which waits for it: a deadlock.
          disableConsoleIntercept: true,
          include: ["test/**/*.test.ts"],
          exclude: ["test/node/**", "test/judges/**", "test/browser/**", "test/faults/**"],
          // A workerd for each file would start, and load the adapters, dozens of times. Files share modules and storage instead.
          isolate: false,
        },
      },
      {
        plugins: [bundles.plugin, recordedFiles(adapter)],
        test: { ...common, name: "node", isolate: false, include: ["test/node/**/*.test.ts"] },
      },
    ],
  },
});
