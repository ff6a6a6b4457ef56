import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestHarness, type TestHarness } from "wrangler";
import * as z from "zod";
import { BATCH_LIMIT, CALL_LIMIT } from "../../src/sandbox/calls.ts";

let sandbox: TestHarness;

function workers(vars: Record<string, string>): { configPath: string; vars: Record<string, string> }[] {
  return [{ configPath: fileURLToPath(new URL("../../src/sandbox/wrangler.toml", import.meta.url)), vars }];
}

beforeAll(async () => {
  sandbox = createTestHarness({ workers: workers({}) });
  await sandbox.listen();
});

afterAll(() => sandbox?.close());

beforeEach(async () => {
  await ask("/_sandbox/calls", { method: "DELETE" });
  await ask("/_sandbox/faults", { method: "DELETE" });
});

interface Request {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const ask = (path: string, request: Request = {}) => sandbox.fetch(path, { redirect: "manual", ...request });
const json = async (path: string, request: Request = {}): Promise<unknown> => (await ask(path, request)).json();
const basic = (user: string, password = "") => `Basic ${btoa(`${user}:${password}`)}`;

interface Post {
  readonly key?: string;
  readonly authorization?: string;
  readonly mode?: string;
}

function post(path: string, body: unknown, { key = "key", authorization = basic(key), mode = "1" }: Post = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return ask(path, { method: "POST", headers: { authorization, "x-strict-mode": mode }, body: text });
}

const callList = z.strictObject({
  calls: z.array(
    z.strictObject({
      seq: z.int(),
      region: z.string(),
      path: z.string(),
      key: z.string(),
      receivedAt: z.iso.datetime(),
      event: z.looseObject({ type: z.string() }),
    }),
  ),
});
const callsBy = async (query = "") => callList.parse(await json(`/_sandbox/calls?${query}`)).calls;

const peopleList = z.strictObject({
  people: z.array(z.looseObject({ events: z.array(z.unknown()) })),
  anonymous: z.array(z.unknown()),
  objects: z.array(z.unknown()),
  failures: z.array(z.unknown()),
});
const peopleBy = async (query = "") => peopleList.parse(await json(`/_sandbox/people?${query}`));

const put = (fault: object) => json("/_sandbox/faults", { method: "PUT", body: JSON.stringify(fault) });
const track = { type: "track", userId: "u1", event: "E" };
const statuses = async (answers: readonly ReturnType<typeof ask>[]) =>
  (await Promise.all(answers)).map((answer) => answer.status);

describe("the Pipelines API", () => {
  test("takes calls of both regions and answers {}", async () => {
    const answer = await post("/us/v1/identify", { userId: "u1", traits: { plan: "pro" } });
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([200, "application/json", "{}"]);
    await post("/eu/v1/batch", { batch: [track, { ...track, event: "F" }] }, { key: "other" });

    const calls = await callsBy();
    expect(calls).toMatchObject([
      { region: "us", path: "/v1/identify", key: "key", event: { type: "identify", userId: "u1", traits: { plan: "pro" } } },
      { region: "eu", path: "/v1/batch", key: "other", event: track },
      { region: "eu", path: "/v1/batch", key: "other", event: { event: "F" } },
    ]);
    const first = calls[0]?.seq ?? 0;
    expect(calls.map((call) => call.seq)).toEqual([first, first + 1, first + 2]);
    expect(calls[1]?.receivedAt).toBe(calls[2]?.receivedAt);
  });

  test("strict mode says what is wrong and takes nothing of it", async () => {
    const answers = await Promise.all([
      post("/us/v1/track", { userId: "u1" }),
      post("/us/v1/track", "no JSON"),
      post("/us/v1/batch", { batch: [track, { ...track, userId: "" }] }),
      post("/us/v1/track", track, { key: "invalid-key" }),
      post("/us/v1/track", track, { authorization: basic("key", "password") }),
      post("/us/v1/track", track, { authorization: "Basic key" }),
      post("/us/v1/track", track, { authorization: "Bearer key" }),
      post("/us/v1/track", { ...track, x: "y".repeat(CALL_LIMIT) }),
      post("/us/v1/batch", { batch: [{ ...track, x: "y".repeat(CALL_LIMIT) }] }),
      post("/us/v1/batch", { batch: Array.from({ length: 20 }, () => ({ ...track, x: "y".repeat(30_000) })) }),
      post("/us/v1/batch", "x".repeat(5_000_000)),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400, 401, 401, 401, 401, 413, 413, 413, 413]);
    for (const answer of answers) expect(await answer.json()).toEqual({ meta: { errors: [expect.any(String)] } });
    expect(await callsBy()).toEqual([]);
  });

  test.each(["0", "true", ""])("any other mode (%j) answers 200 and throws away what is wrong", async (mode) => {
    const answers = await statuses([
      post("/us/v1/track", { userId: "u1" }, { mode }),
      post("/us/v1/track", "no JSON", { mode }),
      post("/us/v1/track", track, { mode, key: "invalid-key" }),
      post("/us/v1/track", { ...track, x: "y".repeat(CALL_LIMIT) }, { mode }),
      post("/us/v1/batch", { batch: [{ ...track, userId: "" }, track] }, { mode }),
    ]);
    expect(answers).toEqual([200, 200, 200, 200, 200]);
    expect(await callsBy()).toMatchObject([{ event: track }]);
  });

  test("limits are inclusive and count bytes", async () => {
    const single = (bytes: number) =>
      JSON.stringify({ ...track, x: "" }).replace('""', `"${"y".repeat(bytes - JSON.stringify({ ...track, x: "" }).length)}"`);
    const item = single(30_000);
    const batch = (bytes: number) => {
      const full = `{"batch":[${Array.from({ length: 17 }, () => item).join(",")}`;
      return `${full}]${" ".repeat(bytes - full.length - 2)}}`;
    };
    const answers = await statuses([
      post("/us/v1/track", single(CALL_LIMIT)),
      post("/us/v1/track", single(CALL_LIMIT + 1)),
      post("/us/v1/track", single(CALL_LIMIT - 1).replace("yy", "éé")),
      post("/us/v1/batch", batch(BATCH_LIMIT)),
      post("/us/v1/batch", batch(BATCH_LIMIT + 1)),
    ]);
    expect(answers).toEqual([200, 413, 413, 200, 413]);
  });

  test("other paths are 404, other methods 405", async () => {
    const other = await ask("/us/v1/track");
    expect([other.status, other.headers.get("allow")]).toEqual([405, "POST"]);
    const answers = [
      ask("/eu/v1/batch", { method: "PUT" }),
      ask("/_sandbox/calls", { method: "POST" }),
      ask("/_sandbox/faults", { method: "POST" }),
      ask("/_sandbox/people", { method: "DELETE" }),
      ask("/us/v1/delete", { method: "POST" }),
      ask("/us/v1/batch/", { method: "POST" }),
      ask("/v1/batch", { method: "POST" }),
      ask("/asia/v1/batch", { method: "POST" }),
      ask("/"),
    ];
    expect(await statuses(answers)).toEqual([405, 405, 405, 405, 404, 404, 404, 404, 404]);
  });

  test("the real host names choose the region, and nothing but the API is there", async () => {
    const hosts = ["https://cdp.customer.io", "https://cdp-eu.customer.io"];
    expect(await statuses(hosts.map((host) => post(`${host}/v1/track`, track)))).toEqual([200, 200]);
    expect(await statuses(hosts.map((host) => post(`${host}/eu/v1/track`, track)))).toEqual([404, 404]);
    expect(await statuses(hosts.map((host) => ask(`${host}/_sandbox/calls`)))).toEqual([404, 404]);
    const calls = await callsBy();
    expect(calls.map((call) => `${call.region} ${call.path}`).sort()).toEqual(["eu /v1/track", "us /v1/track"]);
  });
});

test("its own side is shown to this machine alone, under no name that a page of the web can own", async () => {
  const paths = ["/_sandbox/calls", "/_sandbox/people", "/_sandbox/faults", "/_sandbox/calls/wait?count=0"];
  const others = ["http://attacker.example", "http://localhost.attacker.example:8788", "http://10.0.0.1"];
  for (const other of others) {
    expect(await statuses(paths.map((path) => ask(other + path)))).toEqual(paths.map(() => 403));
    expect((await ask(`${other}/_sandbox/calls`, { method: "DELETE" })).status).toBe(403);
  }
  for (const own of ["http://127.0.0.1:8787", "http://localhost:8788", "http://[::1]:8788"]) {
    expect(await statuses(paths.map((path) => ask(own + path)))).toEqual(paths.map(() => 200));
  }
});

describe("the look-up of the region", () => {
  const look = (authorization: string) => json("/api/v1/accounts/region", { headers: { authorization } });

  test("answers by the site id", async () => {
    expect(await look(basic("site", "key"))).toEqual({
      url: "https://track.customer.io",
      region: "us",
      data_center: "us",
      environment_id: 1,
    });
    expect(await look(basic("eu-site", "key"))).toMatchObject({ url: "https://track-eu.customer.io", region: "eu" });
  });

  test.each([basic("site"), basic("", "key"), basic("invalid", "key"), "Bearer key"])("refuses %s", async (authorization) => {
    expect((await ask("/api/v1/accounts/region", { headers: { authorization } })).status).toBe(401);
  });
});

describe("the calls", () => {
  test("are read by region, from a sequence number on, and as many as asked for", async () => {
    for (const region of ["us", "eu", "us"]) await post(`/${region}/v1/track`, track);
    const first = (await callsBy())[0]?.seq ?? 0;
    const seqs = async (query: string) => (await callsBy(query)).map((call) => call.seq - first);
    expect(await seqs("")).toEqual([0, 1, 2]);
    expect(await seqs("region=us")).toEqual([0, 2]);
    expect(await seqs(`after=${first}`)).toEqual([1, 2]);
    expect(await seqs("limit=2")).toEqual([0, 1]);
    expect(await seqs("region=eu&limit=0")).toEqual([]);
  });

  test("are cleared with the people they made, and their numbers are never used again", async () => {
    await post("/us/v1/track", track);
    const [before] = await callsBy();
    expect((await peopleBy()).people).toHaveLength(1);
    expect(await json("/_sandbox/calls", { method: "DELETE" })).toEqual({ cleared: 1 });
    expect((await peopleBy()).people).toEqual([]);
    await post("/us/v1/track", track);
    expect((await callsBy())[0]?.seq).toBe((before?.seq ?? 0) + 1);
  });

  test("come in any number", async () => {
    const batch = Array.from({ length: 400 }, (_, index) => ({ ...track, event: `E${index}` }));
    for (let sent = 0; sent < 3; sent += 1) await post("/us/v1/batch", { batch });
    const calls = await callsBy();
    expect(calls.map((call) => call.event.event)).toEqual([1, 2, 3].flatMap(() => batch.map((call) => call.event)));
    expect(await callsBy("limit=501")).toHaveLength(501);
  });

  test("can be waited for", async () => {
    const waited = json("/_sandbox/calls/wait?count=2&region=us");
    for (const region of ["us", "eu", "us"]) await post(`/${region}/v1/track`, track);
    expect(await waited).toEqual({ reached: true, count: 2 });
    const missed = await ask("/_sandbox/calls/wait?count=9&timeout=1");
    expect([missed.status, await missed.json()]).toEqual([408, { reached: false, count: 3 }]);
  });

  test.each(["calls?region=asia", "calls?after=-1", "calls?limit=x", "calls/wait", "people?identifiers=phone"])(
    "a wrong query is 400: %s",
    async (query) => {
      expect((await ask(`/_sandbox/${query}`)).status).toBe(400);
    },
  );
});

describe("the people", () => {
  test("are those of a region, by the workspace's setting", async () => {
    await post("/us/v1/batch", { batch: [{ type: "identify", userId: "u1", traits: { email: "ada@example.com" } }, track] });
    await post("/eu/v1/identify", { userId: "ada@example.com" });
    const us = await peopleBy("region=us");
    expect(us.people).toMatchObject([{ region: "us", key: "key", id: "u1", email: "ada@example.com", events: [{ name: "E" }] }]);
    expect((await peopleBy()).people).toHaveLength(2);
    expect((await peopleBy("region=eu&identifiers=id")).failures).toHaveLength(1);
    await post("/us/v1/track", { ...track, event: "F" });
    expect((await peopleBy("region=us")).people[0]?.events).toHaveLength(2);
  });
});

describe("a fault", () => {
  test("fails so many requests, which are not taken", async () => {
    expect(await put({ status: 429, retryAfter: 7, count: 2 })).toEqual({ faults: [{ status: 429, retryAfter: 7, count: 2 }] });
    const answers = await Promise.all([post("/us/v1/track", track), post("/eu/v1/track", track), post("/us/v1/track", track)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 429, 429]);
    expect(answers.find((answer) => answer.status === 429)?.headers.get("retry-after")).toBe("7");
    expect(await callsBy()).toHaveLength(1);
    expect(await json("/_sandbox/faults")).toEqual({ faults: [] });
  });

  test("meets one region, or one event, until it is deleted", async () => {
    await put({ region: "eu", status: 503 });
    await put({ status: 400, match: "poison" });
    const send = () =>
      statuses([post("/us/v1/track", track), post("/eu/v1/track", track), post("/us/v1/track", { ...track, event: "poison" })]);
    expect(await send()).toEqual([200, 503, 400]);
    expect(await send()).toEqual([200, 503, 400]);
    await ask("/_sandbox/faults", { method: "DELETE" });
    expect(await send()).toEqual([200, 200, 200]);
  });

  test("can redirect, delay, lose only the answer, or close the connection", async () => {
    await put({ status: 307, location: "https://cdp-eu.customer.io/v1/track", count: 1 });
    const redirected = await post("/us/v1/track", track);
    expect([redirected.status, redirected.headers.get("location")]).toEqual([307, "https://cdp-eu.customer.io/v1/track"]);

    await put({ status: 200, delayMs: 1, count: 1 });
    expect((await post("/us/v1/track", track)).status).toBe(200);
    await put({ status: 503, record: true, count: 1 });
    expect((await post("/us/v1/track", track)).status).toBe(503);
    expect(await callsBy()).toHaveLength(2);

    await put({ status: 0, count: 1 });
    await expect(post("/us/v1/track", track)).rejects.toThrow("connection closed by a fault");
  });

  test.each(["", "{}", '{"status":99}', '{"status":500,"x":1}', " ".repeat(100_000)])(
    "that makes no sense is 400: %j",
    async (body) => {
      expect((await ask("/_sandbox/faults", { method: "PUT", body })).status).toBe(400);
      expect(await json("/_sandbox/faults")).toEqual({ faults: [] });
    },
  );
});

test("what it took is on disk", async () => {
  await post("/us/v1/track", track);
  await put({ status: 503, count: 1 });
  await sandbox.getWorker().evictDurableObject("SandboxObject", { name: "sandbox" });
  expect(await callsBy()).toHaveLength(1);
  expect(await statuses([post("/us/v1/track", track)])).toEqual([503]);
});

describe("its variables", () => {
  test("name the keys of each region and the setting of the workspaces", async () => {
    await sandbox.update({ workers: workers({ SANDBOX_KEYS: '{"us":["us-key"],"eu":["eu-key"]}', SANDBOX_IDENTIFIERS: "id" }) });
    const send = (key: string, mode: string) =>
      statuses(["us", "eu"].map((region) => post(`/${region}/v1/identify`, { userId: "ada@example.com" }, { key, mode })));
    expect(await send("us-key", "1")).toEqual([200, 401]);
    expect(await send("eu-key", "1")).toEqual([401, 200]);
    expect(await send("key", "1")).toEqual([401, 401]);
    expect(await send("us-key", "0")).toEqual([200, 200]);
    expect((await peopleBy("region=us")).failures).toHaveLength(2);
    expect((await peopleBy("region=eu")).failures).toHaveLength(1);
  });

  test("that make no sense are named", async () => {
    await sandbox.update({ workers: workers({ SANDBOX_KEYS: '{"us":"us-key"}' }) });
    const answer = await post("/us/v1/track", track, { key: "us-key" });
    expect(answer.status).toBe(503);
    expect(JSON.stringify(await answer.json())).toContain("SANDBOX_KEYS");
  });
});
