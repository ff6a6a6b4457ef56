/**
 * The accounts that commands know: those of the demo, and those that an operator declares in `wrangler.toml`.
 */
import { readFileSync } from "node:fs";
import * as z from "zod";
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

/** The accounts of both environments of `wrangler.toml`, and those of the demo, which win where names are the same. */
export function allAccounts(): Declarations {
  const environments = Object.values(readWranglerConfig(WORKER_CONFIG).env);
  return Object.assign({}, ...environments.map(({ vars }) => declarations.parse(vars.ACCOUNTS ?? {})), demoAccounts());
}

/** The Worker's configuration with these accounts, as a local run serves it. */
export function workerWith(accounts: Declarations): WranglerConfig {
  const config = readWranglerConfig(WORKER_CONFIG);
  return { ...config, vars: { ...config.vars, ACCOUNTS: accounts } };
}
