/**
 * `npm run selfhost`: the built Worker on plain workerd, on this machine, until somebody stops it.
 */
import { existsSync, readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { demoAccounts } from "../accounts.ts";
import { bundle } from "../bundle.ts";
import { openDataFolder } from "../data-folder.ts";
import { print, printProblem } from "../printer.ts";
import { inProject, readWranglerConfig, WORKER_CONFIG } from "../project.ts";
import { localSecrets } from "../secrets.ts";
import { demoSettingsOf, type Settings, settingsOf } from "../selfhost.ts";
import { LOCAL_ADDRESS, type Server, serve } from "../workerd.ts";

const USAGE =
  "npm run selfhost -- --port 8080 --data ./data [--config tributary.toml] [--host 127.0.0.1] [--sandbox http://127.0.0.1:8788]";

const OPTIONS = {
  port: { type: "string", default: "8080" },
  data: { type: "string", default: "data" },
  config: { type: "string" },
  host: { type: "string", default: LOCAL_ADDRESS },
  sandbox: { type: "string" },
} as const;

const OPEN_SANDBOX =
  "With --sandbox the secrets are known to everybody and the operator's API is open: leave --host at 127.0.0.1, or ::1 or localhost.";

const BUILT = "dist/worker/index.js";

/** Milliseconds that requests under way have to be answered once the Worker is told to stop. */
const PATIENCE = 10_000;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  const sandbox = values.sandbox === undefined ? null : sandboxAt(values.sandbox);
  if (!(port <= 65535) || sandbox === undefined || (sandbox !== null && values.config !== undefined)) return refuse(USAGE);
  if (sandbox !== null && !isLoopback(values.host)) return refuse(OPEN_SANDBOX);
  const config = readWranglerConfig(WORKER_CONFIG);
  const here = process.env.INIT_CWD ?? process.cwd();
  const settings =
    sandbox === null
      ? readSettings(values.config && resolve(here, values.config))
      : demoSettingsOf(demoAccounts(), localSecrets(), process.env);
  if (!settings.ok) return refuse(settings.problem);
  for (const warning of settings.warnings) printProblem(warning);
  if (!existsSync(inProject(BUILT))) {
    const made = await bundle(WORKER_CONFIG, dirname(BUILT));
    if (!made.ok) return refuse(made.output, 1);
  }

  const data = resolve(here, values.data);
  const folder = await openDataFolder(data);
  if (!folder.ok) return refuse(folder.problem);
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
        sandbox,
      },
      (line) => print(line),
    );
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const destination = sandbox === null ? "Customer.io" : `the sandbox at ${values.sandbox}`;
  print(`Tributary serves on http://${values.host}:${server.port}, keeps its state in ${data} and delivers to ${destination}.`);
  const ending = await Promise.race([server.ended.then(() => "died"), signalled()]);
  if (ending === "died") return refuse("The Worker ended by itself.", 1);
  await server.stop(PATIENCE);
  folder.release();
  return 0;
}

function readSettings(path: string | undefined): Settings {
  if (path === undefined) return settingsOf(null, process.env);
  if (!existsSync(path)) return { ok: false, problem: `There is no file ${path}.` };
  return settingsOf(readFileSync(path, "utf8"), process.env);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
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

function refuse(problem: string, code = 2): number {
  printProblem(problem);
  return code;
}
