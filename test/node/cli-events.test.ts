/**
 * Events on the command line: the whole way against a real Worker, and what the parts make of answers that it would not give at will.
 */
import { createServer, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { consolePage } from "../../src/cli/events/browser.ts";
import { detailsOf } from "../../src/cli/events/details.ts";
import { type Event, eventLine, type WholeEvent } from "../../src/cli/events/event-line.ts";
import { queryOf } from "../../src/cli/events/filters.ts";
import { type Followed, follow } from "../../src/cli/events/follow.ts";
import { asking, chosenOf, NOTHING, press, type Selection, shown, statusOf } from "../../src/cli/events/selection.ts";
import { nameOfCall } from "../../src/cli/lines/calls.ts";
import { widthOf } from "../../src/cli/lines/columns.ts";
import { type Dev, endAll, runHere, runProcess, startDev, startProcess } from "./command-line.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const AT = Date.UTC(2026, 10, 29, 8, 5, 9);

const event: Event = {
  source: "stripe",
  id: "evt_1",
  type: "invoice.paid",
  state: "delivered",
  kept: true,
  reason: null,
  detail: null,
  receivedAt: AT,
  replayedAt: null,
  occurredAt: "2026-11-29T08:00:00.000Z",
  sealedAt: AT + 60,
  batch: 1,
  endedAt: null,
  until: null,
  people: [{ name: "ada@example.com", step: "address_in_facts", trust: "claimed" }],
  calls: 2,
  webhook: 1,
  dead: null,
};

describe("against a real Worker", () => {
  let dev: Dev;
  let to: readonly string[] = [];
  let id = "";

  beforeAll(async () => {
    dev = await startDev();
    to = ["--to", dev.worker];
    const created = Math.floor(Date.now() / 1000);
    for (const args of [
      ["stripe", "invoice.paid", "--duplicate"],
      ["github", "push"],
      // A young one: to replay it may start automations.
      ["shopify", "orders/create", "--set", `processed_at=${new Date(created * 1000).toISOString()}`],
    ])
      expect(await runHere("send", ...args, ...to)).toMatchObject({ code: 0 });
    await dev.says(/nora\S+ → identify, Order Completed/);
    const { events } = JSON.parse(
      (await runHere("events", "--json", "--source", "stripe", "--state", "delivered", ...to)).output,
    );
    id = events[0].id;
  });
  afterAll(endAll);

  test("events lists them newest first, with what became of each, in 80 columns", async () => {
    const { code, output } = await runHere("events", ...to);
    expect(code).toBe(0);
    const lines = output.trimEnd().split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const heads = lines
      .filter((line) => /^\d\d-\d\d \d\d:\d\d:\d\d /.test(line))
      .map((line) => line.slice(16).split(/ +/).slice(0, 3));
    expect(heads).toEqual([
      ["sent", "shopify", "orders/create"],
      ["ign", "github", "push"],
      ["dup", "stripe", "invoice.paid"],
      ["sent", "stripe", "invoice.paid"],
    ]);
    expect(output).toContain("ada@example.com → 1 call\n");
    expect(output).toContain("one for every push to every branch\n");
  });

  test("events filters, and goes on where a list ended", async () => {
    const types = async (...filters: readonly string[]) => {
      const { code, output } = await runHere("events", "--json", ...filters, ...to);
      expect(code).toBe(0);
      return JSON.parse(output).events.map((one: Event) => one.type);
    };
    expect(await types("--state", "ignored")).toEqual(["push"]);
    expect(await types("--person", "ada@example.com")).toEqual(["invoice.paid"]);
    expect(await types("--type", "orders/create", "--from", "1h")).toEqual(["orders/create"]);
    expect(await types("--until", "1h")).toEqual([]);
    expect(await types("--id", id)).toEqual(["invoice.paid", "invoice.paid"]);
    const first = JSON.parse((await runHere("events", "--json", "--limit", "1", ...to)).output);
    expect(await types("--cursor", first.next)).toEqual(["push", "invoice.paid", "invoice.paid"]);
    expect((await runHere("events", "--limit", "1", ...to)).output).toContain(`--cursor ${first.next}`);
    expect((await runHere("events", "--text", "no such text", ...to)).output).toBe("No event matches.\n");
  });

  test("event shows one whole: who and why, each step, the calls as they were sent, the webhook", async () => {
    const { code, output } = await runHere("event", id, ...to);
    expect(code).toBe(0);
    expect(output.split("\n").filter((line) => line.length > 80)).toEqual([]);
    for (const part of [
      `stripe  invoice.paid  ${id}\ndelivered: ada@example.com → Payment Succeeded\n`,
      /About\n {2}ada@example\.com {2}by rule \d, /,
      /received .*\n.* verified .*\n.* kept .*\n.* mapped .*\n.* packed .*\n(?:.*\n)* .* sent .*\n.* answered {2}200/,
      /Call 1 of 1: Payment Succeeded, \d+ bytes\n {2}\{\n {4}"type": "track"/,
      /Batch\n {2}number 1: 1 event, 1 call,/,
      /Webhook\n {2}number 1, [\d,]+ bytes, 1 event kept of it\n/,
      /The same event at other times\n.* duplicate {2}webhook 2/,
    ])
      expect(output).toMatch(part);
    const json = JSON.parse((await runHere("event", id, "--source", "stripe", "--json", ...to)).output);
    expect(json).toMatchObject({ event: { id }, calls: [{ text: expect.stringContaining("Payment Succeeded") }] });
    expect(await runHere("event", "evt_none", ...to)).toMatchObject({
      code: 1,
      errors: expect.stringContaining("The log has no event evt_none"),
    });
  });

  test("the page that tail opens is the console's page of the event", async () => {
    const event = { source: "stripe", id, webhook: 1 };
    const page = await fetch(consolePage({ url: dev.worker, account: "demo", token: null }, event), { redirect: "manual" });
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(new RegExp(`<h1[^>]*>[^<]*${id}`));
  });

  test("replay says first what it may start, and puts back what can go", async () => {
    expect(await runHere("replay", "--source", "shopify", "--dry-run", ...to)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^1 of 1 event can be replayed\. 1 of 1 event happened within the last 72 hours/),
    });
    expect(await runHere("replay", "--source", "shopify", ...to)).toMatchObject({
      code: 1,
      output: "",
      errors: expect.stringContaining("--may-trigger"),
    });
    const before = (await (await fetch(`${dev.sandbox}/_sandbox/calls`)).json()).calls.length;
    expect(await runHere("replay", "--source", "shopify", "--may-trigger", ...to)).toMatchObject({
      code: 0,
      output: expect.stringContaining("1 of 1"),
    });
    // Without --may-trigger where all are old.
    expect(await runHere("replay", id, "--json", ...to)).toMatchObject({
      code: 0,
      output: expect.stringContaining('"replayed": 1'),
    });
    expect((await fetch(`${dev.sandbox}/_sandbox/calls/wait?count=${before + 2}`)).status).toBe(200);
    const refused = await runHere("replay", "--state", "ignored", ...to);
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining("was not kept: its vendor can send it again") });
    expect(await runHere("replay", ...to)).toMatchObject({ code: 2, errors: expect.stringContaining("Which events?") });
    expect(await runHere("replay", id, "--state", "dead", ...to)).toMatchObject({
      code: 2,
      errors: expect.stringContaining("Ids or filters"),
    });
  });

  test("tail tells what was there, and what comes, in lines or as JSON, until it is told to stop", async () => {
    const [plain, json] = [startProcess(["tail", ...to, "--last", "2"]), startProcess(["tail", ...to, "--json", "--last", "1"])];
    const printed = { plain: "", json: "" };
    plain.stdout?.on("data", (chunk: Buffer) => {
      printed.plain += chunk.toString();
    });
    json.stdout?.on("data", (chunk: Buffer) => {
      printed.json += chunk.toString();
    });
    await vi.waitUntil(() => printed.plain.split("\n").length > 3 && printed.json.includes("\n"), { timeout: 60_000 });
    await runHere(
      "send",
      "stripe",
      "customer.created",
      "--set",
      "data.object.email=tail@example.com",
      "--set",
      "data.object.id=cus_tail",
      ...to,
    );
    await vi.waitUntil(() => /Contact Created/.test(printed.plain) && /customer\.created/.test(printed.json), {
      timeout: 60_000,
    });
    expect(printed.plain).toMatch(
      /^\d\d:\d\d:\d\d {2}sent {2}stripe +customer\.created +evt_\w+\n +\S+ → identify, Contact Created$/m,
    );
    expect(printed.plain).not.toContain("\u001b");
    const lines = printed.json
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.slice(1).map((one) => one.type)).toEqual(lines.slice(1).map(() => "customer.created"));
    const codes = [plain, json].map((child) => new Promise((settle) => child.on("exit", settle)));
    for (const child of [plain, json]) child.kill("SIGINT");
    expect(await Promise.all(codes)).toEqual([0, 0]);
  });

  test("tail, events and event end as every operator's command does where nobody answers", async () => {
    const nobody = ["--to", "http://127.0.0.1:9"];
    expect(await runProcess(["tail", ...nobody])).toMatchObject({ code: 4, output: "" });
    for (const args of [["events"], ["event", "evt_1"], ["replay", "evt_1"]])
      expect(await runHere(...args, ...nobody)).toMatchObject({ code: 4, output: "" });
  });

  test("dev says why an event is ignored, also where its adapter finds out later", async () => {
    await runHere("send", "stripe", "invoice.paid", "--set", "data.object.amount_paid=0", ...to);
    await dev.says(/ ign +stripe +invoice\.paid\s+evt_\S+ +ignored: \S+/);
  });
});

