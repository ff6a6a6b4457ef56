/**
 * Sources that have an object of their own, as the configuration reads them.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountOfId, findAccount } from "../src/config/account.ts";
import { readConfig } from "../src/config/load.ts";
import type { Account, Config } from "../src/config/model.ts";
import { homeOf, partsOfName, takesWebhooks } from "../src/config/shards.ts";
import { obstacle, visibleTo } from "../src/console/access.ts";
import type { Caller } from "../src/console/environment.ts";
import { problemsOf } from "../src/ingest/log.ts";
import { secretName } from "../src/secret-names.ts";
import { ENV, REGISTRY } from "./ingest/vendors.ts";

const SECRET = "chatsecret_0123456789abcdef";

/** A configuration of these accounts, whose sources are all of one vendor. */
function configOf(accounts: Readonly<Record<string, { readonly sources: object; readonly [option: string]: unknown }>>): Config {
  const secrets = Object.entries(accounts).flatMap(([name, { sources }]) =>
    Object.keys(sources).map((source) => [secretName(name, source), SECRET] as const),
  );
  const declared = Object.entries(accounts).map(([name, { sources, ...given }]) => {
    const ofChat = Object.entries(sources).map(([source, options]) => [source, { adapter: "chat", ...options }] as const);
    return [name, { region: "us", ...given, sources: Object.fromEntries(ofChat) }] as const;
  });
  return readConfig({ ...ENV, ...Object.fromEntries(secrets), ACCOUNTS: Object.fromEntries(declared) }, REGISTRY);
}

function accountIn(config: Config, name: string): Account {
  const state = config.accounts.get(name);
  if (!state?.ok) throw new TypeError(state?.problem ?? `no account ${name}`);
  return state.account;
}

describe("a source with a shard", () => {
  const sources = { shop: {}, events: { shard: true }, past: { shard: "ended" } };
  const config = configOf({ acme: { sources, redact: "suppress" } });

  test("is an account beside the one that declares it, with the same key and settings, and that source alone", () => {
    expect([...config.accounts.keys()]).toEqual(["acme", "acme.events", "acme.past"]);
    expect(accountIn(config, "acme.events")).toMatchObject({
      ...{ id: "acme.events", region: "us", apiKey: "key_of_acme", redact: "suppress" },
      shardOf: { name: "acme", id: "acme", takesWebhooks: true },
    });
    expect([...accountIn(config, "acme.events").sources.keys()]).toEqual(["events"]);
    expect(config.warnings).toEqual([]);
  });

  test("stays among the sources of its account, whose object may hold webhooks of it, but sends none there", () => {
    const acme = accountIn(config, "acme");
    expect([...acme.sources.keys()]).toEqual(["shop", "events", "past"]);
    const homes = [...acme.sources.keys()].map((source) => homeOf(acme, source).name);
    expect(homes).toEqual(["acme", "acme.events", "acme"]);
    expect(takesWebhooks(accountIn(config, "acme.past"), "past")).toBe(false);
  });

  test("keeps its object when the account is renamed, and is found by the former name too", async () => {
    const renamed = configOf({ "acme-inc": { was: "acme", sources } });
    expect(accountIn(renamed, "acme-inc.events")).toMatchObject({ id: "acme.events", shardOf: { name: "acme-inc", id: "acme" } });
    expect(await findAccount(renamed, "acme.events")).toMatchObject({ account: { name: "acme-inc.events" } });
    expect(await accountOfId(renamed, "acme.events")).toMatchObject({ name: "acme-inc.events" });
  });

  test.each(["acme.shop", "acme.", ".events", "acme.events.events", "other.events"])("there is no %s", async (name) => {
    expect(await findAccount(config, name)).toBe(null);
  });

  test("says what is wrong with it once", () => {
    const broken = readConfig(
      { ...ENV, ACCOUNTS: { acme: { region: "us", sources: { events: { adapter: "chat", shard: true } } } } },
      REGISTRY,
    );
    expect(problemsOf(broken).filter(([level]) => level === "error")).toEqual([
      ["error", expect.stringContaining("account acme, source events: ACME_EVENTS_SECRET")],
    ]);
    // Its object may have something to deliver.
    expect(accountIn(broken, "acme.events").sources.get("events")).toMatchObject({ ok: false });
  });

  test("is open to the tokens of its account, and to no others", async () => {
    const caller: Caller = { name: "ACME_READ_TOKEN", account: "acme", scope: "read" };
    expect(obstacle(caller, "acme.events", true)).toBe(null);
    expect(obstacle({ ...caller, account: "acm" }, "acme.events", true)).not.toBe(null);
    expect(obstacle({ ...caller, account: "acme.events" }, "acme", true)).not.toBe(null);
    expect([...(await visibleTo(caller, config)).accounts.keys()]).toEqual(["acme", "acme.events", "acme.past"]);
  });

  test.each(["yes", 1, "false", null])("is not made by %j", (shard) => {
    const given = configOf({ acme: { sources: { shop: {}, events: { shard } } } });
    expect(accountIn(given, "acme").sources.get("events")).toMatchObject({
      ok: false,
      problem: expect.stringContaining('"ended"'),
    });
    expect([...given.accounts.keys()]).toEqual(["acme"]);
  });
});

describe("traits", () => {
  const owners = (given: object, name = "acme.events") =>
    accountIn(configOf({ acme: { sources: { events: { shard: true }, shop: {} }, ...given } }), name).profileFrom;

  test("of a shard are its own, unless the account says that it goes before all others", () => {
    expect(owners({})).toEqual([]);
    expect(owners({ profile_from: ["shop", "events"] })).toEqual([]);
    expect(owners({ profile_from: ["events"] })).toEqual(["events"]);
    expect(accountIn(configOf({ acme: { sources: { events: { shard: true } } } }), "acme.events").profileFrom).toEqual([
      "events",
    ]);
  });

  test("of the account's own sources are as they were", () => {
    expect(owners({}, "acme")).toEqual(["events", "shop"]);
  });
});

/** Names as they may be, near one another. */
const name = fc.stringMatching(/^[ab][ab0-]{0,3}$/);
const shard = fc.constantFrom(undefined, false, true, "ended");
const sources = fc.dictionary(name, fc.record({ shard }), { minKeys: 1, maxKeys: 4, noNullPrototype: true });

test("whatever the names are, each source has one home, each object one account, and each account one name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, sources, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), async (given) => {
      const config = configOf(Object.fromEntries(Object.entries(given).map(([account, own]) => [account, { sources: own }])));
      const accounts = [...config.accounts.keys()].map((account) => accountIn(config, account));
      expect(new Set(accounts.map(({ id }) => id)).size).toBe(accounts.length);
      for (const account of accounts) {
        expect(await accountOfId(config, account.id)).toBe(account);
        expect(await findAccount(config, account.name)).toMatchObject({ account });
        expect(partsOfName(account.name)[0]).toBe(account.shardOf?.name ?? account.name);
      }
      for (const [account, own] of Object.entries(given)) {
        for (const [source, options] of Object.entries(own)) {
          const home = homeOf(accountIn(config, account), source);
          expect(home.name).toBe(options.shard === true ? `${account}.${source}` : account);
          const family = accounts.filter(({ name: other }) => partsOfName(other)[0] === account);
          expect(family.filter((one) => one.sources.has(source) && takesWebhooks(one, source))).toEqual([home]);
        }
      }
    }),
  );
});
