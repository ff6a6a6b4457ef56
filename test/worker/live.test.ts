/**
 * Live pages: who may watch an account, what a watcher is told, and when.
 */
import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { PROOF_KEY, PROOF_TEXT } from "../../src/config/proof.ts";
import { beginSession } from "../../src/console/session.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { ADAPTERS } from "../support/registry.ts";

const BASE = "http://127.0.0.1:8787";
const DEPLOYED = "https://tributary.example.com";
const TOKEN = "a".repeat(40);

const upgrade = (path: string, headers: Readonly<Record<string, string>> = { origin: BASE }): Promise<Response> =>
  exports.default.fetch(new Request(BASE + path, { headers: { upgrade: "websocket", ...headers } }));

/** A socket that is open, and its messages. */
async function watch(): Promise<{ readonly socket: WebSocket; next(): Promise<unknown> }> {
  const { webSocket: socket, status } = await upgrade("/console/demo/live");
  expect(status).toBe(101);
  if (socket === null) throw new Error("there is no socket");
  socket.accept();
  return {
    socket,
    next: () =>
      new Promise((settle) => {
        socket.addEventListener("message", ({ data }) => settle(data), { once: true });
        socket.addEventListener("close", ({ code }) => settle(code), { once: true });
      }),
  };
}

/** Posts an event that is ignored when it arrives: also its line is news. */
async function post(id: string): Promise<void> {
  const adapter = ADAPTERS.get("generic");
  const configured = adapter?.configure({});
  if (!adapter || !configured?.ok) throw new Error("there is no such adapter");
  const url = `${BASE}/hooks/demo/generic`;
  const body = utf8Bytes(JSON.stringify({ id, type: "ping", time: new Date().toISOString(), data: {} }));
  const { headers } = await configured.adapter.verifier.sign(
    { method: "POST", url, headers: new Headers(), query: new URLSearchParams(), pathToken: null, body },
    adapter.secret.demo,
    Date.now(),
  );
  const answer = await exports.default.fetch(new Request(url, { method: "POST", headers, body }));
  expect(answer.status).toBe(200);
}

describe("a watcher", () => {
  test("is told that something changed, and nothing of what it was", async () => {
    const { socket, next } = await watch();
    const told = next();
    await post(`live_${crypto.randomUUID()}`);
    expect(await told).toBe("changed");
    socket.close();
  });

  test("that talks is no page of ours", async () => {
    const { socket, next } = await watch();
    const closed = next();
    socket.send("events?");
    expect(await closed).toBe(1008);
  });

  test("is one of a hundred at most", async () => {
    const sockets = await Promise.all(Array.from({ length: 110 }, () => upgrade("/console/demo-eu/live")));
    const refused = sockets.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused.length).toBeLessThan(110);
    for (const { webSocket } of sockets) {
      webSocket?.accept();
      webSocket?.close();
    }
  });
});

describe("a socket is refused", () => {
  test.each([{}, { origin: "https://evil.example" }, { origin: "http://127.0.0.1:9999" }, { origin: "null" }])(
    "to a page with the headers %j",
    async (headers) => {
      expect((await upgrade("/console/demo/live", headers)).status).toBe(403);
    },
  );

  test("for an account that is not there, and for what is no upgrade", async () => {
    expect((await upgrade("/console/nobody/live")).status).toBe(404);
    const plain = new Request(`${BASE}/console/demo/live`, { headers: { origin: BASE } });
    expect((await exports.default.fetch(plain)).status).toBe(404);
  });

  test("without a session where the Worker is deployed", async () => {
    const now = Date.now();
    const app = createApp({
      accountObject: () => ({
        accept: async () => ({ kind: "refused", reason: "busy" }),
        acceptAll: async () => [],
        operate: async () => ({ ok: false, refusal: "unusable", problem: null }),
        failed: async () => {},
        wipe: async () => true,
        watch: async () => new Response(null, { status: 101, webSocket: new WebSocketPair()[0] }),
      }),
      write: () => {},
      now: () => now,
    });
    const vars = Object.fromEntries(Object.entries(env).filter(([name]) => name !== PROOF_KEY && name !== PROOF_TEXT));
    const ask = (headers: Readonly<Record<string, string>>) =>
      app.fetch(
        new Request(`${DEPLOYED}/console/demo/live`, { headers: { upgrade: "websocket", origin: DEPLOYED, ...headers } }),
        { ...vars, ADMIN_TOKEN: TOKEN },
      );
    const cookie = `__Host-tributary=${await beginSession(TOKEN, now)}`;
    expect((await ask({})).status).toBe(401);
    expect((await ask({ cookie: `__Host-tributary=${await beginSession("b".repeat(40), now)}` })).status).toBe(401);
    expect((await ask({ cookie: `__Host-tributary=${await beginSession(TOKEN, now - 13 * 3_600_000)}` })).status).toBe(401);
    expect((await ask({ cookie, origin: "https://evil.example" })).status).toBe(403);
    expect((await ask({ cookie })).status).toBe(101);
  });
});
