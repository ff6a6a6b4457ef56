import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import type { OperationAnswer } from "../../src/account/operation.ts";
import { OPERATION_NAMES, OPERATIONS } from "../../src/account/operations.ts";
import { createActivity } from "../../src/account/outbox/activity.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import { ENV, LOOPBACK, NOW, serve, signed, toLoopback, unsigned } from "./vendors.ts";

/** A local run, which has no token and serves both regions. */
const { REGION: _, ADMIN_TOKEN: __, ...rest } = ENV;
const LOCAL = { ...rest, ...proofBindings("local") };

const bearer = { authorization: `Bearer ${ENV.ADMIN_TOKEN}` };

/** All accounts and sources of it can be used. */
const { elsewhere: _elsewhere, acme } = ENV.ACCOUNTS;
const { unset: _unset, ...usable } = acme.sources;
const HEALTHY = { ...ENV, ACCOUNTS: { acme: { ...acme, sources: usable } } };

describe("/healthz", () => {
  test("says ok, and nothing else", async () => {
    const response = await serve({ env: HEALTHY }).get("/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ok: true });
  });

  test.each([
    ["an account", { ...HEALTHY, ACCOUNTS: { ...HEALTHY.ACCOUNTS, elsewhere: ENV.ACCOUNTS.elsewhere } }],
    ["a source", { ...HEALTHY, ACCOUNTS: { acme } }],
  ])("is 503 as soon as %s cannot be used", async (_, env) => {
    for (const path of ["/healthz", "/readyz"]) {
      const response = await serve({ env }).get(path);
      expect([response.status, await response.json()]).toEqual([503, { ok: false }]);
    }
  });

  test("is 503 if the Worker as a whole is misconfigured", async () => {
    const response = await serve({ env: { ...HEALTHY, TIME_SCALE: "2" } }).get("/healthz");
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ok: false });
  });
});

describe("/readyz", () => {
  const standing = (fields: object = {}) => ({
    sources: {},
    oldestPending: NOW - 3_600_000,
    drift: [],
    alerts: { on: false, open: [], unsent: 0 },
    hold: null,
    heldSources: [],
    failures: 0,
    ...{ dead: 0, conflicts: 0, waiting: 0, bytes: 0, activity: createActivity().current() },
    ...fields,
  });
  const ask = async (operate: () => Promise<OperationAnswer>) => {
    const app = serve({ env: HEALTHY, operate });
    const response = await app.get("/readyz");
    return [response.status, await response.json()];
  };
  const answering = (fields?: object) => ask(async () => ({ ok: true, value: JSON.stringify(standing(fields)) }));

  test("says ok while every account delivers", async () => {
    expect(await answering()).toEqual([200, { ok: true }]);
  });

  test.each([
    ["delivery is held", { hold: { reason: "key_refused", since: NOW } }],
    ["the oldest pending webhook is older than an hour", { oldestPending: NOW - 3_600_001 }],
  ])("is 503 while %s", async (_, fields) => {
    expect(await answering(fields)).toEqual([503, { ok: false }]);
  });

  test("is 503 where an account's object fails, moves, answers nonsense, or not in time", async () => {
    expect(await ask(() => Promise.reject(new Error("gone")))).toEqual([503, { ok: false }]);
    expect(await ask(async () => ({ ok: false, refusal: "compacting", problem: null }))).toEqual([503, { ok: false }]);
    expect(await ask(async () => ({ ok: true, value: "{}" }))).toEqual([503, { ok: false }]);
    const timers: (() => void)[] = [];
    const clock = {
      now: () => NOW,
      after: (_: number, call: () => void) => {
        timers.push(call);
        return () => {};
      },
    };
    const answer = Promise.resolve(serve({ env: HEALTHY, clock, operate: () => new Promise(() => {}) }).get("/readyz"));
    await vi.waitUntil(() => timers.length > 0);
    for (const call of timers) call();
    expect((await answer).status).toBe(503);
  });

  test("repeats for five seconds what the objects said: a stranger who asks costs no more", async () => {
    let asked = 0;
    const app = serve({
      env: HEALTHY,
      operate: async () => {
        asked += 1;
        return { ok: true, value: JSON.stringify(standing({ oldestPending: null })) };
      },
    });
    for (const _ of [1, 2, 3]) await app.get("/readyz");
    expect(asked).toBe(1);
    app.wait(5_001);
    await app.get("/readyz");
    expect(asked).toBe(2);
  });
});

