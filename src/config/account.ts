/**
 * One account with its sources, or why it answers 503.
 */
import { accountKeyName } from "../secret-names.ts";
import type { AccountState, Config } from "./model.ts";
import { accountSchema, nameSchema, parse, sourcesIn } from "./schema.ts";
import { readKey } from "./secrets.ts";
import { readSource } from "./source.ts";
import type { Surroundings } from "./surroundings.ts";

// The user name of basic authentication, which a colon would end.
const API_KEY = /^[!-9;-~]+$/;

/** The account of this name; `null` where there is none. A promise, so that a directory of accounts can take its place. */
export async function findAccount(config: Config, name: string): Promise<AccountState | null> {
  return config.accounts.get(name) ?? null;
}

/** An account as it can be used, or why it cannot; what its operator should mend anyway becomes a warning. */
export function readAccount(name: string, given: unknown, surroundings: Surroundings, warnings: string[]): AccountState {
  const problems: string[] = [];
  parse(nameSchema, name, "the account's name", problems);
  const declared = parse(accountSchema, given, "", problems);
  const sources = new Map(
    sourcesIn(given).map(([source, options]) => [source, readSource(name, source, options, surroundings, warnings)]),
  );
  if (declared && surroundings.region !== null && declared.region !== surroundings.region) {
    problems.push(
      `region: this Worker serves "${surroundings.region}" alone; deploy the account with the environment of its own region`,
    );
  }
  for (const source of declared?.profile_from ?? []) {
    if (!sources.has(source)) problems.push("profile_from: names a source that the account does not have");
  }
  if (declared === undefined || problems.length > 0) {
    // Its sources cannot be used either; their problems are told now, not one deployment later.
    const theirs = Array.from(sources, ([source, state]) => (state.ok ? [] : [`source ${source}: ${state.problem}`])).flat();
    return { ok: false, problem: [...problems, ...theirs].join("; ") };
  }
  return {
    ok: true,
    account: {
      name,
      region: declared.region,
      identifiers: declared.identifiers,
      profileFrom: declared.profile_from ?? [...sources.keys()],
      apiKey: readKey(accountKeyName(name), API_KEY, "one Pipelines API key and nothing else", surroundings, warnings),
      holdUnknown: surroundings.holdUnknown ?? declared.hold_unknown,
      sources,
    },
  };
}