describe("a filter", () => {
  const now = Date.UTC(2026, 10, 29, 12);

  test("is what the API takes", () => {
    expect(queryOf({}, now)).toEqual({ ok: true, query: {} });
    expect(queryOf({ source: "a", from: "90m", until: "2026-11-29T11:30:00+01:00" }, now)).toEqual({
      ok: true,
      query: { source: "a", from: "2026-11-29T10:30:00.000Z", to: "2026-11-29T10:30:00.000Z" },
    });
    expect(queryOf({ from: "3d" }, now)).toMatchObject({ query: { from: "2026-11-26T12:00:00.000Z" } });
  });

  test.each([
    [{ state: "ignord" }, "Did you mean ignored?"],
    [{ from: "yesterday" }, "--from is a time"],
    [{ until: "3w" }, "--until is a time"],
  ])("%j is none", (values, says) => {
    expect(queryOf(values, now)).toEqual({ ok: false, problem: expect.stringContaining(says) });
  });
});

describe("an event as a line", () => {
  test.each<[Partial<Event>, string, string | undefined]>([
    [{}, "sent", "ada@example.com → identify, Payment Succeeded"],
    [{ state: "pending" }, "pend", undefined],
    [{ state: "waiting_for_identity", until: AT }, "wait", "waits for the identity of its person, until 2026-11-29 08:05:09 UTC"],
    [{ state: "waiting_for_order", until: null }, "wait", "waits for what says who it is about, until later"],
    [{ state: "ignored", reason: "off" }, "ign", "off"],
    [{ state: "duplicate" }, "dup", undefined],
    [{ state: "dead", reason: "schema", detail: "data.id: missing" }, "dead", "schema: data.id: missing"],
    [{ state: "discarded" }, "disc", undefined],
    [{ state: "replayed" }, "back", undefined],
  ])("%j", (parts, status, note) => {
    const line = eventLine({ ...event, ...parts }, ["identify", "Payment Succeeded"]);
    expect([line.status, line.text, line.notes?.[0]]).toEqual([status, "evt_1", note]);
  });

  test("says so where nothing new was to be told, about nobody, or only a number is known", () => {
    expect(eventLine({ ...event, people: [], calls: 0 }, []).notes).toEqual(["nobody → nothing new"]);
    expect(eventLine({ ...event, calls: 1 }, null).notes).toEqual(["ada@example.com → 1 call"]);
  });

  test("names calls by their events, or by their types", () => {
    const names = [
      { type: "track", event: "Order Completed" },
      { type: "identify", traits: {} },
      { type: "page", name: "Home" },
      { type: "group", groupId: "acme" },
      { type: "alias", userId: "u_1", previousId: "ada@example.com" },
      { type: "track" },
    ].map((call) => nameOfCall(JSON.stringify(call)));
    expect(names).toEqual(["Order Completed", "identify", "page Home", "group acme", "alias ada@example.com", "track"]);
    expect([nameOfCall("{"), nameOfCall("[]")]).toEqual(["call", "call"]);
  });
});