describe("details", () => {
  test("name accounts, sources and problems, and no secret", async () => {
    const response = await serve().get("/healthz/details", bearer);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      ok: false,
      runtime: "cloudflare",
      region: "us",
      problems: [],
      warnings: [],
      accounts: [
        {
          name: "acme",
          ok: true,
          apiKey: true,
          region: "us",
          sources: expect.arrayContaining([{ name: "billing", ok: true, adapter: "billing" }]),
        },
        { name: "elsewhere", ok: false, problem: expect.any(String) },
      ],
    });
    for (const [name, value] of Object.entries(ENV)) {
      if (!/_SECRET|_KEY|_TOKEN/.test(name)) continue;
      for (const part of String(value).split(" ")) expect(text).not.toContain(part);
    }
  });

  test("list the problems of a misconfigured Worker", async () => {
    const response = await serve({ env: { ...ENV, TIME_SCALE: "2" } }).get("/healthz/details", bearer);
    expect(await response.json()).toMatchObject({ ok: false, problems: [expect.stringContaining("TIME_SCALE")] });
  });
});

describe("access", () => {
  const paths = ["/healthz/details", "/metrics"];
  const closed: readonly (readonly [string, object, Readonly<Record<string, string>>])[] = [
    ["refused without a token", ENV, {}],
    ["refused with another token", ENV, { authorization: `Bearer ${"0".repeat(40)}` }],
    ["refused with part of the token", ENV, { authorization: `Bearer ${ENV.ADMIN_TOKEN.slice(0, -1)}` }],
    ["refused with another scheme", ENV, { authorization: `Basic ${ENV.ADMIN_TOKEN}` }],
    ["refused with a malformed token", ENV, { authorization: "Bearer {}" }],
    ["refused if none is set", { ...ENV, ADMIN_TOKEN: undefined }, { authorization: "Bearer undefined" }],
    ["refused if the token is too short", { ...ENV, ADMIN_TOKEN: "short" }, { authorization: "Bearer short" }],
    ["refused if the token is empty", { ...ENV, ADMIN_TOKEN: "" }, { authorization: "Bearer " }],
    ["refused on a self-hosted Worker", { ...ENV, ...proofBindings("selfhost") }, {}],
  ];
  test.each(closed)("%s", async (_, env, headers) => {
    for (const path of paths) {
      const response = await serve({ env }).get(path, headers);
      expect([400, 401]).toContain(response.status);
      expect(await response.json()).toMatchObject({ error: "unauthorized" });
      expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
    }
  });

  test("is given with the token, and in a local run without one", async () => {
    for (const path of paths) {
      expect((await serve().get(path, bearer)).status).toBe(200);
      expect((await serve({ env: LOCAL }).get(path, {}, LOOPBACK)).status).toBe(200);
    }
  });

  test.each([
    { "x-forwarded-for": "203.0.113.7" },
    { "x-forwarded-host": "example.ngrok.app" },
    { forwarded: "for=203.0.113.7" },
    { "cf-connecting-ip": "203.0.113.7" },
  ])("is refused to a tunnel's requests (%j) in a local run, but webhooks are accepted", async (headers) => {
    for (const path of paths) expect((await serve({ env: LOCAL }).get(path, headers, LOOPBACK)).status).toBe(401);
    const guarded = serve({ env: { ...LOCAL, ADMIN_TOKEN: ENV.ADMIN_TOKEN } });
    expect((await guarded.get("/metrics", { ...headers, ...bearer }, LOOPBACK)).status).toBe(200);
    expect((await serve({ env: LOCAL }).send(toLoopback(await signed({ headers })))).status).toBe(200);
  });
});

