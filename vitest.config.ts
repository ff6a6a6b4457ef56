import { readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { parseEnv } from "node:util";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { demoAccounts } from "./src/cli/accounts.ts";
import { makeProof } from "./src/cli/proof.ts";
import { PROOF_KEY, PROOF_TEXT } from "./src/config/proof.ts";
import { boundCaches } from "./test/setup/bounded-caches.ts";
import { createBundler } from "./test/setup/bundles.ts";
import { loadedAdapters } from "./test/setup/loaded-adapters.ts";
import { LongestFirst } from "./test/setup/longest-first.ts";
import { memoryFolder } from "./test/setup/memory-folder.ts";
import { recordedFiles } from "./test/setup/recorded-files.ts";

boundCaches();

// Whoever chooses a folder has a reason. Processes of tests in Node keep the usual one: not all that is in memory may be run.
const temporary = tmpdir();
process.env.TMPDIR ??= memoryFolder() ?? temporary;

const directory = `.wrangler/test/bundles-${process.pid}`;
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

// `npm test -- --adapter <id>` says so.
const adapter = process.env.TEST_ADAPTER || null;
const bundles = createBundler(directory);

/** What random inputs follow from. A change is judged by the same ones as the change before. */
const SEED = 20_261_129;

/** How much is tried: a share, `all` as in CI, or `random`: as much as in CI, of what was not tried before. */
const tests = process.env.TESTS || "share";
if (!["share", "all", "random"].includes(tests)) throw new Error(`TESTS is "all" or "random", not "${tests}"`);

const proof = makeProof("local");

const demoVariables = parseEnv(readFileSync("src/sandbox/demo.vars", "utf8"));

const ofStripe = { adapter: "stripe", user_id_from: ["metadata.user_id"] };
const ofShopify = { adapter: "shopify" };

/** An account with sources that have an object of their own: the demo has none. A copy of the project may lack their adapters, and so the secrets. */
const parts = {
  ACCOUNTS: {
    parts: {
      region: "us",
      sources: {
        shop: ofStripe,
        events: { ...ofStripe, shard: true },
        past: { ...ofStripe, shard: "ended" },
        orders: { ...ofShopify, shard: true },
      },
    },
  },
  PARTS_CDP_API_KEY: "tributary_demo_parts",
  PARTS_SHOP_SECRET: demoVariables.DEMO_STRIPE_SECRET ?? "",
  PARTS_EVENTS_SECRET: demoVariables.DEMO_STRIPE_SECRET ?? "",
  PARTS_PAST_SECRET: demoVariables.DEMO_STRIPE_SECRET ?? "",
  PARTS_ORDERS_SECRET: demoVariables.DEMO_SHOPIFY_SECRET ?? "",
};

const workerd = cloudflareTest(async () => ({
  // That of wrangler.toml is built.
  main: "./src/index.ts",
  wrangler: { configPath: "./wrangler.toml" },
  miniflare: {
    bindings: {
      ...parts,
      ...demoVariables,
      ACCOUNTS: { ...demoAccounts(), ...parts.ACCOUNTS },
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
    isWhole: adapter !== null || tests !== "share",
    seed: tests === "random" ? Date.now() % 2 ** 31 : SEED,
  },
};

/** Tests run in workerd, where the Worker runs; those of files and processes in Node. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: [workerd, recordedFiles(adapter), ...(adapter === null ? [loadedAdapters()] : [])],
        test: {
          ...common,
          name: "workerd",
          // One fewer than there are cores would be a single one on two.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
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
        test: {
          ...common,
          name: "node",
          // Some of the tests wait for processes; while they do, others can have the processor.
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 0 },
          setupFiles: [...common.setupFiles, "test/setup/crypto-in-thread.ts"],
          env: { TMPDIR: temporary },
          isolate: false,
          include: ["test/node/**/*.test.ts"],
        },
      },
    ],
  },
});
