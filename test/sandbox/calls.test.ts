import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BATCH_LIMIT, CALL_LIMIT, describeProblems, type Method, method, readEvents } from "../../src/sandbox/calls.ts";

const read = (path: Method, body: unknown) => readEvents(path, JSON.stringify(body));
const problemsOf = (path: Method, body: unknown) => describeProblems(read(path, body).problems).join("\n");

describe("a single call", () => {
  test.each<[Method, object]>([
    ["identify", { userId: "u1" }],
    ["identify", { anonymousId: "a1", traits: { plan: "pro" } }],
    ["identify", { userId: "", traits: { email: "ada@example.com" } }],
    ["track", { userId: "u1", event: "Order Completed" }],
    ["track", { anonymousId: "a1", event: "Order Completed", properties: { total: 1 } }],
    ["track", { groupId: "g1", event: "Plan Changed" }],
    ["page", { userId: "u1", name: "Home", properties: { url: "https://example.com" } }],
    ["page", { anonymousId: "a1" }],
    ["screen", { userId: "u1", name: "Start" }],
    ["group", { groupId: "g1" }],
    ["group", { groupId: "g1", userId: "u1", traits: { objectTypeId: "2" } }],
    ["alias", { userId: "u1", previousId: "a1" }],
  ])("%s is taken: %j", (path, body) => {
    expect(read(path, body)).toEqual({ events: [{ ...body, type: path }], problems: [] });
  });

  test.each<[Method, unknown, string]>([
    ["identify", {}, "needs userId or anonymousId"],
    ["identify", { traits: { email: "" } }, "needs userId or anonymousId"],
    ["identify", { userId: 7 }, "userId"],
    ["identify", { userId: null, anonymousId: "a1" }, "userId"],
    ["identify", { userId: "u1", traits: ["x"] }, "traits: must be an object"],
    ["identify", { userId: "u1", traits: null }, "traits: must be an object"],
    ["track", { userId: "u1" }, "event"],
    ["track", { userId: "u1", event: "" }, "event: must not be empty"],
    ["track", { event: "E" }, "needs userId or anonymousId, or groupId"],
    ["track", { userId: "u1", event: "E", properties: "x" }, "properties: must be an object"],
    ["track", { userId: "u1", event: "E", messageId: 1 }, "messageId"],
    ["track", { userId: "u1", event: "E", timestamp: "yesterday" }, "timestamp"],
    ["track", { userId: "u1", event: "E", timestamp: "2026-02-30T00:00:00Z" }, "timestamp"],
    ["track", { userId: "u1", event: "E", context: "x" }, "context: must be an object"],
    ["track", { userId: "u1", event: "E", integrations: { All: "no" } }, "integrations: must be an object of booleans"],
    ["page", {}, "needs userId or anonymousId"],
    ["screen", { name: "Start" }, "needs userId or anonymousId"],
    ["group", { userId: "u1" }, "groupId"],
    ["alias", { userId: "u1" }, "previousId"],
    ["alias", { previousId: "a1" }, "userId"],
    ["track", [], "the body must be a JSON object"],
    ["track", null, "the body must be a JSON object"],
    ["track", "x", "the body must be a JSON object"],
  ])("%s is refused: %j", (path, body, problem) => {
    const { events, problems } = read(path, body);
    expect(events).toEqual([]);
    expect(problems[0]).toMatchObject({ status: 400 });
    expect(problemsOf(path, body)).toContain(problem);
  });

  test("unknown keys of real clients pass", () => {
    const body = {
      userId: "u1",
      event: "E",
      type: "track",
      timestamp: "2026-01-02T03:04:05.123456+02:00",
      originalTimestamp: "2026-01-02T03:04:05",
      sentAt: "2026-01-02T03:04:05Z",
      writeKey: "k",
      _metadata: { nodeVersion: "24" },
      context: null,
      integrations: { All: false, Mixpanel: { x: 1 } },
    };
    expect(read("track", body)).toEqual({ events: [body], problems: [] });
    expect(problemsOf("track", { ...body, timestamp: 1_767_000_000_000 })).toBe("");
  });

  test.each(["", "{", "\u0000", '{"userId":"u1",}'])("not JSON: %j", (body) => {
    expect(readEvents("identify", body).problems).toEqual([{ status: 400, message: "the body must be a JSON object" }]);
  });
});

describe("a batch", () => {
  const sound = { type: "track", userId: "u1", event: "E" };

  test.each([[{}], [{ batch: [] }], [{ batch: {} }], [{ batch: [sound], context: 1 }]])("is refused as a whole: %j", (body) => {
    expect(read("batch", body)).toMatchObject({ events: [], problems: [{ status: 400 }] });
  });

  test("names each invalid item and keeps the valid ones", () => {
    const reading = read("batch", {
      batch: [sound, { ...sound, event: "" }, 7, { ...sound, type: "delete" }, { ...sound, event: "F" }],
    });
    expect(reading.events).toEqual([sound, { ...sound, event: "F" }]);
    expect(reading.problems.map((problem) => problem.message.split(" ")[0])).toEqual(["batch[1]:", "batch[2]:", "batch[3]:"]);
  });

  test("gives its context and integrations to all items that have none", () => {
    const context = { library: { name: "x" } };
    const reading = read("batch", { batch: [sound, { ...sound, context: {} }], context, sentAt: "2026-01-02T03:04:05Z" });
    expect(reading.events).toEqual([
      { context, ...sound },
      { ...sound, context: {} },
    ]);
  });

  test("measures an item in UTF-8 bytes", () => {
    const empty = JSON.stringify({ ...sound, properties: { x: "" } }).length;
    const item = (bytes: number) => ({
      ...sound,
      properties: { x: "é".repeat((bytes - empty) / 2) + "x".repeat((bytes - empty) % 2) },
    });
    expect(read("batch", { batch: [item(CALL_LIMIT)] }).problems).toEqual([]);
    expect(read("batch", { batch: [sound, item(CALL_LIMIT + 1)] })).toEqual({
      events: [sound],
      problems: [{ status: 413, message: "batch[1]: 32769 bytes, at most 32768" }],
    });
  });

  test("can be nested to any depth", () => {
    const deep = "[".repeat(BATCH_LIMIT / 2 - 100) + "]".repeat(BATCH_LIMIT / 2 - 100);
    expect(
      readEvents("batch", `{"batch":[{"type":"track","userId":"u","event":"E","properties":{"x":${deep}}}]}`).events,
    ).toEqual([]);
  });
});

test("an answer stays short", () => {
  const problems = describeProblems(read("batch", { batch: Array.from({ length: 1000 }, () => ({})) }).problems);
  expect(problems).toHaveLength(11);
  expect(problems.at(-1)).toBe("and 990 more");
});

test("any JSON is read without an exception, and each accepted item would be accepted alone", () => {
  const name = fc.constantFrom(
    "type",
    "userId",
    "anonymousId",
    "event",
    "groupId",
    "previousId",
    "traits",
    "messageId",
    "__proto__",
  );
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom("identify", "track", "group", "alias", "u1"));
  const call = fc.array(fc.tuple(name, value)).map((entries) => Object.fromEntries(entries));
  fc.assert(
    fc.property(
      fc.constantFrom(...method.options),
      fc.oneof(call, fc.jsonValue(), fc.record({ batch: fc.array(call) })),
      (path, body) => {
        const { events, problems } = read(path, body);
        if (events.length === 0) expect(problems.length).toBeGreaterThan(0);
        for (const event of events) expect(read(event.type, event)).toEqual({ events: [event], problems: [] });
      },
    ),
  );
});
