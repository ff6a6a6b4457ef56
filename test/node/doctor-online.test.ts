/**
 * What the doctor learns from Customer.io, for which the sandbox stands, and from a deployed Worker.
 */

import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestHarness, type TestHarness } from "wrangler";
import * as z from "zod";
import { NO_BALANCE } from "../../src/account/state/ledger.ts";
import type { CioLogin } from "../../src/cli/doctor/cio.ts";
import type { Fetch } from "../../src/cli/doctor/connection.ts";
import { environmentsOf } from "../../src/cli/doctor/environments.ts";
import { examineInstance } from "../../src/cli/doctor/instance.ts";
import { examineOnline } from "../../src/cli/doctor/online.ts";
import { readSecrets } from "../../src/cli/doctor/secret-file.ts";
import { linesOfToml } from "../../src/cli/doctor/toml-lines.ts";
import { VERSION } from "../../src/version.ts";
import { ADAPTERS } from "../support/registry.ts";

const CONFIG = `
[env.us.vars.ACCOUNTS.acme]
region = "us"
[env.us.vars.ACCOUNTS.acme.sources]
stripe = {}
[env.eu.vars.ACCOUNTS.acme-eu]
region = "eu"
identifiers = "id"
`;
const KEYS = { us: ["key_us"], eu: ["key_eu"] };
const SANDBOX = new URL("http://127.0.0.1:8788");

let sandbox: TestHarness;

beforeAll(async () => {
  const configPath = fileURLToPath(new URL("../../src/sandbox/wrangler.toml", import.meta.url));
  sandbox = createTestHarness({ workers: [{ configPath, vars: { SANDBOX_KEYS: JSON.stringify(KEYS) } }] });
  await sandbox.listen();
});

afterAll(() => sandbox?.close());

beforeEach(async () => {
  await sandbox.fetch("/_sandbox/calls", { method: "DELETE" });
  await sandbox.fetch("/_sandbox/faults", { method: "DELETE" });
});

const { named } = environmentsOf({ file: "", text: CONFIG, value: parse(CONFIG), lines: linesOfToml(CONFIG) });

const toSandbox: Fetch = async (url, init) => {
  const { pathname, origin } = new URL(url);
  expect(origin).toBe(SANDBOX.origin);
  const { method = "GET", headers = {}, body } = init;
  const text = typeof body === "string" ? { body } : {};
  const answer = await sandbox.fetch(pathname, { method, headers: Object.fromEntries(new Headers(headers)), ...text });
  return new Response(await answer.text(), { status: answer.status, headers: Object.fromEntries(answer.headers) });
};

interface Asked {
  readonly secrets: string;
  readonly account?: string;
  readonly fetch?: Fetch;
  readonly now?: () => number;
  readonly login?: CioLogin;
}

async function ask({ secrets, account, fetch = toSandbox, now, login }: Asked) {
  const known = readSecrets(".dev.vars", secrets) ?? new Map();
  const common = { login: login ?? null, adapters: ADAPTERS };
  const inquiry = { environments: named, secrets: known, account: account ?? null, sandbox: SANDBOX, worker: null, ...common };
  return examineOnline(inquiry, fetch, now);
}

const told = async (asked: Asked) =>
  (await ask(asked)).filter(({ level }) => level !== "question").map(({ code, level, account }) => [account, level, code]);

const recorded = z.object({
  calls: z.array(z.object({ region: z.string(), path: z.string(), event: z.looseObject({ type: z.string() }) })),
});
const calls = async () => recorded.parse(await (await sandbox.fetch("/_sandbox/calls")).json()).calls;

