import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { proofBindings } from "../src/cli/proof.ts";
import { findAccount } from "../src/config/account.ts";
import { readConfig } from "../src/config/load.ts";
import type { Config, Source } from "../src/config/model.ts";
import { billing, chat, ENV, forms, REGISTRY, relay } from "./ingest/vendors.ts";

const LOCAL = proofBindings("local");
const SELFHOST = proofBindings("selfhost");
const KEY = new Uint8Array(32).fill(0x5a);
const HEX = "5a".repeat(32);

/** A configuration of one account `acme` with these sources, and variables beside the right ones. */
function configure(sources: unknown, variables: object = {}, account: object = {}): Config {
  return readConfig({ ...ENV, ACCOUNTS: { acme: { region: "us", sources, ...account } }, ...variables }, REGISTRY);
}

/** Why an account or a source cannot be used; `null` where it can. */
function problemOf(config: Config, account: string, source?: string): string | null {
  const state = config.accounts.get(account);
  if (state === undefined) throw new TypeError(`no account ${account}`);
  if (!state.ok || source === undefined) return state.ok ? null : state.problem;
  const found = state.account.sources.get(source);
  if (found === undefined) throw new TypeError(`no source ${source}`);
  return found.ok ? null : found.problem;
}

function sourceIn(config: Config, name: string): Source {
  const state = config.accounts.get("acme");
  const source = state?.ok ? state.account.sources.get(name) : undefined;
  if (!source?.ok) throw new TypeError(problemOf(config, "acme", name) ?? "");
  return source.source;
}

function accountIn(config: Config, name = "acme") {
  const state = config.accounts.get(name);
  if (!state?.ok) throw new TypeError(state?.problem);
  return state.account;
}