test("an event of which only a line was kept, or whose adapter has changed, is shown too, whatever is in it", () => {
  const hostile = "\u001b[2J\u202e\n  forged";
  const whole: WholeEvent = {
    event: { ...event, state: "ignored", kept: false, reason: hostile, occurredAt: null, people: [], id: hostile },
    history: [{ ...event, id: hostile }],
    timeline: [
      { step: "received", at: AT, text: hostile },
      { step: "ended", at: null, text: "ignored" },
      { step: "sent", at: AT + 90_000, text: "x" },
    ],
    webhook: null,
    mapped: { kind: "failed", reason: "of what is not kept nothing is translated" },
    calls: [],
    batch: null,
  };
  const lines = detailsOf(whole, 80);
  expect(lines.join("\n")).not.toMatch(/[[\p{Cf}\p{Cc}]--[\n]]/v);
  expect(lines.filter((line) => widthOf(line) > 80 || line.includes("\n"))).toEqual([]);
  expect(lines.join("\n")).toContain("Only this line was kept");
  expect(lines.join("\n")).toContain("+2 min");
});

describe("the keys of tail", () => {
  const three = ["a", "b", "c"].reduce<Selection>((all, id, index) => shown(all, { ...event, id, webhook: index }), NOTHING);
  const typed = (start: Selection, keys: string) => [...keys].reduce((selection, key) => press(selection, key).selection, start);

  test("choose an event; the newest until then, and again when it is reached", () => {
    expect(chosenOf(three)?.id).toBe("c");
    expect([chosenOf(typed(three, "k"))?.id, chosenOf(typed(three, "kkkk"))?.id, chosenOf(typed(three, "kkj"))?.id]).toEqual([
      "b",
      "a",
      "b",
    ]);
    expect(chosenOf(press(three, "\u001b[A").selection)?.id).toBe("b");
    const later = { ...event, id: "d", webhook: 9 };
    expect(chosenOf(shown(typed(three, "k"), later))?.id).toBe("b");
    expect(chosenOf(shown(typed(three, "kj"), later))?.id).toBe("d");
  });

  test("do something with it", () => {
    const act = (start: Selection, key: string) => press(start, key).action;
    expect(act(three, "d")).toMatchObject({ kind: "details", event: { id: "c" } });
    expect(act(typed(three, "k"), "o")).toMatchObject({ kind: "open", event: { id: "b" } });
    expect(act(three, "r")).toMatchObject({ kind: "replay", mayTrigger: false });
    expect(act(asking(three), "y")).toMatchObject({ kind: "replay", mayTrigger: true });
    for (const key of ["n", "r", " "]) expect(act(asking(three), key)).toEqual({ kind: "none" });
    expect(press(asking(three), "n").selection.asks).toBe(false);
    expect(act(three, "y")).toEqual({ kind: "none" });
    for (const key of ["q", "\u0003", "\u0004"]) expect(act(three, key)).toEqual({ kind: "quit" });
    for (const key of ["d", "r", "o", "j"]) expect(act(NOTHING, key)).toEqual({ kind: "none" });
  });

  test("are about a bounded number of events, each in its latest state", () => {
    const again = shown(three, { ...event, id: "b", webhook: 1, state: "dead" });
    expect(again.events.map(({ id, state }) => `${id} ${state}`)).toEqual(["a delivered", "b dead", "c delivered"]);
    const many = Array.from({ length: 600 }, (_, index) => index).reduce<Selection>(
      (all, index) => shown(all, { ...event, webhook: index }),
      typed(three, "kk"),
    );
    expect([many.events.length, many.chosen]).toEqual([500, 0]);
  });

  test("are said in one row, also with a long and hostile id", () => {
    for (const columns of [40, 80, 120]) {
      const long = shown(NOTHING, { ...event, id: `\u001b[31m${"x".repeat(300)}` });
      for (const selection of [NOTHING, three, long, asking(long)]) {
        expect(widthOf(statusOf(selection, columns))).toBeLessThan(columns);
        expect(statusOf(selection, columns)).not.toContain("\u001b");
      }
    }
    expect(statusOf(three, 80)).toContain("▸ stripe c  j k  r replay");
    expect(statusOf(asking(three), 80)).toContain("y replay");
  });
});

