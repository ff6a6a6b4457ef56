/**
 * The accounts that commands know: those of the demo, and those that an operator declares in `wrangler.toml`.
 */
import { readFileSync } from "node:fs";
import { TomlError } from "smol-toml";
import * as z from "zod";
import { didYouMean } from "./nearest.ts";
import { inProject, readWranglerConfig, WORKER_CONFIG, type WranglerConfig } from "./project.ts";

/** The generated demo accounts, inside the project. */
export const DEMO_ACCOUNTS = "src/sandbox/demo.json";

const declarations = z.record(
  z.string(),
  z.object({ sources: z.record(z.string(), z.record(z.string(), z.json())).default({}) }).catchall(z.json()),
);

/** Accounts by name, as their operator writes them. */
export type Declarations = z.output<typeof declarations>;

/** The demo accounts. */
export function demoAccounts(): Declarations {
  return declarations.parse(JSON.parse(readFileSync(inProject(DEMO_ACCOUNTS), "utf8")));
}

/** The accounts of a local run, or why there is none. */
export type LocalAccounts =
  | { readonly ok: true; readonly accounts: Declarations }
  | { readonly ok: false; readonly problem: string };

/**
 * The accounts of `wrangler.toml` and those of the demo. One local Worker serves the accounts of all environments, so each needs a name of its own.
 * @param environment only the accounts of this environment; all if `null`
 */
export function localAccounts(environment: string | null): LocalAccounts {
  const read = readEnvironments();
  return read.ok ? mergeAccounts(demoAccounts(), read.environments, environment) : read;
}

/** Merges the accounts of a local run. @param environments `ACCOUNTS` of each environment, by its name */
export function mergeAccounts(
  demo: Declarations,
  environments: Readonly<Record<string, unknown>>,
  only: string | null,
): LocalAccounts {
  if (only !== null && !Object.hasOwn(environments, only)) {
    const names = Object.keys(environments);
    return { ok: false, problem: `${WORKER_CONFIG} has no [env.${only}].${didYouMean(only, names)} It has: ${names.join(", ")}` };
  }
  const owners = new Map<string, string>(Object.keys(demo).map((name) => [name, "the demo"]));
  const accounts = { ...demo };
  for (const [environment, given] of Object.entries(environments)) {
    if (only !== null && environment !== only) continue;
    const own = declarations.safeParse(typeof given === "string" ? jsonOf(given) : (given ?? {}));
    if (!own.success)
      return { ok: false, problem: `The accounts of [env.${environment}] cannot be read: npm run doctor says what is wrong.` };
    for (const [name, account] of Object.entries(own.data)) {
      const owner = owners.get(name);
      if (owner !== undefined) return { ok: false, problem: sameName(name, owner, environment) };
      owners.set(name, `[env.${environment}]`);
      accounts[name] = account;
    }
  }
  return { ok: true, accounts };
}

function sameName(name: string, owner: string, environment: string): string {
  const both = `"${name}" is an account of ${owner} and of [env.${environment}], and a local run would serve only one of them.`;
  const rename = `Rename it in ${WORKER_CONFIG}`;
  return owner === "the demo" ? `${both} ${rename}.` : `${both} ${rename}, or choose one environment: --env ${environment}`;
}

function readEnvironments():
  | { readonly ok: true; readonly environments: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string } {
  try {
    const { env } = readWranglerConfig(WORKER_CONFIG);
    return { ok: true, environments: Object.fromEntries(Object.entries(env).map(([name, { vars }]) => [name, vars.ACCOUNTS])) };
  } catch (error) {
    if (!(error instanceof TomlError || error instanceof z.ZodError)) throw error;
    return { ok: false, problem: `${WORKER_CONFIG} cannot be read: npm run doctor says what is wrong.` };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The Worker's configuration with these accounts, as a local run serves it. */
export function workerWith(accounts: Declarations): WranglerConfig {
  const config = readWranglerConfig(WORKER_CONFIG);
  return { ...config, vars: { ...config.vars, ACCOUNTS: accounts } };
}
