/**
 * The operator's API as an assistant sees it.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { OperationAnswer } from "../../src/account/operation.ts";
import { ENV, serve } from "./vendors.ts";

const answerSchema = z.looseObject({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.string(), z.number(), z.null()]),
  result: z.looseObject({}).optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});

function worker(answer: OperationAnswer = { ok: true, value: '{"events":[],"next":null}' }) {
  const app = serve({ operate: async () => answer });
  const send = (body: unknown, token: string | null = ENV.ADMIN_TOKEN, headers: Readonly<Record<string, string>> = {}) =>
    app.send(
      new Request("https://worker.example/mcp", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    );
  const ask = async (method: string, params: object = {}, token: string = ENV.ADMIN_TOKEN) =>
    answerSchema.parse(await (await send({ jsonrpc: "2.0", id: 1, method, params }, token)).json());
  const call = async (name: string, given: object, token?: string) =>
    (await ask("tools/call", { name, arguments: given }, token)).result;
  return { app, send, ask, call };
}

const toolsSchema = z.object({
  tools: z.array(
    z.looseObject({ name: z.string(), inputSchema: z.looseObject({ type: z.literal("object"), properties: z.looseObject({}) }) }),
  ),
});
const namesOf = (result: unknown) => toolsSchema.parse(result).tools.map(({ name }) => name);
const READING = ["health", "events", "event", "dead", "explain"];

test("an assistant introduces itself, lists the tools and calls one", async () => {
  const { app, send, ask, call } = worker();
  const introduced = await ask("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "x", version: "1" },
  });
  expect(introduced.result).toMatchObject({
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "tributary" },
  });
  expect((await ask("initialize", { protocolVersion: "1999-01-01" })).result).toMatchObject({ protocolVersion: "2025-11-25" });
  const noted = await send({ jsonrpc: "2.0", method: "notifications/initialized" });
  expect([noted.status, await noted.text()]).toEqual([202, ""]);
  expect(await ask("ping")).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
  const { result } = await ask("tools/list");
  expect(namesOf(result)).toEqual([...READING, "replay"]);
  expect(toolsSchema.parse(result).tools.find(({ name }) => name === "event")?.inputSchema).toMatchObject({
    required: ["source", "id"],
  });
  expect(await call("events", { account: "acme", id: "evt_1" })).toEqual({
    content: [{ type: "text", text: '{"events":[],"next":null}' }],
    isError: false,
  });
  expect(app.accounts).toEqual(["us/acme"]);
});

test("what is refused is said to the assistant", async () => {
  const { call } = worker({ ok: false, refusal: "conflict", problem: "Say may_trigger: true." });
  expect(await call("replay", { account: "acme", events: [] })).toEqual({
    content: [{ type: "text", text: "Say may_trigger: true." }],
    isError: true,
  });
  expect(await call("events", {})).toMatchObject({ isError: true, content: [{ text: "Name the account." }] });
  expect(await call("events", { account: "nobody" })).toMatchObject({ isError: true });
  expect(await call("events", { account: "elsewhere" })).toMatchObject({ isError: true });
});

describe("a token of an account", () => {
  test("that reads has no tool that changes something", async () => {
    const { app, ask, call } = worker({ ok: true, value: "{}", changed: 1 });
    expect(namesOf((await ask("tools/list", {}, ENV.ACME_READ_TOKEN)).result)).toEqual(READING);
    expect(await call("replay", { events: [] }, ENV.ACME_READ_TOKEN)).toMatchObject({ isError: true });
    expect([app.accounts, app.lines()]).toEqual([[], []]);
    expect(await call("replay", { events: [] }, ENV.ACME_OPERATE_TOKEN)).toMatchObject({ isError: false });
    expect(app.lines()).toEqual([
      { outcome: "audit", by: "ACME_OPERATE_TOKEN", account: "acme", operation: "events.replay", changed: 1 },
    ]);
  });

  test("sees no other account", async () => {
    const { app, call } = worker();
    for (const account of ["acme", "nobody"]) {
      const answer = await call("events", { account }, ENV.ELSEWHERE_OPERATE_TOKEN);
      expect(answer).toMatchObject({ isError: true, content: [{ text: "This token opens another account." }] });
    }
    expect(app.accounts).toEqual([]);
  });
});

describe("a request is refused", () => {
  const PING = { jsonrpc: "2.0", id: 1, method: "ping" };

  test("without a token, or with a wrong one", async () => {
    for (const token of [null, "0".repeat(40)]) expect((await worker().send(PING, token)).status).toBe(401);
  });

  test.each([
    [405, null],
    [403, { origin: "https://evil.example" }],
    [415, { "content-type": "text/plain" }],
    [400, { "mcp-protocol-version": "2024-11-05" }],
  ])("with %i: %j", async (status, headers) => {
    const { app, send } = worker();
    const bearer = { authorization: `Bearer ${ENV.ADMIN_TOKEN}` };
    const answer = headers === null ? await app.get("/mcp", bearer) : await send(PING, ENV.ADMIN_TOKEN, headers);
    expect(answer.status).toBe(status);
    expect(app.accounts).toEqual([]);
  });

  test("that is no message, or too large a one", async () => {
    const { send, ask } = worker();
    for (const body of ["", "{", "null", [PING], { ...PING, jsonrpc: "1.0" }, { ...PING, id: {} }]) {
      const answer = await send(body);
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: -32600 } }]);
    }
    expect((await send(JSON.stringify({ ...PING, params: { x: "x".repeat(70_000) } }))).status).toBe(413);
    expect(await ask("resources/list")).toMatchObject({ error: { code: -32601 } });
    for (const name of ["erase.start", "constructor", ""]) {
      expect(await ask("tools/call", { name })).toMatchObject({ error: { code: -32602 } });
    }
  });
});
