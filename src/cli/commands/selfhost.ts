/**
 * `npm run selfhost`: the built Worker on plain workerd, on this machine, until it is stopped.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { demoAccounts } from "../accounts.ts";
import { bundle, ENTRIES } from "../bundle.ts";
import { defineCommand } from "../command.ts";
import { openDataFolder } from "../data-folder.ts";
import { fail } from "../exit-codes.ts";
import { isLoopbackHost } from "../loopback.ts";
import { print, printProblem } from "../printer.ts";
import { inProject, readWranglerConfig, WORKER_CONFIG } from "../project.ts";
import { localSecrets } from "../secrets.ts";
import type { Settings } from "../selfhost.ts";
import { LOCAL_ADDRESS, type Server, SWEEP_EVERY, serve } from "../workerd.ts";

const OPEN_SANDBOX =
  "With --sandbox the secrets are public and the operator's API is open: leave --host at 127.0.0.1, or ::1 or localhost.";

const BUILT = "dist/worker/index.js";

/** Milliseconds that requests under way have to be answered once the Worker is told to stop. */
const PATIENCE = 10_000;

export const command = defineCommand({
  name: "selfhost",
  group: "Run it",
  summary: "Serve the built Worker on this machine, on plain workerd",
  usage: { "--port 8080 --data ./data --config tributary.toml": "" },
  notes: ["Secrets come from the environment, never from the file of accounts. See docs/selfhost.md."],
  options: {
    port: { type: "string", value: "PORT", default: "8080", description: "Where it listens; 0 takes a free port." },
    data: { type: "string", value: "FOLDER", default: "data", description: "The folder of its state, on a local disk." },
    config: { type: "string", value: "FILE", description: "The accounts, as TOML; ACCOUNTS in the environment unless given." },
    host: { type: "string", value: "ADDRESS", default: LOCAL_ADDRESS, description: "The address to listen on." },
    sandbox: {
      type: "string",
      value: "URL",
      description: "For a try: the demo accounts, delivered to a sandbox that runs there. Nothing reaches Customer.io.",
    },
  },
  environment: {
    "<ACCOUNT>_<SOURCE>_SECRET": "The secret of a source.",
    "<ACCOUNT>_CDP_API_KEY": "The Customer.io API key of an account.",
    ADMIN_TOKEN: "Opens the operator API to those who have it. At least 32 characters.",
    DIRECTORY_KEY: "Opens the directory of accounts: see docs/accounts.md.",
    ACCOUNTS: "The accounts as JSON, where there is no --config.",
    REGION: "Limits the accounts to one region, where there is no --config.",
  },
  examples: {
    "--port 8080 --data ./data --config tributary.toml": "Serves the accounts of a file.",
    "--sandbox http://127.0.0.1:8788": "Serves the demo accounts, beside a running npm run dev.",
  },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments but options.");
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
    const sandbox = values.sandbox === undefined ? null : sandboxAt(values.sandbox);
    if (!(port <= 65535)) return misuse("--port is a number from 0 to 65535.");
    if (sandbox === undefined) return misuse("--sandbox is the address of a sandbox: http://127.0.0.1:8788");
    if (sandbox !== null && values.config !== undefined) return misuse("--sandbox brings its own accounts: without --config.");
    if (sandbox !== null && !isLoopbackHost(values.host)) return fail("usage", OPEN_SANDBOX);
    const config = readWranglerConfig(WORKER_CONFIG);
    const here = process.env.INIT_CWD ?? process.cwd();
    // It loads every adapter: only where it is needed.
    const { demoSettingsOf } = await import("../selfhost.ts");
    const settings =
      sandbox === null
        ? await readSettings(values.config && resolve(here, values.config))
        : demoSettingsOf(demoAccounts(), localSecrets(), process.env);
    if (!settings.ok) return fail("usage", settings.problem);
    for (const warning of settings.warnings) printProblem(warning);
    if (!existsSync(inProject(BUILT))) {
      const made = await bundle(ENTRIES.worker, dirname(BUILT));
      if (!made.ok) return fail("failed", made.output);
    }

    const data = resolve(here, values.data);
    const folder = await openDataFolder(data);
    if (!folder.ok) return fail("failed", folder.problem);
    let server: Server;
    try {
      server = await serve(
        {
          config: { ...config, vars: settings.vars },
          file: inProject(BUILT),
          port,
          host: values.host,
          state: join(data, "state"),
          secrets: settings.secrets,
          runtime: settings.runtime,
          sweepEvery: SWEEP_EVERY,
          sandbox,
        },
        (line) => print(line),
      );
    } catch (error) {
      return fail("failed", error instanceof Error ? error.message : String(error));
    }
    const destination = sandbox === null ? "Customer.io" : `the sandbox at ${values.sandbox}`;
    print(`Tributary serves on http://${values.host}:${server.port}, keeps its state in ${data} and delivers to ${destination}.`);
    const ending = await Promise.race([server.ended.then(() => "died"), signalled()]);
    if (ending === "died") return fail("failed", "The Worker ended by itself.");
    await server.stop(PATIENCE);
    folder.release();
    return "ok";
  },
});

async function readSettings(path: string | undefined): Promise<Settings> {
  const { settingsOf } = await import("../selfhost.ts");
  if (path === undefined) return settingsOf(null, process.env);
  if (!existsSync(path)) return { ok: false, problem: `There is no file ${path}.` };
  const settings = settingsOf(readFileSync(path, "utf8"), process.env);
  return settings.ok ? settings : { ok: false, problem: `${path}\n${settings.problem}` };
}

/** `undefined` where it is no address of a sandbox. */
function sandboxAt(url: string): { readonly host: string } | undefined {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== "http:" || parsed.pathname !== "/") return undefined;
  return { host: `${parsed.hostname}:${parsed.port === "" ? 80 : parsed.port}` };
}

function signalled(): Promise<"signal"> {
  return new Promise((settle) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => settle("signal"));
  });
}
