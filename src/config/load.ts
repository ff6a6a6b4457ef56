/**
 * Reads the whole configuration from the Worker's environment.
 */
import type * as z from "zod";
import type { Adapter } from "../contract/interface.ts";
import { adaptersOf, leftOutOf } from "../contract/load.ts";
import { DEMO_SECRETS, REGISTRY } from "../contract/registry.ts";
import { readAccount } from "./account.ts";
import { type ConfigContext, deployAgain } from "./context.ts";
import { directoryIn } from "./directory/directory.ts";
import { describeProblem, type Finding, type Problem } from "./findings.ts";
import type { Config } from "./model.ts";
import { accountsSchema, elsewhereSchema, parse, quantitySchema, sourceSchema, sourcesIn, textOf, valueAt } from "./schema.ts";
import { ownersOf, VARIABLE_NAMES } from "./secrets.ts";
import { settingsIn } from "./settings.ts";
import { withShards } from "./shards.ts";
import { readAccessAudience, readAdminToken, readTokens } from "./tokens.ts";

/** Variables that are allowed in local runs only. */
const LOCAL_SWITCHES = ["TIME_SCALE", "HOLD_UNKNOWN", "CDP_US", "CDP_EU"];

const LEFT_OUT = leftOutOf(REGISTRY);

const configs = new WeakMap<object, { readonly adapters: ReadonlyMap<string, Adapter>; readonly config: Config }>();
const loaded = new WeakMap<object, Promise<ReadonlyMap<string, Adapter>>>();

/**
 * Loads the adapters that an environment declares, then reads its configuration. The result is cached.
 * @param env the Worker's bindings: vars and secrets
 */
export async function loadConfig(env: object): Promise<Config> {
  const adapters = loaded.get(env) ?? adaptersOf(REGISTRY, declaredAdapters(env));
  loaded.set(env, adapters);
  return readConfig(env, await adapters);
}

/**
 * Reads the configuration of an environment. The result is cached. Never throws: errors are in `problems`, in `warnings` or in the state of
 * the account or source, and say what the operator must do. No text contains the value of a variable.
 * @param env the Worker's bindings: vars and secrets
 * @param adapters the adapters that its sources can use
 */
export function readConfig(env: object, adapters: ReadonlyMap<string, Adapter>): Config {
  const known = configs.get(env);
  if (known?.adapters === adapters) return known.config;
  const config = read({ ...env }, adapters);
  configs.set(env, { adapters, config });
  return config;
}

/** The ids of the adapters that an environment's sources use. Invalid declarations are skipped. */
export function declaredAdapters(env: object): readonly string[] {
  const accounts = accountsSchema.safeParse(new Map<string, unknown>(Object.entries(env)).get("ACCOUNTS")).data ?? {};
  return Object.values(accounts).flatMap((account) =>
    sourcesIn(account).map(([name, given]) => sourceSchema.pick({ adapter: true }).safeParse(given).data?.adapter ?? name),
  );
}

function read(env: Record<string, unknown>, adapters: ReadonlyMap<string, Adapter>): Config {
  const variables: ReadonlyMap<string, unknown> = new Map(Object.entries(env));
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const findings: Finding[] = [];
  const variable = <Schema extends z.ZodType>(schema: Schema, name: string) =>
    parse(schema, variables.get(name), [name], problems);

  const settings = settingsIn(variables, problems);
  const { runtime, region } = settings;
  const holdUnknown = variable(quantitySchema.optional(), "HOLD_UNKNOWN");
  // With a directory no account needs to be declared.
  const hasDirectory = variables.get("DIRECTORY_KEY") !== undefined;
  const isEmpty = hasDirectory && ["undefined", "{}"].includes(JSON.stringify(variables.get("ACCOUNTS")) ?? "undefined");
  const declared = Object.entries(isEmpty ? {} : (variable(accountsSchema, "ACCOUNTS") ?? {}));
  if (runtime === "cloudflare" && variables.get("REGION") === undefined) {
    const text = 'set it to "us" or "eu" in the vars of this environment';
    problems.push({ code: "missing_variable", path: ["REGION"], text, choices: ["us", "eu"] });
  }
  if (runtime !== "local") {
    const switches = LOCAL_SWITCHES.filter((name) => variables.get(name) !== undefined);
    const text = "remove it; it is for local runs only (npm run dev)";
    problems.push(...switches.map((name): Problem => ({ code: "local_switch", path: [name], text })));
  }

  // Accounts are served without it too: a mistake in it is only a warning.
  const elsewhere = new Map(
    Object.entries(parse(elsewhereSchema, variables.get("ELSEWHERE") ?? {}, ["ELSEWHERE"], warnings) ?? {}),
  );
  const context: ConfigContext = {
    adapters,
    leftOut: LEFT_OUT,
    runtime,
    region,
    variables,
    holdUnknown: runtime === "local" ? (holdUnknown ?? null) : null,
    elsewhere,
    names: VARIABLE_NAMES,
    formerNames: formerNamesOf(declared),
    declared: new Set(declared.map(([name]) => name)),
    owners: ownersOf(declared),
    allowsShards: true,
    demoSecrets: new Set([...DEMO_SECRETS, ...Array.from(adapters.values(), (adapter) => adapter.secret.demo)]),
  };
  const adminToken = readAdminToken(context, warnings);
  const accessAudience = readAccessAudience(context, warnings);
  const names = declared.map(([name]) => name);
  const tokens = readTokens(names, adminToken, context, warnings);
  const accounts = new Map(declared.flatMap(([name, given]) => withShards(name, readAccount(name, given, context, findings))));
  const directory = hasDirectory ? directoryIn(env, context, findings) : null;
  if (hasDirectory && LEFT_OUT.size > 0) {
    const text = `accounts of the directory may need any adapter, and the Worker was built without ${LEFT_OUT.size} of them; ${deployAgain(context)}`;
    warnings.push({ code: "adapter_left_out", path: ["DIRECTORY_KEY"], text });
  }
  const all: readonly Finding[] = [
    ...problems.map((problem): Finding => ({ ...problem, level: "error" })),
    ...warnings.map((problem): Finding => ({ ...problem, level: "warning" })),
    ...findings,
  ];
  return {
    ...settings,
    adminToken,
    accessAudience,
    asksForToken: runtime !== "local" || variables.get("ADMIN_TOKEN") !== undefined,
    tokens,
    accounts,
    formerNames: new Map(Array.from(context.formerNames, ([former, [name = former]]) => [former, name])),
    directory,
    elsewhere,
    problems: problems.map((problem) => describeProblem(problem)),
    warnings: all.filter(({ level }) => level === "warning").map((problem) => describeProblem(problem)),
    findings: all,
  };
}

/** For each former name the accounts that say they had it. */
function formerNamesOf(accounts: readonly (readonly [string, unknown])[]): ReadonlyMap<string, readonly string[]> {
  const claims = accounts.flatMap(([name, given]) => {
    const former = textOf(valueAt(given, ["was"]));
    return former === "" ? [] : [{ name, former }];
  });
  const groups = Map.groupBy(claims, ({ former }) => former);
  return new Map(Array.from(groups, ([former, claiming]) => [former, claiming.map(({ name }) => name)]));
}
