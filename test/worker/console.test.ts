/**
 * The operator's API, over the real account object.
 */
import { env, exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { OPERATIONS, type OperationName } from "../../src/account/operations.ts";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config/load.ts";
import type { AccountState } from "../../src/config/model.ts";
import { PROOF_KEY, PROOF_TEXT } from "../../src/config/proof.ts";
import { accountMetrics, openConflicts } from "../../src/console/account-metrics.ts";
import { askAll } from "../../src/console/readiness.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { accountOf } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";

const BASE = "http://127.0.0.1:8787";
const stripe = ADAPTERS.get("stripe");

const get = (path: string): Promise<Response> => exports.default.fetch(new Request(BASE + path));
const post = (path: string, body: unknown, type = "application/json"): Promise<Response> =>
  exports.default.fetch(
    new Request(BASE + path, { method: "POST", headers: { "content-type": type }, body: JSON.stringify(body) }),
  );

/** Sends an event that Stripe would never send: its customer has no id. */
async function sendBroken(id: string): Promise<void> {
  const configured = stripe?.configure({});
  if (!stripe || !configured?.ok) throw new Error("there is no such adapter");
  const event = {
    id,
    object: "event",
    type: "customer.created",
    created: 1_795_000_000,
    livemode: true,
    data: { object: { object: "customer", id: {} } },
  };
  const url = `${BASE}/hooks/demo/stripe`;
  const { verifier } = configured.adapter;
  const request = await verifier.sign(
    {
      method: "POST",
      url,
      headers: new Headers(),
      query: new URLSearchParams(),
      pathToken: null,
      body: utf8Bytes(JSON.stringify(event)),
    },
    stripe.secret.demo,
    Date.now(),
  );
  const answer = await exports.default.fetch(new Request(url, { method: "POST", headers: request.headers, body: request.body }));
  expect(await answer.json()).toEqual({ accepted: 1, duplicate: 0, ignored: 0 });
  await vi.waitUntil(async () => (await found(id)).total === 1, { timeout: 10_000, interval: 20 });
}

const page = z.object({
  letters: z.array(z.looseObject({ number: z.number(), id: z.string(), reason: z.string(), detail: z.string() })),
  total: z.number(),
  next: z.string().nullable(),
});
const found = async (text: string) => page.parse(await answered("dead.list", `/api/v1/accounts/demo/dead?text=${text}`));

/** An answer, which is exactly what the table of operations says. */
async function answered(name: OperationName, path: string): Promise<unknown> {
  const answer = await (await get(path)).json();
  expect(OPERATIONS[name].output().parse(answer)).toEqual(answer);
  return answer;
}

const balance = z.object({ discarded: z.number(), dead: z.number() });
async function balanceOfStripe(): Promise<z.output<typeof balance>> {
  const health = z
    .looseObject({ sources: z.record(z.string(), z.unknown()) })
    .parse(await answered("health", "/api/v1/accounts/demo"));
  return balance.parse(health.sources.stripe ?? { discarded: 0, dead: 0 });
}

describe("dead letters", () => {
  test("are listed, shown with their webhook, replayed and discarded", async () => {
    // Other tests use the same account.
    const before = await balanceOfStripe();
    await sendBroken("evt_broken_1");
    const [letter] = (await found("evt_broken_1")).letters;
    expect(letter).toMatchObject({ source: "stripe", type: "customer.created", reason: "schema" });
    expect(letter?.detail).toContain("id");

    const shown = z
      .looseObject({ body: z.string(), headers: z.record(z.string(), z.string()) })
      .parse(await answered("dead.show", `/api/v1/accounts/demo/dead/${letter?.number}`));
    expect(atob(shown.body)).toContain("evt_broken_1");
    expect(shown.headers).not.toHaveProperty("stripe-signature");

    expect(await (await post("/api/v1/accounts/demo/dead/replay", { numbers: [letter?.number] })).json()).toEqual({ moved: 1 });
    // Nothing was fixed: it dies again, under another number.
    await vi.waitUntil(async () => (await found("evt_broken_1")).letters.some(({ number }) => number !== letter?.number), {
      timeout: 10_000,
      interval: 20,
    });
    expect(await (await post("/api/v1/accounts/demo/dead/discard", { text: "evt_broken_1" })).json()).toEqual({ moved: 1 });
    expect((await found("evt_broken_1")).total).toBe(0);

    const after = await balanceOfStripe();
    expect(after).toEqual({ discarded: before.discarded + 1, dead: before.dead });
  });
});

describe("the identity book", () => {
  test("is seeded and read", async () => {
    const rows = [{ vendor: "stripe", kind: "customer", id: "cus_console", email: "ada@example.com", user_id: "u_console" }, {}];
    const filled = z
      .object({ written: z.number(), refused: z.array(z.looseObject({ index: z.number() })) })
      .parse(await (await post("/api/v1/accounts/demo/identities", { rows })).json());
    expect(filled).toMatchObject({ written: 3, refused: [{ index: 1 }] });
    const all: unknown[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const page: { readonly rows: unknown[]; readonly next: string | null } = z
        .object({ rows: z.array(z.unknown()), next: z.string().nullable() })
        .parse(await (await get(`/api/v1/accounts/demo/identities?cursor=${encodeURIComponent(after)}`)).json());
      all.push(...page.rows);
      after = page.next;
    }
    expect(all).toContainEqual(expect.objectContaining({ source: "stripe", id: "cus_console", user_id: "u_console" }));
  });

  test("a row that is nested too deeply is refused like any other bad row", async () => {
    const depth = 50_000;
    const answer = await exports.default.fetch(
      new Request(`${BASE}/api/v1/accounts/demo/identities`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: `{"rows":[${"[".repeat(depth)}${"]".repeat(depth)}]}`,
      }),
    );
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ written: 0, refused: [{ index: 0 }] });
  });

  test("a pull without an API key is refused with advice", async () => {
    const answer = await post("/api/v1/accounts/demo/identities/pull", { source: "stripe", page: null });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain("API key");
    expect((await post("/api/v1/accounts/demo/identities/pull", { source: "nobody", page: null })).status).toBe(409);
  });

  test("a body that is not a page of rows is refused", async () => {
    const path = "/api/v1/accounts/demo/identities";
    expect((await post(path, { rows: [] })).status).toBe(400);
    expect((await post(path, { rows: Array.from({ length: 1_001 }, () => ({})) })).status).toBe(400);
    expect((await post(path, { rows: [{ id: "x".repeat(3_000_000) }] })).status).toBe(413);
    expect((await post(path, { rows: [{}] }, "text/plain")).status).toBe(415);
    expect((await post(`${path}/pull`, { source: "stripe" })).status).toBe(400);
    expect((await get(`${path}?cursor=elsewhere/x`)).status).toBe(400);
  });
});