describe("a token of an account", () => {
  const value = JSON.stringify({ sources: {}, oldestPending: null, hold: null, heldSources: [], failures: 0 });
  const app = (env: object = ENV) => serve({ env, operate: async () => ({ ok: true, value, changed: 1 }) });
  const by = (token: string) => ({ authorization: `Bearer ${token}` });
  const post = (account: string, token: string, path = "dead/discard") =>
    new Request(`https://worker.example/api/v1/accounts/${account}/${path}`, {
      method: "POST",
      headers: { ...by(token), "content-type": "application/json" },
      body: JSON.stringify({ all: true }),
    });

  test("reads its account; only the one that may operate it changes it", async () => {
    const worker = app();
    for (const token of [ENV.ACME_READ_TOKEN, ENV.ACME_OPERATE_TOKEN]) {
      expect((await app().get("/api/v1/accounts/acme/dead", by(token))).status).toBe(200);
    }
    expect((await worker.send(post("acme", ENV.ACME_OPERATE_TOKEN))).status).toBe(200);
    expect(worker.lines()).toMatchObject([{ outcome: "audit", by: "ACME_OPERATE_TOKEN", account: "acme" }]);
    for (const path of OPERATION_NAMES.flatMap((name) => (OPERATIONS[name].method === "POST" ? [OPERATIONS[name].path] : []))) {
      const answer = await worker.send(post("acme", ENV.ACME_READ_TOKEN, path.slice(1)));
      expect([answer.status, await answer.json()], path).toMatchObject([403, { type: "urn:tributary:forbidden" }]);
    }
    expect(worker.lines().filter(({ outcome }) => outcome === "audit").length).toBe(1);
    expect(worker.lines()).toContainEqual({ outcome: "forbidden" });
  });

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("that reads is refused %s too", async (method) => {
    const headers = by(ENV.ACME_READ_TOKEN);
    const request = new Request("https://worker.example/api/v1/accounts/acme/dead", { method, headers });
    expect((await app().send(request)).status).toBe(403);
  });

  test("opens no other account, whether there is one of that name or not", async () => {
    for (const token of [ENV.ELSEWHERE_READ_TOKEN, ENV.ELSEWHERE_OPERATE_TOKEN]) {
      const answers = await Promise.all(
        ["acme", "nobody", "ACME", "acme%20", "elsewhere%2f..%2facme"].map(async (account) => {
          const worker = app();
          const answer = await worker.get(`/api/v1/accounts/${account}`, by(token));
          expect(worker.accounts).toEqual([]);
          return [answer.status, await answer.text()];
        }),
      );
      expect(new Set(answers.map(String)).size).toBe(1);
      expect(answers[0]?.[0]).toBe(403);
      expect((await app().send(post("acme", token))).status).toBe(403);
    }
  });

  test("lists its own account alone, and asks for no other", async () => {
    const worker = app();
    const answer = await worker.get("/api/v1/accounts", by(ENV.ACME_READ_TOKEN));
    expect(await answer.json()).toMatchObject({ accounts: [{ name: "acme" }] });
    const other = app();
    expect(await (await other.get("/api/v1/accounts", by(ENV.ELSEWHERE_READ_TOKEN))).json()).toMatchObject({
      accounts: [{ name: "elsewhere", ok: false }],
    });
    expect([worker.accounts, other.accounts]).toEqual([["us/acme"], []]);
  });

  test("does not open what concerns all accounts", async () => {
    for (const token of [ENV.ACME_READ_TOKEN, ENV.ACME_OPERATE_TOKEN]) {
      for (const path of ["/metrics", "/healthz/details"]) expect((await app().get(path, by(token))).status).toBe(403);
    }
  });

  test.each([
    ["none", ENV, {}],
    ["another", ENV, by("0".repeat(40))],
    ["part of it", ENV, by(ENV.ACME_READ_TOKEN.slice(0, -1))],
    ["one that is no longer set", { ...ENV, ACME_READ_TOKEN: undefined }, by(ENV.ACME_READ_TOKEN)],
    ["one that was replaced", { ...ENV, ACME_READ_TOKEN: "9".repeat(40) }, by(ENV.ACME_READ_TOKEN)],
    ["one of an account that is gone", { ...ENV, ACCOUNTS: {} }, by(ENV.ACME_READ_TOKEN)],
    ["a short one", { ...ENV, ACME_READ_TOKEN: "short" }, by("short")],
    ["a demo value", { ...ENV, ACME_READ_TOKEN: "tributary_demo_".padEnd(40, "0") }, by("tributary_demo_".padEnd(40, "0"))],
    ["the secret of a source", ENV, by(ENV.ACME_CHAT_SECRET)],
  ])("is required: %s is refused", async (_, env, headers) => {
    const answer = await app(env).get("/api/v1/accounts/acme", headers);
    expect([answer.status, await answer.json()]).toMatchObject([401, { error: "unauthorized" }]);
  });
});

