import { readFileSync, rmSync } from "node:fs";
import { parseEnv } from "node:util";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { demoAccounts } from "./src/cli/accounts.ts";
import { bundle } from "./src/cli/bundle.ts";
import { makeProof } from "./src/cli/proof.ts";
import { PROOF_KEY, PROOF_TEXT } from "./src/config/proof.ts";

/** Tests run in workerd, where the Worker runs; those of files and processes in Node. */
export default defineConfig(async () => {
  const directory = `.wrangler/test/sandbox-${process.pid}`;
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  const sandbox = await bundle("src/sandbox/wrangler.toml", directory);
  if (!sandbox.ok) throw new Error(sandbox.output);
  const proof = makeProof("local");
  const workerd = cloudflareTest({
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
          scriptPath: sandbox.file,
          durableObjects: { SANDBOX: { className: "SandboxObject", useSQLite: true } },
        },
      ],
    },
  });
  return {
    test: {
      projects: [
        {
          plugins: [workerd],
          test: {
            name: "workerd",
            include: ["test/**/*.test.ts"],
            exclude: ["test/node/**", "test/judges/**", "test/faults/**"],
          },
        },
        { test: { name: "node", include: ["test/node/**/*.test.ts"] } },
      ],
    },
  };
});