describe("an account", () => {
  test("with only a region", () => {
    const account = accountIn(configure({ chat: {}, billing: {} }));
    expect(account).toMatchObject({
      name: "acme",
      region: "us",
      identifiers: "email_and_id",
      profileFrom: ["chat", "billing"],
      apiKey: "key_of_acme",
    });
  });

  test("with all options", () => {
    const account = accountIn(configure({ chat: {}, billing: {} }, {}, { identifiers: "id", profile_from: ["billing"] }));
    expect(account).toMatchObject({ identifiers: "id", profileFrom: ["billing"] });
  });

  test("whose user directories own the profile before its other sources, by default", () => {
    const directory = { ...chat, isUserDirectory: true };
    const registry = new Map([...REGISTRY, ["chat", directory]] as const);
    const profileOf = (account: object) => {
      const sources = { billing: {}, app: { adapter: "chat" }, forms: {}, chat: {} };
      const given = { acme: { region: "us", sources, ...account } };
      return accountIn(readConfig({ ...ENV, ACCOUNTS: given }, registry)).profileFrom;
    };
    expect(profileOf({})).toEqual(["app", "chat", "billing", "forms"]);
    expect(profileOf({ profile_from: ["forms"] })).toEqual(["forms"]);
  });

  test("with alerts, whose secret and URL follow the rule of the names", () => {
    const alerts = { url: "https://ops.example.com/hook" };
    const secret = { ACME_ALERT_SECRET: `whsec_${btoa("x".repeat(32))}` };
    const read = (variables: object, given: object = alerts) => {
      const config = configure({ billing: {} }, variables, { alerts: given });
      expect(problemOf(config, "acme", "billing")).toBeNull();
      return { alerts: accountIn(config).alerts, warnings: config.warnings.join("; ") };
    };
    expect(read(secret)).toMatchObject({
      alerts: { ...alerts, form: "json", secret: secret.ACME_ALERT_SECRET, lag: 900 },
      warnings: "",
    });
    expect(read({})).toMatchObject({ alerts: null, warnings: expect.stringContaining("ACME_ALERT_SECRET: set this secret") });
    expect(read({ ACME_ALERT_SECRET: "short" })).toMatchObject({ alerts: null, warnings: expect.stringContaining("whsec_") });
    for (const url of [
      "http://ops.example.com",
      "https://user:password@ops.example.com",
      "ops.example.com",
      "ftp://ops.example.com",
    ])
      expect(read(secret, { url })).toMatchObject({ alerts: null, warnings: expect.stringContaining("https URL") });
    // A chat checks no signature, and its URL is a secret.
    const chatUrl = "https://chat.example.com/services/a/b";
    const toChat = { url: "https://chat.example.com", form: "chat" };
    expect(read({ ACME_ALERT_URL: chatUrl }, toChat)).toMatchObject({ alerts: { url: chatUrl, secret: null }, warnings: "" });
    for (const elsewhere of [
      "https://evil.example.com/services",
      "http://chat.example.com/services",
      "https://chat.example.com:8443/",
    ])
      expect(read({ ACME_ALERT_URL: elsewhere }, toChat).alerts).toBeNull();
  });

  test("with a source whose secret is also that of its alerts: neither is used", () => {
    const sources = { alert: { adapter: "billing" } };
    const config = configure(
      sources,
      { ACME_ALERT_SECRET: `whsec_${btoa("x".repeat(32))}` },
      { alerts: { url: "https://ops.example.com" } },
    );
    expect(problemOf(config, "acme", "alert")).toMatch(/acme\/alert and of the alerts of acme/);
    expect(accountIn(config).alerts).toBeNull();
  });

  test("written as JSON text", () => {
    const config = readConfig({ ...ENV, ACCOUNTS: JSON.stringify(ENV.ACCOUNTS) }, REGISTRY);
    expect(config.problems).toEqual([]);
    expect(accountIn(config).sources.size).toBe(7);
  });

  test.each([
    ["no region", { region: undefined }, /region: .*"us" or "eu"/],
    ["a region that is guessed", { region: "US" }, /region/],
    ["another region than the Worker's", { region: "eu" }, /this Worker serves only "us"/],
    ["unknown identifiers", { identifiers: "phone" }, /identifiers/],
    ["an unknown key", { regoin: "us" }, /regoin/],
    ["a profile from nowhere", { profile_from: ["shop"] }, /profile_from/],
    ["billing from nowhere", { billing_from: "shop" }, /billing_from/],
    ["billing from a source that knows no subscriptions", { billing_from: "billing" }, /billing_from/],
    ["sources that are no table", { sources: [] }, /sources/],
  ])("%s is refused", (_, account, problem) => {
    expect(problemOf(configure({ billing: {} }, {}, account), "acme")).toMatch(problem);
  });

  test.each(["Acme", "a_b", "1a", "", "a".repeat(33), "ä", "constructor "])(
    "the name %j is refused, and the others serve",
    (name) => {
      const config = readConfig({ ...ENV, ACCOUNTS: { [name]: { region: "us" }, acme: { region: "us" } } }, REGISTRY);
      expect(problemOf(config, name)).toMatch(/name: must begin/);
      expect(problemOf(config, "acme")).toBeNull();
      expect(config.problems).toEqual([]);
    },
  );

  test("its billing is the first source that knows subscriptions, usable or not, unless it says another", () => {
    const knows = { ...billing, states: ["subscription" as const] };
    const registry = new Map([...REGISTRY, ["billing", knows] as const]);
    const sources = { chat: {}, old: { adapter: "billing" }, billing: {} };
    const read = (account: object) =>
      accountIn(readConfig({ ...ENV, ACCOUNTS: { acme: { region: "us", sources, ...account } } }, registry));
    expect(read({}).billingFrom).toBe("old");
    expect(read({}).sources.get("old")?.ok).toBe(false);
    expect(read({ billing_from: "billing" }).billingFrom).toBe("billing");
    expect(accountIn(configure({ chat: {} })).billingFrom).toBeNull();
  });

  test("all problems of an account and its sources are reported at once", () => {
    const problem = problemOf(
      configure({ Bad: {}, billing: { colour: 1 } }, { ACME_BILLING_SECRET: "" }, { region: "x", more: 1 }),
      "acme",
    );
    for (const part of ["region", "more", "source Bad: the source's name", "colour", "ACME_BILLING_SECRET"])
      expect(problem).toContain(part);
  });

  test("is found by its own name only", async () => {
    const config = configure({});
    expect(await findAccount(config, "acme")).toMatchObject({ ok: true });
    for (const name of ["", "Acme", "__proto__", "constructor", "toString"]) expect(await findAccount(config, name)).toBeNull();
  });

  test("that the Worker of the other region serves cannot be used, and its problem names the right URL", async () => {
    const more = { ELSEWHERE: { "acme-eu": "https://hooks-eu.example.com/", acme: "https://hooks-eu.example.com" } };
    const config = configure({}, more);
    expect(config.warnings).toEqual([]);
    expect(await findAccount(config, "acme")).toMatchObject({ ok: true });
    const elsewhere = { ok: false, problem: expect.stringContaining("https://hooks-eu.example.com/hooks/acme-eu/<source>") };
    expect(await findAccount(config, "acme-eu")).toMatchObject(elsewhere);
    expect(await findAccount(configure({}, { ELSEWHERE: JSON.stringify(more.ELSEWHERE) }), "acme-eu")).toMatchObject(elsewhere);
    expect(await findAccount(config, "acme-us")).toBeNull();
    for (const ELSEWHERE of [
      "{",
      [],
      { acme: 1 },
      { "acme-eu": "http://hooks.example.com" },
      { Bad: "https://hooks.example.com" },
    ]) {
      const wrong = configure({}, { ELSEWHERE });
      expect(await findAccount(wrong, "acme")).toMatchObject({ ok: true });
      expect(await findAccount(wrong, "acme-eu")).toBeNull();
      expect(wrong.warnings).toEqual([expect.stringMatching(/^ELSEWHERE/)]);
    }
  });

  test("without a key accepts webhooks, with a warning", () => {
    for (const key of [undefined, "", " \n"]) {
      const config = configure({ billing: {} }, { ACME_CDP_API_KEY: key });
      expect(accountIn(config).apiKey).toBeNull();
      expect(config.warnings).toEqual(["ACME_CDP_API_KEY: set this secret"]);
    }
  });

  test("a key with white space is refused", () => {
    expect(accountIn(configure({}, { ACME_CDP_API_KEY: "abc\n" })).apiKey).toBe("abc");
    for (const key of ["Bearer abc", "abc def", "abc:", "äbc"]) {
      const config = configure({}, { ACME_CDP_API_KEY: key });
      expect(accountIn(config).apiKey).toBeNull();
      expect(config.warnings).toHaveLength(1);
    }
  });
});