describe("the audit log", () => {
  const post = (path: string, body: object) =>
    new Request(`https://worker.example/api/v1/accounts/acme/${path}`, {
      method: "POST",
      headers: { ...bearer, "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  test("says who changed what, in which account and how many, and nothing of what was sent", async () => {
    const app = serve({ operate: async () => ({ ok: true, value: "{}", changed: 3 }) });
    await app.send(post("dead/discard", { text: "ada@example.com" }));
    await app.send(post("erase", { email: "ada@example.com", customerio: "none" }));
    const line = { outcome: "audit", by: "ADMIN_TOKEN", account: "acme", changed: 3 };
    expect(app.lines()).toEqual([
      { ...line, operation: "dead.discard" },
      { ...line, operation: "erase.start" },
    ]);
    expect(app.written.map(({ level }) => level)).toContain("info");
  });

  test("has no line for what changed nothing, or was refused", async () => {
    const answers: OperationAnswer[] = [
      { ok: true, value: "{}" },
      { ok: true, value: "{}", changed: 0 },
      { ok: false, refusal: "conflict", problem: "no" },
    ];
    for (const answer of answers) {
      const app = serve({ operate: async () => answer });
      await app.send(post("dead/replay", { all: true }));
      expect(app.lines()).toEqual([]);
    }
  });

  test("knows a local run without a token", async () => {
    const app = serve({ env: LOCAL, operate: async () => ({ ok: true, value: "{}", changed: 1 }) });
    await app.send(
      new Request(`${LOOPBACK}/api/v1/accounts/acme/conflicts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ number: 1, decision: "dismiss" }),
      }),
    );
    expect(app.lines()).toEqual([{ outcome: "audit", by: "local", account: "acme", operation: "conflicts.decide", changed: 1 }]);
  });
});

test("metrics count requests by outcome and events by result", async () => {
  const app = serve({
    accept: async (attempt) => {
      // The second one takes a second.
      if (attempt === 2) app.wait(1_000);
      return { kind: "stored", accepted: 3, duplicate: 2 };
    },
  });
  await app.send(signed());
  await app.send(signed());
  await app.send(unsigned({}));
  await app.send(unsigned({ path: "/hooks/nobody/x" }));
  await app.send(unsigned({ path: "/wp-login.php" }));
  await app.get("/metrics");
  const response = await app.get("/metrics", bearer);
  expect(response.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  const labels = 'account="acme",source="billing"';
  const bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "+Inf"];
  expect(await response.text()).toBe(
    `# TYPE tributary_requests counter
# HELP tributary_requests Requests by outcome, without successful requests for health and metrics.
tributary_requests_total{${labels},outcome="accepted"} 2
tributary_requests_total{${labels},outcome="unverified"} 1
tributary_requests_total{account="",source="",outcome="unknown_account"} 1
tributary_requests_total{account="",source="",outcome="unknown_route"} 1
tributary_requests_total{account="",source="",outcome="unauthorized"} 1
# TYPE tributary_events counter
# HELP tributary_events Vendor events of stored webhooks, by result.
tributary_events_total{${labels},result="accepted"} 6
tributary_events_total{${labels},result="duplicate"} 4
tributary_events_total{${labels},result="ignored"} 0
# TYPE tributary_acknowledged_seconds histogram
# UNIT tributary_acknowledged_seconds seconds
# HELP tributary_acknowledged_seconds Time until a stored webhook was acknowledged.
${bounds.map((le, index) => `tributary_acknowledged_seconds_bucket{${labels},le="${le}"} ${index < 7 ? 1 : 2}\n`).join("")}tributary_acknowledged_seconds_sum{${labels}} 1
tributary_acknowledged_seconds_count{${labels}} 2
# TYPE tributary_up gauge
# HELP tributary_up Whether the account's object answers in time.
tributary_up{account="acme"} 0
# EOF
`,
  );
});

test("a name of the configuration cannot break out of its label", async () => {
  const app = serve({ env: { ...ENV, ACCOUNTS: { 'a"} 1\n\\': {} } } });
  await app.send(unsigned({ path: `/hooks/${encodeURIComponent('a"} 1\n\\')}/billing` }));
  expect(await (await app.get("/metrics", bearer)).text()).toContain(
    '{account="a\\"} 1\\n\\\\",source="",outcome="unusable"} 1\n',
  );
});

test("every account is a set of metrics, in the format that scrapers parse", async () => {
  const activity = createActivity();
  for (const [status, calls] of [
    [503, 3],
    [200, 3],
    [200, 40],
  ] as const) {
    const answer = { kind: "status", status, retryAfter: null, detail: "" } as const;
    activity.sent({ at: 1, answer, calls, bytes: 100, isRetry: status === 200 && calls === 3 });
  }
  activity.sent({ at: 1, answer: { kind: "network", detail: "timeout" }, calls: 0, bytes: 1, isRetry: false });
  for (const lag of [-1, 100, 101, 100_000_000]) activity.delivered(lag);
  const counts = { received: 9, delivered: 1, pending: 2, ignored: 3, duplicate: 1, dead: 1, discarded: 1, late: 0, reasons: {} };
  const standing = {
    ...{
      sources: { billing: counts, chat: { ...counts, received: 10 } },
      oldestPending: NOW - 90_000,
      drift: [],
      alerts: { on: false, open: [], unsent: 0 },
    },
    ...{ hold: { reason: "no_key", since: NOW }, heldSources: ["chat"], failures: 2 },
    ...{ dead: 1, conflicts: 3, waiting: 2, bytes: 4096, activity: activity.current() },
  };
  const app = serve({ env: HEALTHY, operate: async () => ({ ok: true, value: JSON.stringify(standing) }) });
  await app.send(signed());
  const text = await (await app.get("/metrics", bearer)).text();
  const lines = text.split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'tributary_up{account="acme"} 1',
      'tributary_oldest_pending_seconds{account="acme"} 90',
      'tributary_held{account="acme",reason="no_key"} 1',
      'tributary_held_sources{account="acme"} 1',
      'tributary_ledger{account="acme",source="billing",state="pending"} 2',
      'tributary_ledger_balance{account="acme",source="billing"} 0',
      'tributary_ledger_balance{account="acme",source="chat"} 1',
      'tributary_answers_total{account="acme",status="200"} 2',
      'tributary_answers_total{account="acme",status="none"} 1',
      'tributary_retries_total{account="acme"} 1',
      'tributary_sent_bytes_total{account="acme"} 301',
      'tributary_batch_calls_bucket{account="acme",le="5.0"} 2',
      'tributary_batch_calls_bucket{account="acme",le="50.0"} 3',
      'tributary_batch_calls_count{account="acme"} 3',
      'tributary_delivery_lag_seconds_bucket{account="acme",le="0.1"} 2',
      'tributary_delivery_lag_seconds_bucket{account="acme",le="86400.0"} 3',
      'tributary_delivery_lag_seconds_bucket{account="acme",le="+Inf"} 4',
    ]),
  );
  // A family is described once, before its samples, and nothing stands between them.
  expect(text.endsWith("\n# EOF\n")).toBe(true);
  const families = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)\n((?:# (?:UNIT|HELP) \1 .*\n)+)((?:[^#].*\n)+)/gm)];
  expect(families.map(([whole]) => whole).join("")).toBe(text.replace("# EOF\n", ""));
  expect(new Set(families.map(([, name]) => name)).size).toBe(families.length);
  for (const [, name = "", type, , samples = ""] of families) {
    const suffix = { counter: "_total", gauge: "", histogram: "_(?:bucket|sum|count)" }[
      z.enum(["counter", "gauge", "histogram"]).parse(type)
    ];
    expect(samples, name).toMatch(new RegExp(`^(?:${name}${suffix}(?:\\{(?:\\w+="[^"\\n]*",?)+\\})? -?[\\d.e+-]+\\n)+$`));
    const keys = samples
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/ [^ ]*$/, ""));
    expect(new Set(keys).size, name).toBe(keys.length);
  }
});