describe("access", () => {
  test.each([
    ["/api/v1/accounts/nobody", 404],
    ["/api/v1/accounts/demo/dead/0", 404],
    ["/api/v1/accounts/demo/dead/x", 404],
    ["/api/v1/accounts/demo/dead?reason=nonsense", 400],
    ["/api/v1/accounts/demo/dead?cursor=-1", 400],
    ["/api/v1/accounts/demo/dead?since=", 400],
    ["/api/v1/accounts/demo/dead?since=yesterday", 400],
    ["/api/v1/accounts/demo/dead?source=stripe&source=shopify", 400],
    ["/api/v1/accounts/demo/dead?cursor=0&source=stripe&type=x&reason=schema&since=0&before=1&text=x", 200],
    ["/api/v1/accounts/demo", 200],
  ])("%s is %i", async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  test.each([
    ["", "No filter is known here."],
    ["dead", "Each at most once: source, id, type, reason, since, before, text, cursor."],
    ["dead/1", "No filter is known here."],
    ["identities", "cursor, alone: take it from the page before."],
    ["erase", "No filter is known here."],
  ])("%s refuses an unknown filter", async (path, message) => {
    for (const filter of ["sorce=stripe", "SOURCE=stripe", "all=true", "__proto__=x", "constructor=x", "%1b%5d52=x"]) {
      const answer = await get(`/api/v1/accounts/demo/${path}?${filter}`);
      expect([answer.status, await answer.json()], filter).toMatchObject([400, { error: "bad_query", detail: message }]);
    }
  });

  test.each(["dead/replay", "dead/discard", "erase", "compact", "identities", "identities/pull"])(
    "a request that a page of another origin can send to %s is refused",
    async (path) => {
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]) {
        expect((await post(`/api/v1/accounts/demo/${path}`, { all: true }, type)).status, type).toBe(415);
      }
    },
  );

  test.each(["dead/replay", "dead/discard"])('%s without a filter needs "all": true', async (path) => {
    const url = `/api/v1/accounts/demo/${path}`;
    for (const body of [{}, { all: false }, { all: "true" }, { everything: true }, [], null, "all"]) {
      expect((await post(url, body)).status, JSON.stringify(body)).toBe(400);
    }
    expect((await post(url, { source: "no-such-source" })).status).toBe(200);
    expect((await post(url, { all: true, before: 1 })).status).toBe(200);
    expect((await post(url, { text: "x".repeat(100_000) })).status).toBe(413);
  });

  test("compact accepts only an empty object", async () => {
    for (const body of [[], null, "", { now: true }]) {
      expect((await post("/api/v1/accounts/demo/compact", body)).status, JSON.stringify(body)).toBe(400);
    }
    const headers = { "content-type": "application/json" };
    const bare = new Request(`${BASE}/api/v1/accounts/demo/compact`, { method: "POST", headers });
    expect((await exports.default.fetch(bare)).status).toBe(400);
  });

  test("outside local runs it accepts only the admin token", async () => {
    const vars = Object.fromEntries(Object.entries(env).filter(([name]) => name !== PROOF_KEY && name !== PROOF_TEXT));
    const token = "a".repeat(40);
    const app = createApp({
      accountObject: () => {
        throw new Error("no request should get this far");
      },
      write: () => {},
    });
    const ask = (authorization?: string) =>
      app.fetch(new Request(`${BASE}/api/v1/accounts/demo`, authorization ? { headers: { authorization } } : {}), {
        ...vars,
        ADMIN_TOKEN: token,
      });
    expect((await ask()).status).toBe(401);
    expect((await ask("Bearer wrong")).status).toBe(401);
    // The demo account is of no use there; the door itself was open.
    expect([404, 503]).toContain((await ask(`Bearer ${token}`)).status);
  });
});