describe("following", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** What is told, if the log answers so at each look. @param looks lists, newest first; a number is a status; the last one is repeated */
  async function told(looks: readonly (readonly Event[] | number)[], last = 10): Promise<readonly string[]> {
    const ending = new AbortController();
    let look = 0;
    const server = createServer((_, response) => {
      const answer = looks[Math.min(look, looks.length - 1)] ?? [];
      if (typeof answer === "number") response.writeHead(answer).end("{}");
      else response.end(JSON.stringify({ events: answer, next: answer.length === 100 ? "1" : null }));
    });
    servers.push(server);
    await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
    const address = server.address();
    const to = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const wait = async () => {
      look += 1;
      if (look >= looks.length) ending.abort();
    };
    const found: Followed[] = [];
    for await (const one of follow({ to }, {}, { last, signal: ending.signal, wait })) found.push(one);
    return found.map((one) => (one.kind === "event" ? `${one.event.id} ${one.event.state}` : one.kind));
  }

  const a = { ...event, id: "a", webhook: 1 };
  const b = { ...event, id: "b", webhook: 2, state: "pending" as const };

  test("tells each event once, oldest first, and again when something becomes of it", async () => {
    expect(
      await told([
        [b, a],
        [b, a],
        [{ ...b, state: "delivered" }, a],
        [{ ...b, state: "delivered" }, a],
      ]),
    ).toEqual(["a delivered", "b pending", "b delivered"]);
  });

  test("tells one that is on its way only when it stays so", async () => {
    expect(await told([[a], [b, a], [{ ...b, state: "delivered" }, a]])).toEqual(["a delivered", "b delivered"]);
    expect(await told([[a], [b, a], [b, a], [b, a]])).toEqual(["a delivered", "b pending"]);
  });

  test("tells no more of before than is wanted", async () => {
    const old = Array.from({ length: 100 }, (_, index) => ({ ...event, id: `old ${99 - index}`, webhook: 199 - index }));
    const older = { ...event, id: "older", webhook: 50 };
    const come = { ...event, id: "new", webhook: 300 };
    // The first look has more behind it; a later one may reach back further.
    expect(await told([old, [come, ...old, older]], 2)).toEqual(["old 98 delivered", "old 99 delivered", "new delivered"]);
  });

  test("tells nothing of before where that is not wanted", async () => {
    expect(await told([[a], [a], [{ ...b, state: "dead" }, a]], 0)).toEqual(["b dead"]);
  });

  test("tells a duplicate and a replay beside the event itself", async () => {
    const duplicate = { ...a, webhook: 3, state: "duplicate" as const };
    const replayed = { ...a, webhook: 4, replayedAt: AT + 5_000 };
    expect(await told([[a], [duplicate, a], [replayed, duplicate, a]])).toEqual(["a delivered", "a duplicate", "a delivered"]);
  });

  test("goes on where the Worker is away for a while, and ends where it may not ask", async () => {
    expect(await told([[a], 503, 503, [b, a], [b, a]])).toEqual(["a delivered", "lost", "found", "b pending"]);
    expect(await told([[a], 401])).toEqual(["a delivered", "failed"]);
    expect(await told([503])).toEqual(["failed"]);
  });
});