describe("a key", () => {
  test("is proven in its region by an anonymous event, and nobody becomes a person", async () => {
    expect(await told({ secrets: "ACME_CDP_API_KEY=key_us\nACME_EU_CDP_API_KEY=key_eu" })).toEqual([
      ["acme", "ok", "connected"],
      ["acme-eu", "ok", "connected"],
    ]);
    const call = (region: string) => ({
      region,
      path: "/v1/track",
      event: { type: "track", event: "Tributary Connected", anonymousId: "tributary-doctor" },
    });
    expect(await calls()).toMatchObject([call("us"), call("eu")]);
    for (const { event } of await calls()) expect(event).not.toHaveProperty("userId");
    for (const region of ["us", "eu"]) {
      const people = z.looseObject({ people: z.array(z.unknown()) });
      expect(people.parse(await (await sandbox.fetch(`/_sandbox/people?region=${region}`)).json()).people).toEqual([]);
    }
  });

  test("of the other region is told from one that is wrong", async () => {
    expect(await told({ secrets: "ACME_CDP_API_KEY=key_eu\nACME_EU_CDP_API_KEY=key_of_nobody" })).toEqual([
      ["acme", "error", "wrong_region"],
      ["acme-eu", "error", "wrong_key"],
    ]);
    const [wrong] = await ask({ secrets: "ACME_CDP_API_KEY=key_eu", account: "acme" });
    expect(wrong?.text).toMatch(/belongs to a workspace in the EU.*\[env\.eu\.vars\.ACCOUNTS\]/);
  });

  test("that is not known here is not tried", async () => {
    expect(await told({ secrets: "" })).toEqual([
      ["acme", "warning", "no_key"],
      ["acme-eu", "warning", "no_key"],
    ]);
    expect(await calls()).toEqual([]);
  });

  test("is not blamed for what is wrong with the network or with Customer.io", async () => {
    const secrets = "ACME_CDP_API_KEY=key_us";
    const broken: Fetch = () => Promise.reject(new TypeError("fetch failed"));
    expect(await told({ secrets, account: "acme", fetch: broken })).toEqual([["acme", "error", "unreachable"]]);
    for (const [status, level, code] of [
      [503, "warning", "busy"],
      [429, "warning", "busy"],
      [400, "error", "refused"],
      [302, "error", "refused"],
    ] as const) {
      await sandbox.fetch("/_sandbox/faults", { method: "PUT", body: JSON.stringify({ region: "us", status, count: 1 }) });
      expect(await told({ secrets, account: "acme" })).toEqual([["acme", level, code]]);
    }
  });

  test("that is refused where the other region cannot be asked is not called wrong everywhere", async () => {
    const half: Fetch = (url, init) =>
      url.includes("/eu/") ? Promise.reject(new TypeError("fetch failed")) : toSandbox(url, init);
    const [wrong] = await ask({ secrets: "ACME_CDP_API_KEY=nothing", account: "acme", fetch: half });
    expect(wrong).toMatchObject({ code: "wrong_key", text: expect.stringContaining("could not be asked (connection)") });
  });
});

test.each([
  ["us_site:key", "ok", "region_confirmed"],
  ["eu_site:key", "error", "track_region"],
  ["invalid_site:key", "error", "track_credentials"],
])("the region by Track credentials %s: %s", async (credentials, level, code) => {
  const secrets = `ACME_CDP_API_KEY=key_us\nACME_TRACK_CREDENTIALS=${credentials}`;
  expect(await told({ secrets, account: "acme" })).toEqual([
    ["acme", "ok", "connected"],
    ["acme", level, code],
  ]);
});

test("the region by the login of Customer.io's own command line", async () => {
  expect(await told({ secrets: "", login: { region: "us", accountId: "12" } })).toEqual([
    ["acme", "warning", "no_key"],
    ["acme", "ok", "region_confirmed"],
    ["acme-eu", "warning", "no_key"],
    ["acme-eu", "warning", "cio_region"],
  ]);
});

test.each([
  [0, null],
  [45_000, "warning"],
  [-45_000, "warning"],
  [600_000, "error"],
])("a clock that is %d ms wrong", async (skew, level) => {
  const at = Date.UTC(2026, 10, 23, 12);
  const dated: Fetch = async (url, init) => {
    const answer = await toSandbox(url, init);
    return new Response(answer.body, { status: answer.status, headers: { date: new Date(at).toUTCString() } });
  };
  const found = await told({ secrets: "ACME_CDP_API_KEY=key_us", account: "acme", fetch: dated, now: () => at + skew });
  expect(found.slice(1)).toEqual(level === null ? [] : [["acme", level, "clock"]]);
});

test("what no API tells is asked, with what the account says", async () => {
  const questions = (await ask({ secrets: "", account: "acme-eu" })).filter(({ level }) => level === "question");
  expect(questions.map(({ text }) => text)).toEqual([
    expect.stringMatching(/identified by id only\?.*identifiers = "id"/),
    expect.stringMatching(/merging of anonymous events/),
  ]);
});

test("no secret is in what is said", async () => {
  const secrets = "ACME_CDP_API_KEY=key_hidden\nACME_TRACK_CREDENTIALS=invalid_hidden:hidden\nADMIN_TOKEN=hidden";
  expect(JSON.stringify(await ask({ secrets }))).not.toContain("hidden");
});