describe("a source", () => {
  test("finds its adapter by its name, with the adapter's defaults", () => {
    const source = sourceIn(configure({ billing: {} }), "billing");
    expect(source).toMatchObject({ name: "billing", adapter: billing, secrets: [ENV.ACME_BILLING_SECRET], publicUrl: null });
    expect(source.options).toEqual({
      userIdFrom: ["metadata.user_id"],
      integrations: {},
      testEvents: "ignore",
      eventsOn: new Set(),
      eventsOff: new Set(),
      people: "create",
      consent: "opt_out",
      onDelete: "event",
      customFields: null,
      objectTypes: new Map(),
      rules: { rename: new Map(), keep: null, drop: new Set(), hash: new Set() },
    });
  });

  test("has options of every source and of its adapter", () => {
    const source = sourceIn(
      configure({
        "billing-de": {
          adapter: "billing",
          shop: "de",
          user_id_from: ["id"],
          integrations: { All: false },
          test_events: "deliver",
          events_on: ["invoice.drafted"],
          events_off: ["invoice.paid", "balance.changed"],
          public_url: "https://hooks.acme.example/x",
          people: "known",
          consent: "sync",
          custom_fields: ["metadata.*", "tags"],
          on_delete: "suppress",
          object_type_id: { company: "2" },
          rename_events: { "Invoice Paid": "Bill Settled" },
          keep_properties: ["total", "plan"],
          drop_properties: ["plan"],
          hash_properties: ["total"],
        },
      }),
      "billing-de",
    );
    expect(source.configured.tenant).toBe("de");
    expect(source.publicUrl).toBe("https://hooks.acme.example/x");
    expect(source.options).toEqual({
      userIdFrom: ["id"],
      integrations: { All: false },
      testEvents: "deliver",
      eventsOn: new Set(["invoice.drafted"]),
      eventsOff: new Set(["invoice.paid", "balance.changed"]),
      people: "known",
      consent: "sync",
      onDelete: "suppress",
      customFields: ["metadata.*", "tags"],
      objectTypes: new Map([["company", "2"]]),
      rules: {
        rename: new Map([["Invoice Paid", "Bill Settled"]]),
        keep: new Set(["total", "plan"]),
        drop: new Set(["plan"]),
        hash: new Set(["total"]),
      },
    });
  });

  test.each([
    ["an adapter that does not exist", { adapter: "nothing" }, /adapter: no adapter has this name/],
    ["an adapter of an object's own", { adapter: "constructor" }, /adapter: no adapter has this name/],
    ["an unknown option", { shopp: "de" }, /shopp/],
    ["an event renamed to an action of Customer.io", { rename_events: { "Invoice Paid": "User Deleted" } }, /rename_events/],
    ["an object type that is no number", { object_type_id: { company: "two" } }, /object_type_id/],
    ["an option of the wrong kind", { shop: 1 }, /shop: /],
    ["test_events", { test_events: "yes" }, /test_events/],
    ["events_on of a type that is never delivered", { events_on: ["balance.changed"] }, /events_on/],
    ["events_on of an unknown type", { events_on: ["invoice.payed"] }, /events_on/],
    ["events_off of an unknown type", { events_off: ["invoice.payed"] }, /events_off/],
    ["integrations", { integrations: { All: "no" } }, /integrations/],
    ["user_id_from", { user_id_from: "id" }, /user_id_from/],
    ["custom_fields of another word", { custom_fields: "some" }, /custom_fields/],
    ["custom_fields with a star inside", { custom_fields: ["a.*.b"] }, /custom_fields/],
    ["no table", "billing", /must be a table/],
    ["a public URL without https", { public_url: "http://hooks.acme.example/x" }, /public_url/],
    ["a public URL with a query", { public_url: "https://hooks.acme.example/x?y" }, /public_url/],
    ["a public URL with a password", { public_url: "https://a:b@hooks.acme.example/x" }, /public_url/],
    ["no URL", { public_url: "hooks.acme.example" }, /public_url/],
  ])("%s is refused, and the others serve", (_, options, problem) => {
    const config = configure({ billing: options, chat: {} });
    expect(problemOf(config, "acme", "billing")).toMatch(problem);
    expect(problemOf(config, "acme", "chat")).toBeNull();
  });

  test("needs the URL if the vendor signs it, and the tenant if the secret is shared", () => {
    const problem = problemOf(configure({ relay: {} }), "acme", "relay");
    expect(problem).toContain("public_url: set it");
    expect(problem).toContain("team: set it");
    expect(
      problemOf(configure({ relay: { team: "7", public_url: "https://hooks.acme.example/x" } }), "acme", "relay"),
    ).toBeNull();
  });

  test.each(["Shop", "shop_de", "-shop", "", "__proto", "x".repeat(33)])("the name %j is refused", (name) => {
    expect(problemOf(configure({ [name]: { adapter: "billing" } }), "acme", name)).toMatch(/name: must begin/);
  });

  test("all problems are told at once", () => {
    const problem = problemOf(
      configure({ billing: { colour: 1, events_on: ["x"], public_url: "x" } }, { ACME_BILLING_SECRET: "x" }),
      "acme",
      "billing",
    );
    for (const part of ["colour", "events_on", "public_url", "ACME_BILLING_SECRET"]) expect(problem).toContain(part);
  });
});

