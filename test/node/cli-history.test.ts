/**
 * `backfill`, `recover` and `import` on the command line: what they say, what they save, and where they go on.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { silenceOf } from "../../src/cli/doctor/recovery.ts";
import { kindOf, readRecording } from "../../src/cli/history/recordings.ts";
import { createVendorClient } from "../../src/cli/history/vendor-client.ts";
import type { History } from "../../src/contract/history.ts";
import { type StandIn, standIn } from "../support/stand-ins/api.ts";
import { stripeApi } from "../support/stand-ins/stripe.ts";
import { runHere } from "./command-line.ts";

const DAY = 86_400_000;
const KEY = "rk_live_0123456789abcdef";
const folder = mkdtempSync(join(tmpdir(), "tributary-history-"));

const importSchema = z.object({
  source: z.string(),
  webhooks: z.array(
    z.object({ body: z.string(), headers: z.record(z.string(), z.string()).default({}), delivery: z.string().optional() }),
  ),
  dry_run: z.boolean().default(false),
});

/** A Worker that knows one source, and each event by the id in its body. */
interface FakeWorker {
  readonly kept: Map<string, number>;
  readonly taken: z.output<typeof importSchema>["webhooks"][number][];
  since: number | "unknown" | null;
  testEvents: "ignore" | "deliver";
  /** Answers that come in place of the Worker's own. */
  readonly failures: (number | "broken")[];
  fetch(url: URL, init: RequestInit): Response;
}