describe("the Worker of a profile", () => {
  const account = {
    ...{ name: "acme", ok: true, problem: null, region: "us", identifiers: "id", apiKey: true, sources: 1, unusable: 0 },
    ...{
      ready: true,
      unready: null,
      pending: 0,
      oldestPending: null,
      lag: null,
      heldSources: [],
      dead: 0,
      conflicts: 0,
      drift: [],
    },
  };
  const source = {
    ...{
      name: "stripe",
      adapter: "stripe",
      ok: true,
      problem: null,
      path: "/hooks/acme/stripe",
      publicUrl: null,
      takesPathToken: false,
    },
    ...{
      secrets: 1,
      covers: "body",
      testEvents: "ignore",
      people: "create",
      lastReceivedAt: null,
      since: null,
      counts: NO_BALANCE,
    },
  };

  async function examined({
    ready = 200,
    status = 200,
    version = VERSION,
    accounts = [account] as object[],
    sources = [source] as object[],
    only = null as string | null,
  } = {}) {
    const fetch: Fetch = async (url, init) => {
      expect(init.redirect).toBe("manual");
      if (url.endsWith("/readyz")) return Response.json({ ok: ready === 200 }, { status: ready });
      expect(new Headers(init.headers).get("authorization")).toBe("Bearer token_hidden");
      if (url.endsWith("/api/v1/accounts")) return Response.json({ version, accounts }, { status });
      return Response.json({ sources });
    };
    const target = { url: "https://hooks.acme.example", account: "acme", token: "token_hidden" };
    const said = await examineInstance(target, only, fetch);
    expect(JSON.stringify(said)).not.toContain("hidden");
    return said.map(({ level, text }) => `${level} ${text}`);
  }

  test("that is well", async () => {
    expect(await examined()).toEqual([`ok is ready, version ${VERSION}: acme.`]);
  });

  test("with a shard of the account", async () => {
    const accounts = [account, { ...account, name: "acme.events", shardOf: "acme", dead: 3 }, { ...account, name: "acme-eu" }];
    expect(await examined({ accounts, only: "acme" })).toEqual([
      expect.stringMatching(/^warning account acme\.events has dead letters/),
      `ok is ready, version ${VERSION}: acme, acme.events.`,
    ]);
  });

  test.each([
    ["that refuses the token", { status: 401 }, /^error refuses the token/],
    ["of another release", { version: "0.0.9" }, /^warning has version 0\.0\.9/],
    ["without the account", { only: "acne" }, /^error has no account "acne"/],
    ["that does not deliver", { accounts: [{ ...account, ready: false, unready: "delivery is held: no key" }] }, /held: no key/],
    ["without a key", { accounts: [{ ...account, apiKey: false }] }, /no Pipelines API key/],
    ["with dead letters", { accounts: [{ ...account, dead: 3 }] }, /^warning .*dead letters \(3\)/],
    [
      "whose source lacks a secret",
      { sources: [{ ...source, ok: false, problem: "ACME_STRIPE_SECRET: set this secret" }] },
      /ACME_STRIPE_SECRET/,
    ],
    ["that is not ready", { ready: 503 }, /^error \/readyz/],
  ])("%s", async (_, given, said) => {
    expect((await examined(given))[0]).toMatch(said);
  });

  test("that does not answer", async () => {
    const silent: Fetch = async () => {
      throw new TypeError("fetch failed");
    };
    const target = { url: "https://hooks.acme.example", account: "acme", token: null };
    expect(await examineInstance(target, null, silent)).toMatchObject([{ code: "unreachable", level: "error" }]);
  });
});

