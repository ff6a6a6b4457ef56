/**
 * `npm run dev`: the Worker and the sandbox, reloaded on change, until they are stopped.
 */
import { rmSync, watch } from "node:fs";
import * as z from "zod";
import { DEMO_ACCOUNTS, type Declarations, localAccounts } from "../accounts.ts";
import { defineCommand } from "../command.ts";
import { startComposer } from "../composer.ts";
import { renderDiagnosis } from "../doctor/diagnosis.ts";
import { fail } from "../exit-codes.ts";
import { jsonOf } from "../json.ts";
import { rowsOf } from "../lines/columns.ts";
import { createTeller } from "../lines/teller.ts";
import { type Local, type Role, startLocal } from "../local.ts";
import { print, printJson, printProblem } from "../printer.ts";
import { inProject, WORKER_CONFIG } from "../project.ts";
import { DEMO_SECRETS, localSecrets, OWN_SECRETS } from "../secrets.ts";

/** Settings of the Worker that the environment of this command may give. */
const SWITCHES = ["HOLD_UNKNOWN", "TIME_SCALE", "ADMIN_TOKEN"];

/** Where the Worker and the sandbox are served unless the environment says otherwise. */
const ports = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8787),
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65535).default(8788),
});

export const command = defineCommand({
  name: "dev",
  group: "Try it",
  summary: "Serve the Worker and the sandbox; reload on change",
  usage: { "": "" },
  notes: [
    "The sandbox stands in for Customer.io: nothing leaves this machine. Ctrl-C stops both.",
    "Each webhook is a line: time, status, source, type, and its id, or why it was refused. What leaves for Customer.io is one too: the person, and the calls.",
    "Besides the accounts of the demo, it serves those of wrangler.toml with the secrets of .dev.vars, and says what is wrong with them.",
  ],
  options: {
    env: { type: "string", value: "us|eu", description: "Of wrangler.toml, only the accounts of this environment." },
    json: { type: "boolean", default: false, description: "Print what the two write to their logs, as JSON lines." },
  },
  environment: {
    PORT: "Where the Worker is served; 0 takes a free port. Default: 8787.",
    SANDBOX_PORT: "Where the sandbox is served. Default: 8788.",
    HOLD_UNKNOWN: "Seconds that events of an unknown person wait for their identity.",
    TIME_SCALE: "How much faster time passes for waits and retries.",
    ADMIN_TOKEN: "Closes the operator API to those who do not have it.",
  },
  examples: {
    "": "Then, in another terminal: npx tributary send <source>",
    "--env eu": "Where accounts of both environments have the same name.",
  },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    const chosen = ports.safeParse(process.env);
    if (!chosen.success) return fail("usage", "PORT and SANDBOX_PORT are numbers from 0 to 65535.");
    const { PORT, SANDBOX_PORT } = chosen.data;
    // By port, so that several can run side by side, each with what it had before. A free port has no before.
    const directory = inProject(`.wrangler/dev/${PORT === 0 ? `free-${process.pid}` : PORT}`);
    const environment = values.env ?? null;
    // From the beginning: whoever sees it serve may stop it.
    const stopped = signalled();
    const accounts = () => localAccounts(environment);
    let worker: string | null = null;
    const composer = await startComposer(environment, () => worker);
    const start = await startLocal({
      ports: { worker: PORT, sandbox: SANDBOX_PORT },
      directory,
      accounts,
      secrets: () => ({ ...localSecrets(), ...switches() }),
      composer,
      tellsRequests: true,
      print: values.json ? (role, line) => printJsonOf(role, line) : createTeller(accounts),
    });
    if (!start.ok) return fail("failed", start.problem);
    const { local } = start;
    worker = local.urls.worker;
    const read = accounts();
    if (values.json) printJson({ urls: local.urls }, "line");
    else print(banner(local, read.ok ? read.accounts : {}));
    await sayWhatIsWrong(environment);
    const watching = new AbortController();
    reloadOnChange(local, environment, watching.signal);

    const died = await Promise.race([local.died, stopped]);
    watching.abort();
    composer.stop();
    await local.stop();
    if (PORT === 0) rmSync(directory, { recursive: true, force: true });
    return died === null ? "ok" : fail("failed", `The ${died} ended by itself; everything is stopped.`);
  },
});

function switches(): Record<string, string> {
  return Object.fromEntries(SWITCHES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

function signalled(): Promise<null> {
  return new Promise((settle) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => settle(null));
  });
}

/** Says what is wrong with the accounts of `wrangler.toml`: a local Worker serves what it can. */
async function sayWhatIsWrong(environment: string | null): Promise<void> {
  // It loads every adapter: after the Worker has started.
  const { examine, localSecretsKnown, textOf } = await import("../doctor/examine.ts");
  const config = textOf(inProject(WORKER_CONFIG));
  const secrets = localSecretsKnown();
  const { diagnoses } = examine({ config, file: WORKER_CONFIG, secrets, isDeployed: false, isComplete: false, environment });
  const wrong = diagnoses.filter(({ level, account }) => level === "error" || (level === "warning" && account !== null));
  if (wrong.length > 0) printProblem(`${wrong.map(renderDiagnosis).join("\n")}\n`);
}

/** What one of the two wrote, as a line of JSON. */
function printJsonOf(from: Role, text: string): void {
  const read = z.json().safeParse(jsonOf(text));
  printJson({ from, at: new Date().toISOString(), ...(read.success ? { line: read.data } : { text }) }, "line");
}

function banner({ urls }: Local, accounts: Declarations): string {
  const lines = Object.entries(accounts).flatMap(([name, { region, sources }]) =>
    rowsOf(`${name} (${region}): ${Object.keys(sources).join(", ")}`, 74).map((row, index) =>
      index === 0 ? `    ${row}` : `      ${row}`,
    ),
  );
  return `
Tributary serves on ${urls.worker}, the sandbox on ${urls.sandbox}
The sandbox stands in for Customer.io: nothing leaves this machine.

  Webhooks go to  ${urls.worker}/hooks/<account>/<source>
${lines.join("\n")}
  Accounts are in ${WORKER_CONFIG}, those of the demo in ${DEMO_ACCOUNTS}
  Secrets are in  ${DEMO_SECRETS}; yours, in ${OWN_SECRETS}, go first
  Calls received  ${urls.sandbox}/_sandbox/calls
  People made     ${urls.sandbox}/_sandbox/people?region=us

  Next, in another terminal: npx tributary send <source>
  Stop with Ctrl-C. Sources and configuration are reloaded when they change.
`;
}

/** Editors write a file in several steps: changes that come together are one, milliseconds. */
const TOGETHER = 150;

function reloadOnChange(local: Local, environment: string | null, signal: AbortSignal): void {
  let timer: NodeJS.Timeout | undefined;
  let isReconfigured = false;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const says = isReconfigured;
      isReconfigured = false;
      await reload(local, signal);
      if (says && !signal.aborted) await sayWhatIsWrong(environment);
    }, TOGETHER);
  };
  for (const directory of ["src", "adapters"]) watch(inProject(directory), { recursive: true, signal }, changed);
  watch(inProject(""), { signal }, (_, file) => {
    if (file !== WORKER_CONFIG && file !== OWN_SECRETS) return;
    isReconfigured = true;
    changed();
  });
}

async function reload(local: Local, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const outcome = await local.reload();
  if (signal.aborted) return;
  if (!outcome.ok) printProblem(outcome.problem);
  else if (outcome.restarted.length > 0) print(`reloaded: ${outcome.restarted.join(", ")}`);
}