function fakeWorker(): FakeWorker {
  const counts = {
    received: 0,
    delivered: 0,
    ignored: 0,
    duplicate: 0,
    dead: 0,
    discarded: 0,
    late: 0,
    anonymous: 0,
    reasons: {},
    pending: 0,
  };
  const worker: FakeWorker = {
    kept: new Map(),
    taken: [],
    since: null,
    testEvents: "ignore",
    failures: [],
    fetch: (url, init) => {
      // One of its sources has an object of its own.
      if (!/\/accounts\/demo(\.events)?\//.test(url.pathname)) return Response.json({ detail: "none" }, { status: 404 });
      if (url.pathname.endsWith("/sources")) {
        const about = {
          adapter: "stripe",
          ok: true,
          problem: null,
          path: "/hooks/demo/stripe",
          publicUrl: null,
          takesPathToken: false,
        };
        const more = {
          secrets: 1,
          covers: "body",
          testEvents: worker.testEvents,
          people: "create",
          lastReceivedAt: null,
          gaps: null,
        };
        return Response.json({ sources: [{ name: "stripe", ...about, ...more, since: worker.since, counts }] });
      }
      const given = importSchema.parse(JSON.parse(String(init.body)));
      const ids = given.webhooks.map(({ body }) => String(Object(JSON.parse(body)).id));
      const fresh = ids.filter((id) => !worker.kept.has(id));
      const types = { "invoice.paid": fresh.length };
      const answer = {
        done: ids.length,
        stopped: null,
        accepted: fresh.length,
        duplicate: ids.length - fresh.length,
        ignored: 0,
        unreadable: 0,
      };
      if (!given.dry_run) {
        for (const id of ids) worker.kept.set(id, (worker.kept.get(id) ?? 0) + 1);
        worker.taken.push(...given.webhooks);
      }
      const failure = worker.failures.shift();
      if (failure === "broken") throw new TypeError("fetch failed");
      if (failure !== undefined) return Response.json({}, { status: failure });
      return Response.json({
        ...answer,
        may_trigger: 0,
        dry_run: given.dry_run,
        types,
        makes: { "Payment Succeeded": fresh.length },
        reasons: {},
        refused: [],
      });
    },
  };
  return worker;
}

let worker: FakeWorker;
let api: StandIn;

function paymentOf(number: number, days: number) {
  const created = Math.floor((Date.now() - days * DAY) / 1000);
  const invoice = { id: `in_${number}`, object: "invoice", created, livemode: true, status_transitions: { paid_at: created } };
  return { id: invoice.id, at: created * 1000, value: invoice };
}

beforeEach(() => {
  worker = fakeWorker();
  const invoices = Array.from({ length: 9 }, (_, number) => paymentOf(number, 40 + 10 * number));
  api = stripeApi({ lists: { invoices }, key: KEY, now: () => Date.now(), most: 100 });
  vi.stubGlobal("fetch", async (address: string | URL, init: RequestInit) => {
    const url = new URL(address);
    return url.host === "127.0.0.1:8787" ? worker.fetch(url, init) : api.fetch(url.href, init);
  });
  vi.stubEnv("STRIPE_API_KEY", KEY);
  vi.stubEnv("TRIBUTARY_PROGRESS", join(folder, String(Math.random())));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("backfill", () => {
  test("brings the past in once, and says what became of it", async () => {
    const done = await runHere("backfill", "stripe", "--since", "200d");
    expect(done).toMatchObject({ code: 0, errors: "" });
    expect(done.output).toContain("9 webhooks read: 9 events accepted, 0 duplicates, 0 ignored.");
    expect(done.output).toMatch(/What is made of them:\n {2}Payment Succeeded +9\n/);
    expect(done.output).toContain("--may-trigger tells it too");
    expect([...worker.kept.keys()].toSorted()).toEqual(Array.from({ length: 9 }, (_, number) => `invoice.paid:in_${number}`));
    const again = await runHere("backfill", "stripe", "--since", "2020-01-01");
    expect(again).toMatchObject({ code: 2, errors: expect.stringContaining("--again") });
  });

  test("keeps nothing in a dry run, in its own folder neither", async () => {
    const done = await runHere("backfill", "stripe", "--since", "2020-01-01", "--dry-run");
    expect(done.output).toContain("9 events would be accepted");
    expect(done.output).toContain("Nothing was kept");
    expect(worker.kept.size).toBe(0);
    expect(() => readdirSync(process.env.TRIBUTARY_PROGRESS ?? "")).toThrow("ENOENT");
  });

  test("goes on where it was interrupted, and its file tells nobody's secret", async () => {
    worker.failures.push(400);
    const broken = await runHere("backfill", "stripe", "--since", "2020-01-01");
    expect(broken).toMatchObject({ code: 1, errors: expect.stringContaining("The same command goes on from there") });
    const file = join(process.env.TRIBUTARY_PROGRESS ?? "", readdirSync(process.env.TRIBUTARY_PROGRESS ?? "")[0] ?? "");
    expect(readFileSync(file, "utf8")).not.toContain(KEY);
    expect(readFileSync(file, "utf8")).toMatch(/"stage":"past"/);
    expect(await runHere("backfill", "stripe", "--since", "2020-01-01")).toMatchObject({ code: 0 });
    expect(worker.kept.size).toBe(9);
    const finished = await runHere("backfill", "stripe", "--since", "2020-01-01");
    expect(finished).toMatchObject({ code: 0, errors: expect.stringContaining("It was finished") });
    writeFileSync(file, "{");
    expect(await runHere("backfill", "stripe", "--since", "2020-01-01")).toMatchObject({ code: 2 });
  });

  test("ends where webhooks begin, and asks where that is not known", async () => {
    worker.since = Date.now() - 75 * DAY;
    await runHere("backfill", "stripe", "--since", "2020-01-01");
    expect([...worker.kept.keys()].toSorted()).toEqual([4, 5, 6, 7, 8].map((number) => `invoice.paid:in_${number}`));
    worker.since = "unknown";
    expect(await runHere("backfill", "stripe", "--since", "2020-01-01", "--again")).toMatchObject({
      ...{ code: 2, errors: expect.stringContaining("--until") },
    });
  });

  test("says which variable is missing, and that a key is one of the other mode", async () => {
    vi.stubEnv("STRIPE_API_KEY", "");
    expect((await runHere("backfill", "stripe", "--since", "90d")).errors).toContain("STRIPE_API_KEY is not set");
    vi.stubEnv("STRIPE_API_KEY", "sk_test_0123456789abcdef");
    expect((await runHere("backfill", "stripe", "--since", "90d")).errors).toContain("test data");
    vi.stubEnv("STRIPE_API_KEY", "rk_live_wrong");
    const wrong = await runHere("backfill", "stripe", "--since", "90d");
    expect([wrong.code, wrong.errors]).toEqual([2, expect.stringContaining("401")]);
    expect(wrong.errors).not.toContain("rk_live_wrong");
    expect((await runHere("backfill", "strip", "--since", "90d")).errors).toContain("stripe");
  });

  test("says where a source is that has an object of its own", async () => {
    const { code, errors } = await runHere("backfill", "events", "--since", "90d");
    expect([code, errors]).toEqual([2, expect.stringContaining("use --account demo.events")]);
  });
});

describe("import", () => {
  const lines = ["evt_1", "evt_2", "evt_3"].map((id) => JSON.stringify({ id, object: "event" }));

  test("takes a file once, and goes on behind what was kept", async () => {
    const path = join(folder, "events.jsonl");
    writeFileSync(path, [...lines, "no JSON", ""].join("\n"));
    worker.failures.push(400);
    expect(await runHere("import", "stripe", path)).toMatchObject({
      code: 1,
      errors: expect.stringContaining("goes on behind them"),
    });
    const done = await runHere("import", "stripe", path);
    expect([done.code, done.output]).toEqual([1, expect.stringContaining("4 webhooks read")]);
    expect(worker.kept.size).toBe(3);
    expect(await runHere("import", "stripe", path)).toMatchObject({
      code: 0,
      errors: expect.stringContaining("It was imported"),
    });
  });

  test("unpacks a file, and adds what a vendor says in a header", async () => {
    const path = join(folder, "events.jsonl.gz");
    writeFileSync(path, gzipSync(lines.join("\n")));
    expect(await runHere("import", "stripe", path, "--header", "X-Topic: orders/create")).toMatchObject({ code: 0 });
    expect(worker.taken.map(({ headers }) => headers)).toEqual(
      lines.map(() => ({ "content-type": "application/json", "x-topic": "orders/create" })),
    );
  });
});

describe("a recorded webhook", () => {
  const event = { id: "evt_1", object: "event" };

  test.each([
    [
      "recorded",
      { headers: { "X-Topic": "a", "X-Signature": "s" }, body: '{"a":1}' },
      { headers: { "x-topic": "a" }, body: '{"a":1}' },
    ],
    ["recorded", { body: "AQI=", isBase64Encoded: true }, { encoding: "base64", body: "AQI=" }],
    [
      "hookdeck",
      { id: "evt_x", data: { headers: { "webhook-id": "msg_1" }, query: "a=1", parsed_query: { a: "1" }, body: event } },
      { delivery: "msg_1", query: { a: "1" }, body: JSON.stringify(event) },
    ],
    [
      "svix",
      { id: "msg_1", eventType: "user.created", timestamp: "2026-11-29T12:00:00.000Z", payload: { a: 1 } },
      { delivery: "msg_1", body: '{"a":1}' },
    ],
    [
      "bodies",
      { type: "track", messageId: "m", event: "Signed Up" },
      { body: '{"type":"track","messageId":"m","event":"Signed Up"}' },
    ],
  ] as const)("of the kind %s is recognised", (kind, line, webhook) => {
    expect(kindOf(line)).toBe(kind);
    expect(readRecording(kind, line)).toMatchObject(webhook);
  });

  test("is nothing else, and brings no proof along", () => {
    expect([kindOf("text"), kindOf(1), kindOf(null)]).toEqual([null, null, null]);
    const headers = {
      authorization: "Bearer x",
      cookie: "y",
      "stripe-signature": "z",
      "x-shopify-hmac-sha256": "h",
      "x-topic": ["a", "b"],
    };
    expect(readRecording("recorded", { headers, body: "{}" })?.headers).toEqual({ "x-topic": "a" });
  });
});

describe("a vendor's API", () => {
  const history = { hosts: ["api.example.com"], pace: { requests: 2, seconds: 1 } };
  const whole: History = { ...history, credentials: {}, people: [], past: [], notes: { ids: "", lacks: "" } };

  function clientOf(answer: () => Response) {
    let now = 0;
    const waits: number[] = [];
    const vendor = standIn("api.example.com", answer);
    const client = createVendorClient(
      whole,
      {},
      {
        fetch: vendor.fetch,
        now: () => now,
        wait: async (milliseconds) => {
          waits.push(milliseconds);
          now += milliseconds;
        },
      },
    );
    const ask = (path = "/") => client.ask({ host: "api.example.com", path, headers: {} });
    return { ask, waits, vendor, elapsed: () => now };
  }

  test("is asked no faster than it allows", async () => {
    const { ask, elapsed } = clientOf(() => Response.json({}));
    for (let count = 0; count < 11; count += 1) await ask();
    expect(elapsed()).toBe(5_000);
  });

  test("is asked again when it says so, and not for ever", async () => {
    const { ask, waits, vendor } = clientOf(() => Response.json({ done: true }));
    vendor.faults.push(
      { status: 429, retryAfter: "7" },
      { status: 429, retryAfter: new Date(20_000).toUTCString() },
      { status: 502 },
    );
    expect(await ask()).toMatchObject({ kind: "answer", answer: { body: { done: true } } });
    expect(waits.slice(0, 1)).toEqual([7_000]);
    vendor.faults.push(...Array.from({ length: 8 }, () => ({ status: 429 })));
    expect(await ask()).toEqual({ kind: "failed", problem: "api.example.com answers 429 to /, 8 times" });
  });

  test("is not asked elsewhere", async () => {
    const { ask } = clientOf(() => Response.json({}));
    await expect(ask("//evil.example/")).rejects.toThrow("must stay on its host");
    await expect(ask("https://evil.example/")).rejects.toThrow("must stay on its host");
  });
});

describe("the doctor", () => {
  const receipts = { account: "acme", name: "shop", isRecoverable: true };
  const MINUTE = 60_000;
  const now = Date.UTC(2026, 10, 29, 12);

  test("says that recovery is due where a source is silent for longer than ever", () => {
    const gaps = { from: now - 300 * MINUTE, until: now - 290 * MINUTE, next: 9 * MINUTE };
    const silent = silenceOf({ ...receipts, lastReceivedAt: now - 120 * MINUTE, gaps }, now);
    expect(silent?.text).toBe(
      "source acme/shop has received nothing since 2026-11-29T10:00:00.000Z; otherwise it was never silent for longer than 10 minutes. To fetch what the vendor may have sent: npx tributary recover shop --since 2026-11-29T10:00:00.000Z --dry-run",
    );
    expect(silenceOf({ ...receipts, lastReceivedAt: now - 59 * MINUTE, gaps }, now)).toBeNull();
    expect(silenceOf({ ...receipts, lastReceivedAt: now - 2 * DAY, gaps: null }, now)).toBeNull();
  });

  test("says so of a silence that is over", () => {
    const gaps = { from: now - 600 * MINUTE, until: now - 300 * MINUTE, next: 10 * MINUTE };
    const over = silenceOf({ ...receipts, isRecoverable: false, lastReceivedAt: now - MINUTE, gaps }, now);
    expect(over?.text).toContain("from 2026-11-29T02:00:00.000Z to 2026-11-29T07:00:00.000Z");
    expect(over?.text).toContain("log of deliveries");
    expect(silenceOf({ ...receipts, lastReceivedAt: now - MINUTE, gaps: { ...gaps, next: 100 * MINUTE } }, now)).toBeNull();
  });
});
