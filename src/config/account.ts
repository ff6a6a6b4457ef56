/**
 * Reads one account with its sources, or says why it answers 503.
 */
import { accountKeyName } from "../secret-names.ts";
import type { ConfigContext } from "./context.ts";
import type { AccountState, Config } from "./model.ts";
import { accountSchema, nameSchema, parse, sourcesIn } from "./schema.ts";
import { readKey } from "./secrets.ts";
import { readSource } from "./source.ts";

// It is the user name of basic authentication, so it cannot contain a colon.
const API_KEY = /^[!-9;-~]+$/;

/** Finds an account by its name; `null` if there is none. Asynchronous, so that accounts can be stored elsewhere later. */
export async function findAccount(config: Config, name: string): Promise<AccountState | null> {
  return config.accounts.get(name) ?? null;
}

/** Reads an account. Problems that do not stop it are added to `warnings`. */
export function readAccount(name: string, given: unknown, context: ConfigContext, warnings: string[]): AccountState {
  const problems: string[] = [];
  parse(nameSchema, name, "the account's name", problems);
  const declared = parse(accountSchema, given, "", problems);
  const sources = new Map(
    sourcesIn(given).map(([source, options]) => [source, readSource(name, source, options, context, warnings)]),
  );
  if (declared && context.region !== null && declared.region !== context.region) {
    problems.push(`region: this Worker serves only "${context.region}"; deploy the account in the environment of its own region`);
  }
  for (const source of declared?.profile_from ?? []) {
    if (!sources.has(source))
      problems.push("profile_from: names a source that the account does not have; add the source or remove the name");
  }
  if (declared === undefined || problems.length > 0) {
    // Its sources cannot be used either. Their problems are reported now too, so that one deployment can fix all.
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
      apiKey: readKey(accountKeyName(name), API_KEY, "exactly one Pipelines API key", context, warnings),
      holdUnknown: context.holdUnknown ?? declared.hold_unknown,
      sources,
    },
  };
}