describe("two names for one variable", () => {
  test("across accounts: both are refused", () => {
    const config = readConfig(
      {
        ...ENV,
        ACCOUNTS: {
          "a-b": { region: "us", sources: { c: { adapter: "billing" } } },
          a: { region: "us", sources: { "b-c": { adapter: "billing" }, d: { adapter: "billing" } } },
        },
        A_B_C_SECRET: ENV.ACME_BILLING_SECRET,
        A_D_SECRET: ENV.ACME_BILLING_SECRET,
      },
      REGISTRY,
    );
    for (const [account, source] of [
      ["a-b", "c"],
      ["a", "b-c"],
    ] as const) {
      expect(problemOf(config, account, source)).toBe("A_B_C_SECRET: is the secret of a-b/c and of a/b-c; rename one of them");
    }
    expect(problemOf(config, "a", "d")).toBeNull();
  });

  test("even if one of the accounts cannot be used", () => {
    const config = readConfig(
      {
        ...ENV,
        ACCOUNTS: { "a-b": { sources: { c: {} } }, a: { region: "us", sources: { "b-c": { adapter: "billing" } } } },
        A_B_C_SECRET: ENV.ACME_BILLING_SECRET,
      },
      REGISTRY,
    );
    expect(problemOf(config, "a", "b-c")).toContain("A_B_C_SECRET");
  });
});

describe("secrets", () => {
  const secretsOf = (value: unknown) => {
    const config = configure({ billing: {} }, { ACME_BILLING_SECRET: value });
    const problem = problemOf(config, "acme", "billing");
    return problem === null ? sourceIn(config, "billing").secrets : problem;
  };

  test.each([
    ["one", "bsec_aaaaaaaaaaaaaaaa", ["bsec_aaaaaaaaaaaaaaaa"]],
    ["one, and a line break", "bsec_aaaaaaaaaaaaaaaa\n", ["bsec_aaaaaaaaaaaaaaaa"]],
    ["several", " bsec_aaaaaaaaaaaaaaaa\n\tbsec_bbbbbbbbbbbbbbbb ", ["bsec_aaaaaaaaaaaaaaaa", "bsec_bbbbbbbbbbbbbbbb"]],
  ])("%s", (_, value, secrets) => {
    expect(secretsOf(value)).toEqual(secrets);
  });

  test.each([
    ["none", undefined],
    ["an empty one", ""],
    ["white space", " \n\t"],
    ["what is no text", 12345678901234567890n],
    ["a space inside", "bsec_aaaaaaaa aaaaaaaa"],
    ["a good one and a bad one", "bsec_aaaaaaaaaaaaaaaa nonsense"],
    ["a bad one and a good one", "nonsense bsec_aaaaaaaaaaaaaaaa"],
    ["a PEM block", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----"],
    ["a header", "Bearer bsec_aaaaaaaaaaaaaaaa"],
    ["quotes", '"bsec_aaaaaaaaaaaaaaaa"'],
    ["one that is too short", "bsec_a"],
  ])("%s: the source cannot be used, and the problem names the variable, not the value", (_, value) => {
    const problem = secretsOf(value);
    expect(problem).toEqual(expect.stringContaining("ACME_BILLING_SECRET"));
    expect(problem).toEqual(expect.stringContaining(billing.secret.hint));
    for (const part of String(value ?? "\u0000").split(/\s+/)) if (part.length > 3) expect(problem).not.toContain(part);
  });

  test("a secret that the scheme cannot use", () => {
    const config = configure({ forms: {} }, { ACME_FORMS_SECRET: "x".repeat(300) });
    expect(problemOf(config, "acme", "forms")).toContain("ACME_FORMS_SECRET");
  });

  test("no text of a configuration contains a value", () => {
    const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_- \n:";
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...alphabet), minLength: 12, maxLength: 60 }), (noise) => {
        const secret = `zzz${noise}zzz`;
        const config = configure(
          { billing: {}, forms: {}, chat: {} },
          {
            ACME_BILLING_SECRET: secret,
            ACME_FORMS_SECRET: `${ENV.ACME_FORMS_SECRET} ${secret}`,
            ACME_CHAT_SECRET: secret,
            ACME_CDP_API_KEY: secret,
            ADMIN_TOKEN: secret,
          },
        );
        const texts = JSON.stringify([
          config.problems,
          config.warnings,
          ...["billing", "forms", "chat"].map((source) => problemOf(config, "acme", source)),
        ]);
        expect(texts).not.toContain("zzz");
      }),
    );
  });
});

