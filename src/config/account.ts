/**
 * Reads one account with its sources, or says why it answers 503.
 */
import type { Adapter } from "../contract/interface.ts";
import { readAlerts } from "./alerts.ts";
import type { ConfigContext } from "./context.ts";
import { describeProblems, type Finding, type Problem } from "./findings.ts";
import type { Account, AccountState, Config } from "./model.ts";
import { accountSchema, nameProblem, nameSchema, parse, sourcesIn } from "./schema.ts";
import { readKey } from "./secrets.ts";
import { partsOfName, refusedShards, shardsOf } from "./shards.ts";
import { readSource } from "./source.ts";

// It is the user name of basic authentication, so it cannot contain a colon.
const API_KEY = /^[!-9;-~]+$/;

/**
 * Finds an account by its name, or by one that it had before; `null` if there is none. Declared accounts go first, then those of the directory.
 * One that the Worker of the other region serves cannot be used here, and its problem names the right URL. A shard is found by the names of its
 * account too.
 */
export async function findAccount(config: Config, name: string): Promise<AccountState | null> {
  const [whole, source] = partsOfName(name);
  const state = await findWhole(config, whole);
  if (source === null || !state?.ok) return state;
  const shard = state.account.shards.get(source);
  return shard === undefined ? null : { ok: true, account: shard };
}

async function findWhole(config: Config, name: string): Promise<AccountState | null> {
  const { accounts, formerNames, elsewhere, directory } = config;
  const declared = accounts.get(name) ?? accounts.get(formerNames.get(name) ?? "");
  if (declared !== undefined) return declared;
  const origin = elsewhere.get(name);
  if (origin !== undefined) return { ok: false, problem: `region: ${rightUrl(name, origin)}` };
  return directory === null ? null : directory.find(name);
}

/** Finds an account by its id, for its object; `null` if there is none that can be used. */
export async function accountOfId({ accounts, directory }: Config, id: string): Promise<Account | null> {
  for (const state of accounts.values()) if (state.ok && state.account.id === id) return state.account;
  const found = directory === null ? null : await directory.find(`=${id}`);
  return found?.ok ? found.account : null;
}

function rightUrl(name: string, origin: string): string {
  return `another Worker serves this account; in the vendors' settings, change the URLs to ${origin}/hooks/${name}/<source>`;
}

/** Reads an account. Everything that is wrong with it and its sources is added to `findings`. */
export function readAccount(name: string, given: unknown, context: ConfigContext, findings: Finding[]): AccountState {
  const path = ["ACCOUNTS", name];
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const theirs: Finding[] = [];
  if (!nameSchema.safeParse(name).success) problems.push(nameProblem("account", path));
  const declared = parse(accountSchema, given, path, problems);
  const sources = new Map(
    sourcesIn(given).map(([source, options]) => [source, readSource(name, source, options, context, theirs)]),
  );
  const isElsewhere = declared !== undefined && context.region !== null && declared.region !== context.region;
  if (isElsewhere) {
    const origin = context.elsewhere.get(name);
    const url = origin === undefined ? "" : `; ${rightUrl(name, origin)}`;
    problems.push({
      code: "other_region",
      path: [...path, "region"],
      text: `this Worker serves only "${context.region}"; deploy the account in the environment of its own region${url}`,
    });
  }
  for (const [index, source] of (declared?.profile_from ?? []).entries()) {
    if (sources.has(source)) continue;
    problems.push({
      code: "unknown_source",
      path: [...path, "profile_from", String(index)],
      text: "names a source that the account does not have; add the source or remove the name",
      choices: [...sources.keys()],
    });
  }
  const former = declared?.was;
  if (former !== undefined) problems.push(...problemsOfFormer(name, former, context, [...path, "was"]));
  const adapters = adaptersIn(given, context);
  const billing = [...adapters].flatMap(([source, adapter]) => (adapter.states.includes("subscription") ? [source] : []));
  if (declared?.billing_from !== undefined && !billing.includes(declared.billing_from)) {
    problems.push({
      code: "unknown_source",
      path: [...path, "billing_from"],
      text: "names a source that the account does not have, or one that knows no subscriptions; name another, or remove it",
      choices: billing,
    });
  }
  if (!context.allowsShards) problems.push(...refusedShards(given, [...path, "sources"]));
  // The key of an account that belongs elsewhere is not looked for here.
  const alerts = isElsewhere ? null : readAlerts(name, declared?.alerts, [...path, "alerts"], context, warnings);
  const apiKey = isElsewhere
    ? null
    : readKey(context.names.accountKey(name), API_KEY, "exactly one Pipelines API key", context, warnings);
  findings.push(
    ...problems.map((problem): Finding => ({ ...problem, level: "error" })),
    ...theirs,
    ...warnings.map((problem): Finding => ({ ...problem, level: "warning" })),
  );
  if (declared === undefined || problems.length > 0) {
    // Its sources cannot be used either. Their problems are reported now too, so that one deployment can fix all.
    const sourceProblems = Array.from(sources, ([source, state]) => (state.ok ? [] : [`source ${source}: ${state.problem}`]));
    return { ok: false, problem: [describeProblems(problems, path), ...sourceProblems.flat()].join("; ") };
  }
  const account: Account = {
    name,
    id: former ?? name,
    region: declared.region,
    identifiers: declared.identifiers,
    profileFrom: declared.profile_from ?? directoriesFirst([...sources.keys()], adapters),
    billingFrom: declared.billing_from ?? billing[0] ?? null,
    apiKey,
    holdUnknown: context.holdUnknown ?? declared.hold_unknown,
    holdOrphans: declared.hold_orphans,
    merge: declared.merge,
    redact: declared.redact,
    alerts,
    sources,
    shards: new Map(),
    shardOf: null,
  };
  return { ok: true, account: { ...account, shards: shardsOf(account, given, declared.profile_from ?? null) } };
}

/** Why an account cannot have had this name: what is stored under it would belong to two. */
function problemsOfFormer(
  name: string,
  former: string,
  { declared, formerNames }: ConfigContext,
  path: readonly string[],
): readonly Problem[] {
  const others = (formerNames.get(former) ?? []).filter((other) => other !== name);
  const text =
    former === name
      ? "is its present name; remove it"
      : declared.has(former)
        ? "is the name of another account; rename or remove one of the two"
        : others.length > 0
          ? `is also what ${others.join(" and ")} was; only one account can go on with what is stored`
          : null;
  return text === null ? [] : [{ code: "same_name", path, text }];
}

/** The adapters of the declared sources, in order: also of those that cannot be used yet, so that a missing secret moves no traits. */
function adaptersIn(account: unknown, { adapters }: ConfigContext): ReadonlyMap<string, Adapter> {
  const named = sourcesIn(account).map(([name, options]) => {
    const declared =
      typeof options === "object" && options !== null ? new Map(Object.entries(options)).get("adapter") : undefined;
    return [name, adapters.get(typeof declared === "string" ? declared : name)] as const;
  });
  return new Map(named.flatMap(([name, adapter]) => (adapter === undefined ? [] : [[name, adapter] as const])));
}

/** Sources that keep the company's users, then the others, each as they are declared. */
export function directoriesFirst(
  sources: readonly string[],
  adapters: ReadonlyMap<string, Pick<Adapter, "isUserDirectory">>,
): readonly string[] {
  const isDirectory = (source: string): boolean => adapters.get(source)?.isUserDirectory === true;
  return [...sources.filter(isDirectory), ...sources.filter((source) => !isDirectory(source))];
}
