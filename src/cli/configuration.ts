/**
 * Accounts and sources for commands, read as a local run reads them.
 */
import * as z from "zod";
import { readConfig } from "../config/load.ts";
import type { Account, Config, Source } from "../config/model.ts";
import type { Adapter } from "../contract/interface.ts";
import { secretName } from "../secret-names.ts";
import { type Declarations, demoAccounts, localAccounts } from "./accounts.ts";
import { didYouMean } from "./nearest.ts";
import { proofBindings } from "./proof.ts";
import { ADAPTERS } from "./registry.ts";
import { localSecrets } from "./secrets.ts";

/** A source and the account that it belongs to, or what a person must do to have it. */
export type Found =
  | { readonly ok: true; readonly account: Account; readonly source: Source }
  | { readonly ok: false; readonly problem: string };

/** Secrets in our own environment, by the rule of their names. */
function secretsOfEnvironment(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^[A-Z][A-Z0-9_]*_(SECRET|API_KEY)$/.test(name)));
}

function read(accounts: Declarations, secrets: Readonly<Record<string, string | undefined>>, adapters = ADAPTERS): Config {
  return readConfig({ ...proofBindings("local"), ACCOUNTS: accounts, ...secrets }, adapters);
}

/** A source with its secrets. @param environment of `wrangler.toml`; all if `null` */
export function findSource(account: string, source: string, environment: string | null = null): Found {
  const local = localAccounts(environment);
  if (!local.ok) return local;
  return find(read(local.accounts, { ...localSecrets(), ...secretsOfEnvironment() }), account, source);
}

/** An account with its sources, or what a person must do to have it. */
export type FoundAccount = { readonly ok: true; readonly account: Account } | { readonly ok: false; readonly problem: string };

/** An account with its secrets. @param environment of `wrangler.toml`; all if `null` */
export function findAccountHere(name: string, environment: string | null = null): FoundAccount {
  const local = localAccounts(environment);
  if (!local.ok) return local;
  return accountIn(read(local.accounts, { ...localSecrets(), ...secretsOfEnvironment() }), name);
}

/** A source of the demo, whatever `wrangler.toml` says. */
export function findDemoSource(account: string, source: string): Found {
  return find(read(demoAccounts(), localSecrets()), account, source);
}

/** A source as a deployed Worker reads it. @param bindings its vars and secrets */
export function findSourceOf(bindings: object, account: string, source: string): Found {
  return find(readConfig(bindings, ADAPTERS), account, source);
}

/** A source for commands that only map: where it has no secret, that of the demo stands in. */
export function findSourceToMap(account: string, source: string, environment: string | null = null): Found {
  const local = localAccounts(environment);
  if (!local.ok) return local;
  const { accounts } = local;
  const { adapter = source } = z.looseObject({ adapter: z.string().optional() }).parse(accounts[account]?.sources[source] ?? {});
  const demo = ADAPTERS.get(adapter)?.secret.demo;
  return find(read(accounts, demo === undefined ? {} : { [secretName(account, source)]: demo }), account, source);
}

/**
 * An adapter as the only source of an account, with every event on and its demo secret: what goldens are made with.
 * @param more options of the adapter, beside those of the demo
 */
export function sourceForGoldens(adapter: Adapter, more: Readonly<Record<string, unknown>> = {}): Found {
  const options = { ...demoAccounts().demo?.sources[adapter.id], ...more };
  const events = adapter.types.filter((type) => adapter.interest(type).kind === "off");
  const accounts = { demo: { region: "us", sources: { [adapter.id]: { ...options, events_on: events, people: "create" } } } };
  const secrets = { [secretName("demo", adapter.id)]: adapter.secret.demo };
  return find(read(accounts, secrets, new Map([[adapter.id, adapter]])), "demo", adapter.id);
}

function accountIn({ accounts, problems }: Config, name: string): FoundAccount {
  const account = accounts.get(name);
  if (problems.length > 0) return { ok: false, problem: problems.join("\n") };
  if (account === undefined) {
    const others = `There are: ${[...accounts.keys()].join(", ")}`;
    return { ok: false, problem: `There is no account "${name}".${didYouMean(name, accounts.keys())} ${others}` };
  }
  const shardOf = account.ok ? account.account.shardOf : null;
  if (shardOf !== null)
    return {
      ok: false,
      problem: `${name} is a source of ${shardOf.name}, with an object of its own: use --account ${shardOf.name}`,
    };
  return account.ok ? account : { ok: false, problem: `Account ${name}: ${account.problem}` };
}

function find(config: Config, accountName: string, sourceName: string): Found {
  const found = accountIn(config, accountName);
  if (!found.ok) return found;
  const { account } = found;
  const fail = (problem: string): Found => ({ ok: false, problem });
  const { sources } = account;
  const source = sources.get(sourceName);
  if (source === undefined)
    return fail(
      `Account ${accountName} has no source "${sourceName}".${didYouMean(sourceName, sources.keys())} It has: ${[...sources.keys()].join(", ")}`,
    );
  if (!source.ok) return fail(`Source ${accountName}/${sourceName}: ${source.problem}`);
  return { ok: true, account, source: source.source };
}