describe("access to a vendor's API", () => {
  const registry = new Map(REGISTRY).set("store", {
    ...billing,
    id: "store",
    options: z.object({ shop: z.string().optional() }),
    lookup: { hosts: ["api.store.example", "{shop}"], request: () => null, read: () => null },
  });
  const api = (options: object, variables: object, name = "store") => {
    const sources = { [name]: { adapter: "store", ...options } };
    const env = { ...ENV, ACCOUNTS: { acme: { region: "us", sources } }, ...variables };
    const secret = { [`ACME_${name.toUpperCase().replaceAll("-", "_")}_SECRET`]: ENV.ACME_BILLING_SECRET };
    const config = readConfig({ ...env, ...secret }, registry);
    return { api: sourceIn(config, name).api, warnings: config.warnings.filter((warning) => warning.includes("_API_KEY")) };
  };

  test("is closed without a key", () => {
    expect(api({}, {})).toEqual({ api: null, warnings: [] });
  });

  test("is open to the declared hosts, with the source's options filled in", () => {
    const hosts = new Map([
      ["api.store.example", "api.store.example"],
      ["{shop}", "acme.store.example"],
    ]);
    expect(api({ shop: "acme.store.example" }, { ACME_STORE_API_KEY: " key_1\n" })).toEqual({
      api: { key: "key_1", hosts },
      warnings: [],
    });
  });

  test.each([["", "127.0.0.1", "localhost", "acme.store.example:8080", "acme.store.example/x", "a@b.example"]].flat())(
    "is not open to %j",
    (shop) => {
      const found = api({ shop }, { ACME_STORE_API_KEY: "key_1" });
      expect([...(found.api?.hosts.keys() ?? [])]).toEqual(["api.store.example"]);
      expect(found.warnings.join()).toContain("{shop}");
    },
  );

  test.each(["two keys", "k\u00e9y", "tributary_demo_key", ""])("is closed with the key %j", (key) => {
    const found = api({ shop: "acme.store.example" }, { ACME_STORE_API_KEY: key });
    expect(found.api).toBeNull();
    expect(found.warnings).toHaveLength(1);
    if (key !== "") expect(found.warnings.join()).not.toContain(key);
  });

  test("is never opened by a Pipelines API key of another account", () => {
    const found = api({ shop: "acme.store.example" }, { ACME_STORE_CDP_API_KEY: "key_1" }, "store-cdp");
    expect(found.api).toBeNull();
    expect(found.warnings.join()).toContain("rename the source");
  });

  test("causes a warning if the adapter makes no look-ups", () => {
    const config = configure({ billing: {} }, { ACME_BILLING_API_KEY: "key_1" });
    expect(sourceIn(config, "billing").api).toBeNull();
    expect(config.warnings.join()).toContain("ACME_BILLING_API_KEY: remove it");
  });
});