describe("a deployed Worker", () => {
  const details = {
    ok: true,
    runtime: "cloudflare",
    region: "us",
    problems: [],
    warnings: [],
    accounts: [{ name: "acme", ok: true, sources: [{ name: "stripe", ok: true, adapter: "stripe" }] }],
  };
  const own = (status: number) => Response.json({ error: "method_not_allowed", message: "Send webhooks by POST." }, { status });

  async function examined(answers: {
    details?: () => Response;
    hook?: () => Response;
    health?: (path: string) => Response;
    stripe?: object;
  }) {
    const fetch: Fetch = async (url, init) => {
      expect(init.redirect).toBe("manual");
      if (url.includes("/hooks/")) return answers.hook?.() ?? own(405);
      expect(new Headers(init.headers).get("authorization")).toBe("Bearer token_of_operator");
      if (url.includes("/api/v1/accounts/")) return answers.health?.(new URL(url).pathname) ?? Response.json({ sources: {} });
      return answers.details?.() ?? Response.json(details);
    };
    const secrets = readSecrets(".dev.vars", "ADMIN_TOKEN=token_of_operator") ?? new Map();
    const worker = new URL("https://hooks.acme.example");
    const us = named
      .filter(({ name }) => name === "us")
      .map((environment) => ({
        ...environment,
        accounts: { acme: { region: "us", sources: { stripe: answers.stripe ?? {} } } },
      }));
    const common = { login: null, adapters: ADAPTERS };
    const inquiry = { environments: us, secrets, account: "nobody", sandbox: SANDBOX, worker, ...common };
    return (await examineOnline(inquiry, fetch)).map(({ code, level, text }) => ({ code, level, text }));
  }

  test("that has everything", async () => {
    expect(await examined({})).toEqual([]);
  });

  test("with a shard, which is looked at too, and whose problems are said once", async () => {
    const stripe = { name: "stripe", ok: false, problem: "ACME_STRIPE_SECRET: set this secret" };
    const account = (name: string, more: object = {}) => ({ name, ok: true, sources: [stripe], ...more });
    const health = (path: string) =>
      Response.json({ sources: path.endsWith("/acme.stripe") ? { stripe: { delivered: 100, anonymous: 82 } } : {} });
    const deployed = (accounts: readonly object[]) =>
      examined({ details: () => Response.json({ ...details, accounts }), health, stripe: { shard: true } });
    const anonymous = { code: "anonymous_events", text: expect.stringContaining("acme.stripe/stripe") };
    expect(await deployed([account("acme"), account("acme.stripe", { shardOf: "acme" })])).toMatchObject([
      { text: expect.stringContaining("source acme/stripe: ACME_STRIPE_SECRET") },
      anonymous,
    ]);
    expect(await deployed([account("acme")])).toMatchObject([
      { text: expect.stringContaining("source acme/stripe: ACME_STRIPE_SECRET") },
      { code: "wrong_url", text: expect.stringContaining("does not have acme.stripe") },
      anonymous,
    ]);
  });

  test.each([
    [19, 19, null],
    [100, 3, "ok"],
    [100, 82, "warning"],
  ] as const)("that delivered %d events, %d of them of unknown people", async (delivered, anonymous, level) => {
    const health = () => Response.json({ sources: { stripe: { delivered, anonymous } } });
    const said = level === "warning" ? /82 % of its events \(82 of 100\).*user_id_from/ : /acme\/stripe: 3 %/;
    expect(await examined({ health })).toEqual(
      level === null ? [] : [{ code: "anonymous_events", level, text: expect.stringMatching(said) }],
    );
  });

  test.each([
    ["refuses the token", { details: () => own(401) }, { code: "refused", level: "error" }],
    [
      "does not answer",
      {
        details: () => {
          throw new TypeError("fetch failed");
        },
      },
      { code: "unreachable" },
    ],
    ["is something else", { details: () => new Response("<html>", { status: 200 }) }, { code: "wrong_url" }],
    [
      "has not been deployed since",
      { details: () => Response.json({ ...details, accounts: [] }) },
      { text: expect.stringContaining("does not have acme") },
    ],
    [
      "lacks a secret",
      {
        details: () =>
          Response.json({
            ...details,
            accounts: [
              {
                name: "acme",
                ok: true,
                sources: [{ name: "stripe", ok: false, problem: "ACME_STRIPE_SECRET: set this secret" }],
              },
            ],
          }),
      },
      { text: expect.stringContaining("ACME_STRIPE_SECRET: set this secret") },
    ],
    [
      "is behind a sign-in",
      { hook: () => new Response("", { status: 302, headers: { location: "https://acme.cloudflareaccess.com" } }) },
      { text: expect.stringContaining("Cloudflare Access") },
    ],
    [
      "is behind a firewall",
      { hook: () => new Response("<html>", { status: 403 }) },
      { text: expect.stringContaining("vendors do not get through") },
    ],
    [
      "does not know the source",
      { hook: () => own(404) },
      { code: "wrong_url", text: expect.stringContaining("/hooks/acme/stripe is not found") },
    ],
  ])("that %s", async (_, answers, expected) => {
    expect((await examined(answers))[0]).toMatchObject(expected);
  });
});
