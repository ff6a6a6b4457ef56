/**
 * What a self-hosted Worker is given: its accounts from a file or the environment, its secrets from the environment alone.
 */
import { parse, TomlError } from "smol-toml";
import * as z from "zod";
import { readConfig } from "../config/load.ts";
import type { ProvenRuntime } from "../config/proof.ts";
import type { Declarations } from "./accounts.ts";
import { hintOf } from "./doctor/syntax-hints.ts";
import { didYouMean } from "./nearest.ts";
import type { WranglerConfig } from "./project.ts";
import { proofBindings } from "./proof.ts";
import { ADAPTERS } from "./registry.ts";

/** Our own environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Vars and secrets for the Worker. `warnings` are what the operator should mend although it serves; no text holds the value of a variable. */
export type Settings =
  | {
      readonly ok: true;
      /** What the command proves to the Worker. */
      readonly runtime: ProvenRuntime;
      readonly vars: WranglerConfig["vars"];
      readonly secrets: Readonly<Record<string, string>>;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

/** The tables of a configuration file: those that stand under `vars` in wrangler.toml. */
const file = z.strictObject({ ACCOUNTS: z.record(z.string(), z.json()).optional(), REGION: z.string().optional() });

/**
 * The settings of real accounts.
 * @param text a configuration file; `null`: `ACCOUNTS` and `REGION` are in the environment, `ACCOUNTS` as JSON
 */
export function settingsOf(text: string | null, environment: Environment): Settings {
  const read = text === null ? { ok: true as const, vars: fromEnvironment(environment) } : readFile(text);
  if (!read.ok) return read;
  return settle("selfhost", read.vars, {}, environment);
}

/**
 * The settings of the demo accounts, which need a sandbox: a local run.
 * @param demo their secrets; the environment goes first
 */
export function demoSettingsOf(
  accounts: Declarations,
  demo: Readonly<Record<string, string>>,
  environment: Environment,
): Settings {
  return settle("local", { ACCOUNTS: accounts }, demo, environment);
}

function settle(
  runtime: ProvenRuntime,
  vars: WranglerConfig["vars"],
  demo: Readonly<Record<string, string>>,
  environment: Environment,
): Settings {
  const names = [...readConfig({ ...vars }, ADAPTERS).accounts.keys()];
  const secrets = { ...demo, ...secretsIn(environment, names) };
  const config = readConfig({ ...vars, ...secrets, ...proofBindings(runtime) }, ADAPTERS);
  if (config.problems.length > 0) return { ok: false, problem: config.problems.join("\n") };
  const warnings = Array.from(config.accounts, ([name, state]) => {
    if (!state.ok) return [`account ${name}: ${state.problem}`];
    // The source of a shard is the account's too.
    if (state.account.shardOf !== null) return [];
    return Array.from(state.account.sources, ([source, found]) =>
      found.ok ? [] : [`source ${name}/${source}: ${found.problem}`],
    ).flat();
  }).flat();
  const directory = config.directory?.problem ?? null;
  return {
    ok: true,
    runtime,
    vars,
    secrets,
    warnings: [...warnings, ...config.warnings, ...(directory === null ? [] : [directory])],
  };
}

function readFile(
  text: string,
): { readonly ok: true; readonly vars: WranglerConfig["vars"] } | { readonly ok: false; readonly problem: string } {
  try {
    const read = file.safeParse(parse(text));
    if (!read.success) return { ok: false, problem: read.error.issues.map(problemOf).join("\n") };
    const { ACCOUNTS, REGION } = read.data;
    return { ok: true, vars: { ...(ACCOUNTS === undefined ? {} : { ACCOUNTS }), ...(REGION === undefined ? {} : { REGION }) } };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const hint = hintOf(text, error.line);
    return { ok: false, problem: hint === null ? error.message : `Line ${error.line}: ${hint}.` };
  }
}

/** What is wrong with the tables of a file, and what to do. */
function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return `${issue.path.join(".")}: ${issue.message}`;
  return issue.keys
    .map((key) => {
      if (["env", "vars"].includes(key))
        return `[${key}…] is not read here: write the tables without that prefix, as [ACCOUNTS.acme].`;
      const isSecret = /_(SECRET|API_KEY|URL|TOKEN)$|^DIRECTORY_KEY$/.test(key);
      return isSecret
        ? `${key}: secrets are not read from this file. Remove it, make or get another, and put that into the environment.`
        : `${key} is not read here: the file has ACCOUNTS, and REGION if it is limited to one.${didYouMean(key, ["ACCOUNTS", "REGION"])}`;
    })
    .join("\n");
}

function fromEnvironment({ ACCOUNTS, REGION }: Environment): WranglerConfig["vars"] {
  return { ...(ACCOUNTS === undefined ? {} : { ACCOUNTS }), ...(REGION === undefined ? {} : { REGION }) };
}

/** Settings of the Worker as a whole. Those of development are passed on too, so that the Worker can refuse them. */
const COMMON = ["ADMIN_TOKEN", "DIRECTORY_KEY", "HOLD_UNKNOWN", "TIME_SCALE"];

/** Whatever begins with the name of an account, as the rule of the names says; nothing else of our environment reaches the Worker. */
function secretsIn(environment: Environment, accounts: readonly string[]): Readonly<Record<string, string>> {
  const prefixes = accounts.map((name) => `${name.replaceAll("-", "_").toUpperCase()}_`);
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && (COMMON.includes(name) || prefixes.some((prefix) => name.startsWith(prefix))) ? [[name, value]] : [],
    ),
  );
}