describe("public secrets work only in local runs", () => {
  const marker = "tributary_demo_0123456789abcdef";
  const base64 = btoa(marker);
  const hex = Array.from(marker, (character) => character.charCodeAt(0).toString(16)).join("");
  const demos: readonly (readonly [string, string])[] = [
    ["the adapter's own", billing.secret.demo],
    ["the marker as text", `bsec_x_${marker}`],
    ["the marker in base64url", `bsec_${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`],
    ["the marker in hex", `bsec_${hex}`],
    ["the marker in hex, in capitals", `bsec_${hex.toUpperCase()}`],
    ["beside a good one", `bsec_aaaaaaaaaaaaaaaa bsec_x_${marker}`],
  ];

  test.each(demos)("a secret: %s", (_, secret) => {
    expect(problemOf(configure({ billing: {} }, { ACME_BILLING_SECRET: secret }), "acme", "billing")).toContain(
      "is a demo secret",
    );
    expect(problemOf(configure({ billing: {} }, { ACME_BILLING_SECRET: secret, ...SELFHOST }), "acme", "billing")).toContain(
      "is a demo secret",
    );
    expect(problemOf(configure({ billing: {} }, { ACME_BILLING_SECRET: secret, ...LOCAL }), "acme", "billing")).toBeNull();
  });

  test.each([
    ["as text", marker],
    ["in base64", btoa(`${marker}!`)],
    ["behind a prefix", `key_${btoa(`${marker}!!`)}`],
    ["another adapter's secret", chat.secret.demo],
  ])("a key: %s", (_, key) => {
    const config = configure({}, { ACME_CDP_API_KEY: key });
    expect(accountIn(config).apiKey).toBeNull();
    expect(config.warnings).toEqual(["ACME_CDP_API_KEY: is a demo key, which is public; set your own"]);
    expect(accountIn(configure({}, { ACME_CDP_API_KEY: key, ...LOCAL })).apiKey).toBe(key);
  });

  test("a token", () => {
    expect(configure({}, { ADMIN_TOKEN: marker.padEnd(40, "0") }).adminToken).toBeNull();
    const tokens = { ACME_READ_TOKEN: marker.padEnd(40, "0"), ACME_OPERATE_TOKEN: billing.secret.demo.padEnd(40, "0") };
    const config = configure({}, tokens);
    expect(config.tokens.filter(({ account }) => account === "acme")).toEqual([]);
    for (const name of Object.keys(tokens)) {
      expect(config.warnings).toContain(`${name}: is a demo key, which is public; set your own`);
    }
    expect(configure({}, { ...tokens, ...LOCAL }).tokens.filter(({ account }) => account === "acme").length).toBe(2);
  });

  test("a demo secret without room for the marker, at any place", () => {
    const registry = new Map([
      ...REGISTRY,
      ["odd", { ...forms, id: "odd", secret: { ...forms.secret, demo: "0123456789abcdef0123456789" } }],
    ]);
    const env = {
      ...ENV,
      ACCOUNTS: { acme: { region: "us", sources: { forms: {} } } },
      ACME_FORMS_SECRET: "0123456789abcdef0123456789",
    };
    expect(problemOf(readConfig(env, registry), "acme", "forms")).toContain("is a demo secret");
  });
});