describe("conflicts", () => {
  test("that are open are counted in the details of health and in the metrics, account by account", async () => {
    const metrics = await (await get("/metrics")).text();
    expect(metrics).toContain("# TYPE tributary_conflicts gauge\n");
    expect(metrics).toMatch(/^tributary_conflicts\{account="demo"\} \d+$/m);
    expect(metrics).toMatch(/^tributary_ledger\{account="demo",source="stripe",state="discarded"\} [1-9]\d*$/m);
    const balances = [...metrics.matchAll(/^tributary_ledger_balance\{.*\} (.*)$/gm)].map(([, value]) => value);
    expect(balances.length).toBeGreaterThan(0);
    expect(new Set(balances)).toEqual(new Set(["0"]));
    const details = z.object({ accounts: z.array(z.object({ name: z.string(), conflicts: z.number().nullable() })) });
    const { accounts } = details.parse(await (await get("/healthz/details")).json());
    expect(accounts).toContainEqual({ name: "demo", conflicts: expect.any(Number) });
  });

  test("of an account that fails or does not answer hide nothing of the others", async () => {
    const account = accountOf([]);
    const accounts = new Map<string, AccountState>([["bad", { ok: false, problem: "" }]]);
    for (const name of ["good", "broken", "moving", "slow"]) accounts.set(name, { ok: true, account: { ...account, name } });
    const config = { ...readConfig({}, new Map()), accounts };
    const health = await (await get("/api/v1/accounts/demo")).json();
    const value = JSON.stringify({ ...z.record(z.string(), z.unknown()).parse(health), conflicts: 3 });
    let timeOut = (): void => {};
    const after = (_: number, call: () => void): (() => void) => {
      timeOut = call;
      return () => {};
    };
    const asking = askAll(
      config,
      ({ name }) => ({
        operate: async () => {
          if (name === "broken") throw new Error("the object is gone");
          if (name === "slow") return new Promise<never>(() => {});
          return name === "good" ? { ok: true, value } : { ok: false, refusal: "compacting", problem: null };
        },
      }),
      after,
    );
    timeOut();
    const standings = await asking;
    expect([...standings].map(([name, standing]) => [name, standing !== null])).toEqual([
      ["good", true],
      ["broken", false],
      ["moving", false],
      ["slow", false],
    ]);
    const counts = openConflicts(standings);
    expect([...counts]).toEqual([["good", 3]]);
    const metrics = accountMetrics({ standings, leftOut: 0, isReached: null }, Date.now());
    expect(metrics).toContain('\ntributary_conflicts{account="good"} 3\n');
    expect([...metrics.matchAll(/^tributary_up\{account="(\w+)"\} (\d)$/gm)].map(([, name, up]) => [name, up])).toEqual([
      ["good", "1"],
      ["broken", "0"],
      ["moving", "0"],
      ["slow", "0"],
    ]);
    expect(metrics.match(/account="(broken|moving|slow)"/g)).toHaveLength(3);
    expect(accountMetrics({ standings: new Map(), leftOut: 0, isReached: null }, 0)).toBe("");
  });
});
