/**
 * Reads one account with its sources, or says why it answers 503.
 */
import { accountKeyName } from "../secret-names.ts";
import type { ConfigContext } from "./context.ts";
import { describeProblems, type Finding, type Problem } from "./findings.ts";
import type { AccountState, Config } from "./model.ts";
import { accountSchema, nameProblem, nameSchema, parse, sourcesIn } from "./schema.ts";
import { readKey } from "./secrets.ts";
import { readSource } from "./source.ts";

// It is the user name of basic authentication, so it cannot contain a colon.
const API_KEY = /^[!-9;-~]+$/;

/** Finds an account by its name; `null` if there is none. Asynchronous, so that accounts can be stored elsewhere later. */
export async function findAccount(config: Config, name: string): Promise<AccountState | null> {
  return config.accounts.get(name) ?? null;
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
    problems.push({
      code: "other_region",
      path: [...path, "region"],
      text: `this Worker serves only "${context.region}"; deploy the account in the environment of its own region`,
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
  // The key of an account that belongs elsewhere is not looked for here.
  const apiKey = isElsewhere ? null : readKey(accountKeyName(name), API_KEY, "exactly one Pipelines API key", context, warnings);
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
  return {
    ok: true,
    account: {
      name,
      region: declared.region,
      identifiers: declared.identifiers,
      profileFrom: declared.profile_from ?? [...sources.keys()],
      apiKey,
      holdUnknown: context.holdUnknown ?? declared.hold_unknown,
      sources,
    },
  };
}