describe("the Worker as a whole", () => {
  test("in production", () => {
    expect(readConfig(ENV, REGISTRY)).toMatchObject({
      runtime: "cloudflare",
      region: "us",
      timeScale: 1,
      adminToken: ENV.ADMIN_TOKEN,
      problems: [],
      warnings: [],
    });
  });

  test("locally", () => {
    const { REGION, ...rest } = ENV;
    const config = readConfig({ ...rest, ...LOCAL, TIME_SCALE: "600", HOLD_UNKNOWN: 0 }, REGISTRY);
    expect(config).toMatchObject({ runtime: "local", region: null, timeScale: 600, problems: [] });
    expect(accountIn(config, "acme").holdUnknown).toBe(0);
    expect([problemOf(config, "acme"), problemOf(config, "elsewhere")]).toEqual([null, null]);
    expect(sourceIn(config, "billing").options.testEvents).toBe("deliver");
    expect(problemOf(configure({ billing: { public_url: "http://127.0.0.1:8787/x" } }, LOCAL), "acme", "billing")).toBeNull();
  });

  test("self-hosted", () => {
    const { REGION, ...rest } = ENV;
    expect(readConfig({ ...rest, ...SELFHOST }, REGISTRY)).toMatchObject({
      runtime: "selfhost",
      region: null,
      problems: [],
    });
  });

  test.each([
    ["no region on Cloudflare", { REGION: undefined }, "REGION"],
    ["an unknown region", { REGION: "de" }, "REGION"],
    ["a runtime", { RUNTIME: "local" }, "RUNTIME: remove it"],
    ["the other runtime", { RUNTIME: "selfhost" }, "RUNTIME: remove it"],
    ["the runtime that is meant by leaving it out", { RUNTIME: "cloudflare" }, "RUNTIME: remove it"],
    ["an empty runtime", { RUNTIME: "" }, "RUNTIME: remove it"],
    ["a runtime as a list", { RUNTIME: ["local"] }, "RUNTIME: remove it"],
    ["a runtime beside a proof", { ...LOCAL, RUNTIME: "local" }, "RUNTIME: remove it"],
    ["a proof without its key", { RUNTIME_PROOF: LOCAL.RUNTIME_PROOF }, "RUNTIME_PROOF: remove"],
    ["a key without its text", { RUNTIME_KEY: LOCAL.RUNTIME_KEY }, "RUNTIME_KEY, RUNTIME_PROOF: remove"],
    ["a key of another start", { ...LOCAL, RUNTIME_KEY: SELFHOST.RUNTIME_KEY }, "RUNTIME_KEY, RUNTIME_PROOF: remove"],
    ["a proof of what cannot be proven", { RUNTIME_KEY: KEY.buffer, RUNTIME_PROOF: `cloudflare:${HEX}` }, "RUNTIME_KEY"],
    ["an empty key", { RUNTIME_KEY: new ArrayBuffer(0), RUNTIME_PROOF: "local:" }, "RUNTIME_KEY"],
    ["a short key", { RUNTIME_KEY: new ArrayBuffer(16), RUNTIME_PROOF: `local:${"00".repeat(16)}` }, "RUNTIME_KEY"],
    ["a key as text", { RUNTIME_KEY: HEX, RUNTIME_PROOF: `local:${HEX}` }, "RUNTIME_KEY"],
    ["a key as a list", { RUNTIME_KEY: [...KEY], RUNTIME_PROOF: `local:${HEX}` }, "RUNTIME_KEY"],
    ["a key as a view", { RUNTIME_KEY: KEY, RUNTIME_PROOF: `local:${HEX}` }, "RUNTIME_KEY"],
    ["a text that goes on", { RUNTIME_KEY: KEY.buffer, RUNTIME_PROOF: `local:${HEX}0` }, "RUNTIME_KEY"],
    ["a service in place of Customer.io", { CDP_EU: {} }, "CDP_EU: remove it"],
    ["a switch of development", { TIME_SCALE: "600" }, "TIME_SCALE"],
    ["a switch of development, at rest", { HOLD_UNKNOWN: "60" }, "HOLD_UNKNOWN"],
    ["the same on a machine of one's own", { ...SELFHOST, TIME_SCALE: 1 }, "TIME_SCALE"],
    ["a scale that slows down", { ...LOCAL, TIME_SCALE: "0" }, "TIME_SCALE"],
    ["a scale that is no number", { ...LOCAL, TIME_SCALE: "fast" }, "TIME_SCALE"],
    ["no accounts", { ACCOUNTS: undefined }, "ACCOUNTS"],
    ["accounts without an account", { ACCOUNTS: {} }, "ACCOUNTS"],
    ["accounts that are no table", { ACCOUNTS: "[]" }, "ACCOUNTS"],
    ["accounts that are no JSON", { ACCOUNTS: "{" }, "ACCOUNTS: is not JSON"],
  ])("%s is a problem of everything", (_, variables, name) => {
    const config = readConfig({ ...ENV, ...variables }, REGISTRY);
    expect(config.problems).toEqual([expect.stringContaining(name)]);
  });

  test("all problems are told at once", () => {
    const { problems } = readConfig({ RUNTIME: "x", REGION: "y", TIME_SCALE: "z" }, REGISTRY);
    for (const name of ["RUNTIME", "REGION", "TIME_SCALE", "ACCOUNTS"]) expect(problems.join()).toContain(name);
  });

  test.each(["local", "selfhost", "locall"])("the runtime %s without a proof is treated as cloudflare", (RUNTIME) => {
    const config = configure({ billing: {} }, { RUNTIME, ACME_BILLING_SECRET: billing.secret.demo });
    expect(config.runtime).toBe("cloudflare");
    expect(problemOf(config, "acme", "billing")).toContain("is a demo secret");
  });

  test("an admin token that can be guessed is not accepted", () => {
    for (const ADMIN_TOKEN of ["short", "x".repeat(31), `${"x".repeat(40)} y`]) {
      const config = readConfig({ ...ENV, ADMIN_TOKEN }, REGISTRY);
      expect(config.adminToken).toBeNull();
      expect(config.problems).toEqual([]);
      expect(config.warnings).toEqual([expect.stringContaining("ADMIN_TOKEN: set it again: at least 32")]);
    }
  });

  test("an application of Access is named by its tag, and on Cloudflare alone", () => {
    const tag = "0123456789abcdef".repeat(4);
    const named = (ACCESS_AUD: unknown, variables: object = {}) => readConfig({ ...ENV, ...variables, ACCESS_AUD }, REGISTRY);
    expect(named(undefined)).toMatchObject({ accessAudience: null, warnings: [] });
    expect(named(tag)).toMatchObject({ accessAudience: tag, warnings: [] });
    for (const other of ["", "my-app", tag.slice(1), `${tag}0`, tag.toUpperCase(), ` ${tag}`, `${tag}\n`, [tag], 7, {}])
      expect(named(other)).toMatchObject({
        accessAudience: null,
        problems: [],
        warnings: [expect.stringMatching(/^ACCESS_AUD: must be the Audience tag/)],
      });
    const elsewhere = { ...SELFHOST, REGION: undefined };
    expect(named(tag, elsewhere)).toMatchObject({
      accessAudience: null,
      warnings: expect.arrayContaining([expect.stringMatching(/^ACCESS_AUD: opens nothing here/)]),
    });
    expect(named(tag, { ...LOCAL, REGION: undefined }).accessAudience).toBeNull();
  });

  test("a token of an account that can be guessed, or that others have too, is not accepted", () => {
    const ours = (variables: object) =>
      readConfig({ ...ENV, ELSEWHERE_READ_TOKEN: undefined, ELSEWHERE_OPERATE_TOKEN: undefined, ...variables }, REGISTRY);
    for (const value of ["", "short", "x".repeat(31), `${"x".repeat(40)} y`, 7, {}]) {
      const { tokens, warnings } = ours({ ACME_READ_TOKEN: value });
      expect(tokens.map(({ name }) => name)).toEqual(["ACME_OPERATE_TOKEN"]);
      expect(warnings).toEqual([expect.stringMatching(/^ACME_READ_TOKEN: set /)]);
    }
    const [read, same] = [ENV.ACME_READ_TOKEN, { ELSEWHERE_OPERATE_TOKEN: ENV.ACME_READ_TOKEN }];
    expect(ours(same).tokens.map(({ name }) => name)).toEqual(["ACME_OPERATE_TOKEN"]);
    expect(ours({ ACME_OPERATE_TOKEN: read }).tokens).toEqual([]);
    const { adminToken, tokens, warnings, findings } = ours({ ACME_OPERATE_TOKEN: ENV.ADMIN_TOKEN });
    expect(adminToken).toBe(ENV.ADMIN_TOKEN);
    expect(tokens.map(({ name, account, scope }) => [name, account, scope])).toEqual([["ACME_READ_TOKEN", "acme", "read"]]);
    expect(warnings).toEqual([expect.stringMatching(/^ACME_OPERATE_TOKEN: has the same value as another token/)]);
    expect(JSON.stringify(findings)).not.toContain(ENV.ADMIN_TOKEN);
  });

  test("an environment is read once", () => {
    expect(readConfig(ENV, REGISTRY)).toBe(readConfig(ENV, REGISTRY));
    expect(readConfig(ENV, new Map(REGISTRY))).not.toBe(readConfig(ENV, REGISTRY));
    expect(readConfig({ ...ENV }, REGISTRY)).not.toBe(readConfig(ENV, REGISTRY));
  });

  test("no environment makes it throw", () => {
    const anything = fc.anything({ maxDepth: 3 });
    const names = fc.constantFrom(
      "RUNTIME",
      "RUNTIME_KEY",
      "RUNTIME_PROOF",
      "REGION",
      "ACCOUNTS",
      "TIME_SCALE",
      "HOLD_UNKNOWN",
      "ADMIN_TOKEN",
      "ACME_BILLING_SECRET",
      "ACME_CDP_API_KEY",
    );
    fc.assert(
      fc.property(fc.dictionary(names, anything), anything, anything, (variables, account, source) => {
        expect(readConfig({ ...ENV, ...variables }, REGISTRY).accounts).toBeInstanceOf(Map);
        expect(readConfig({ ...ENV, ACCOUNTS: { acme: account } }, REGISTRY).accounts).toBeInstanceOf(Map);
        expect(configure({ billing: source, relay }).accounts).toBeInstanceOf(Map);
      }),
    );
  });
});

