/**
 * Sources with an object of their own, for more webhooks than one object takes. Such a source is read as an account beside the one that declares
 * it, with the same key and settings, its own identity book, and a name that no declared account can have.
 */
import type { Problem } from "./findings.ts";
import type { Account, AccountPlace, AccountState } from "./model.ts";
import { sourceSchema, sourcesIn } from "./schema.ts";

/** Between the names of the account and the source. No name contains it. */
const SEPARATOR = ".";

/** What an account's name consists of: a shard's has the name of a source too. */
export function partsOfName(name: string): readonly [account: string, source: string | null] {
  const at = name.indexOf(SEPARATOR);
  return at === -1 ? [name, null] : [name.slice(0, at), name.slice(at + 1)];
}

/** The names of the shards that an account declares. */
export function shardNamesIn(account: string, given: unknown): readonly string[] {
  return shardsIn(given).map(([source]) => account + SEPARATOR + source);
}

/** Whether an account is this one, or one of its shards, by their names. */
export function isWithin(account: string, name: string): boolean {
  return name === account || name.startsWith(account + SEPARATOR);
}

/** The account whose object takes the webhooks of a source: its shard, where it has one. */
export function homeOf(account: Account, source: string): Account {
  const shard = account.shards.get(source);
  return shard?.shardOf?.takesWebhooks === true ? shard : account;
}

/** Whether the webhooks of a source go to this account's own object. */
export function takesWebhooks(account: Account, source: string): boolean {
  return homeOf(account, source) === account && account.shardOf?.takesWebhooks !== false;
}

/** The other object of the account that may hold what this source sent: before it had one of its own, or after. `null` if there is none. */
export function otherObjectOf({ region, shards, shardOf }: Account, source: string): AccountPlace | null {
  return shardOf === null ? (shards.get(source) ?? null) : { name: shardOf.name, id: shardOf.id, region };
}

/** An account by its name, followed by its shards. */
export function withShards(name: string, state: AccountState): readonly (readonly [string, AccountState])[] {
  const shards = state.ok ? [...state.account.shards.values()] : [];
  return [[name, state], ...shards.map((account) => [account.name, { ok: true, account }] as const)];
}

/**
 * The shards of an account, by source: of the sources that have `shard`, also of those that cannot be used, since their objects may have something
 * to deliver.
 * @param given the account's declaration
 * @param profileFrom as it is declared; `null` if it is not
 */
export function shardsOf(account: Account, given: unknown, profileFrom: readonly string[] | null): ReadonlyMap<string, Account> {
  return new Map(
    shardsIn(given).map(([source, takes]): [string, Account] => {
      const state = account.sources.get(source);
      const owners = profileFrom ?? (account.sources.size === 1 ? [source] : []);
      const shard: Account = {
        ...account,
        name: account.name + SEPARATOR + source,
        id: account.id + SEPARATOR + source,
        // Its book does not know what other sources say: only who goes first whatever they say may write what all write.
        profileFrom: owners[0] === source ? [source] : [],
        sources: new Map(state === undefined ? [] : [[source, state]]),
        shardOf: { name: account.name, id: account.id, takesWebhooks: takes },
      };
      return [source, shard];
    }),
  );
}

/** That these sources cannot have an object of their own. @param path of the sources */
export function refusedShards(given: unknown, path: readonly string[]): readonly Problem[] {
  const text = "only sources of declared accounts have an object of their own; make a second account, with this source alone";
  return shardsIn(given).map(([source]): Problem => ({ code: "shard", path: [...path, source, "shard"], text }));
}

/** The sources with a shard, and whether their webhooks go there. */
export function shardsIn(given: unknown): readonly (readonly [source: string, takesWebhooks: boolean])[] {
  return sourcesIn(given).flatMap(([source, options]) => {
    const shard = sourceSchema.pick({ shard: true }).safeParse(options).data?.shard ?? false;
    return shard === false ? [] : [[source, shard === true] as const];
  });
}