describe("findings", () => {
  test("name every problem with its place and what may stand there", () => {
    const { findings } = configure(
      { billing: { colour: 1, consent: "maybe", events_on: ["invoice.payd"] }, bling: { adapter: "billling" } },
      { ACME_BILLING_SECRET: "short", ACME_CDP_API_KEY: undefined },
      { region: "usa", profile_from: ["chat"] },
    );
    const at = (...path: readonly string[]) => ({ level: "error", path: ["ACCOUNTS", "acme", ...path] });
    expect(findings).toMatchObject([
      { code: "wrong_value", ...at("region"), choices: ["us", "eu"] },
      { code: "wrong_value", ...at("sources", "billing", "consent"), choices: ["trait", "opt_out", "sync"] },
      { code: "unknown_option", ...at("sources", "billing", "colour"), choices: expect.arrayContaining(["shop", "public_url"]) },
      { code: "secret_format", level: "error", path: ["ACME_BILLING_SECRET"] },
      { code: "unknown_adapter", ...at("sources", "bling", "adapter"), choices: expect.arrayContaining(["billing"]) },
      { code: "missing_secret", level: "warning", path: ["ACME_CDP_API_KEY"] },
    ]);
  });

  test("of a variable of the Worker", () => {
    const { findings } = readConfig({ ...ENV, REGION: undefined, TIME_SCALE: "9" }, REGISTRY);
    expect(findings.filter(({ code }) => code !== "missing_secret")).toMatchObject([
      { code: "missing_variable", path: ["REGION"], choices: ["us", "eu"] },
      { code: "local_switch", path: ["TIME_SCALE"] },
    ]);
  });

  test("never contain the value of a variable", () => {
    const { findings } = configure({ billing: {} }, { ACME_BILLING_SECRET: "hunter2 hunter3", ADMIN_TOKEN: "hunter4" });
    const found = findings.map(({ code, level, path }) => [code, level, path[0]]);
    expect(found).toEqual([
      ["secret_format", "warning", "ADMIN_TOKEN"],
      ["secret_format", "error", "ACME_BILLING_SECRET"],
      ["secret_format", "error", "ACME_BILLING_SECRET"],
    ]);
    expect(JSON.stringify(findings)).not.toContain("hunter");
  });
});
