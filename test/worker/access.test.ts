/**
 * Cloudflare Access in front of the console: whom it lets in, where, and whom the audit then names.
 */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";

const ORIGIN = "https://console.example.com";
const AUD = "0123456789abcdef".repeat(4);
const PERSON = "7335d417-61da-459d-899c-0a01c76a2f94";
const IDENTITY = { email: "ada@example.com", name: "Ada Lovelace", user_uuid: PERSON };

type AccessContext = NonNullable<ExecutionContext["access"]>;
type Identity = AccessContext["getIdentity"];

/** A request that Access let through, for the application of an Audience tag. */
const through = (aud: string, getIdentity: Identity = async () => IDENTITY): AccessContext => ({ aud, getIdentity });

/** A deployed Worker, and what it logged. */
function deployed(vars: Readonly<Record<string, unknown>>) {
  const lines: string[] = [];
  const app = createApp({
    accountObject: () => ({
      accept: async () => ({ kind: "refused", reason: "busy" }),
      operate: async () => ({ ok: true, value: '{"events":[],"next":null}', changed: 2 }),
      acceptAll: async () => [],
      failed: async () => {},
      wipe: async () => true,
      watch: async () => new Response(null, { status: 204 }),
    }),
    write: (_, line) => lines.push(line),
  });
  const bindings = { REGION: "us", ACCOUNTS: { acme: { region: "us" } }, ACME_CDP_API_KEY: "k".repeat(40), ...vars };
  return {
    lines,
    ask: (path: string, access: AccessContext | null, init: RequestInit = {}) =>
      app.fetch(new Request(ORIGIN + path, init), bindings, { waitUntil: () => {}, ...(access === null ? {} : { access }) }),
  };
}

const discard = (origin: string): RequestInit => ({
  method: "POST",
  headers: { origin, "content-type": "application/x-www-form-urlencoded" },
  body: "action=discard&sure=yes&number=1&number=2",
});

describe("the console", () => {
  test("lets in whom Access let through for the named application, with no ADMIN_TOKEN at all", async () => {
    const worker = deployed({ ACCESS_AUD: AUD });
    const answer = await worker.ask("/console/acme/events", through(AUD));
    const page = await answer.text();
    expect([answer.status, page.includes("/console/acme/people")]).toEqual([200, true]);
    expect(page).toContain('<a href="/cdn-cgi/access/logout">Sign out</a>');
    expect(page).not.toContain("/console/sign-out");
  });

  test.each([
    ["no Access", { ACCESS_AUD: AUD }, null],
    ["Access for another application", { ACCESS_AUD: AUD }, through("f".repeat(64))],
    ["part of the tag", { ACCESS_AUD: AUD }, through(AUD.slice(1))],
    ["an empty tag", { ACCESS_AUD: AUD }, through("")],
    ["no application that is named", {}, through(AUD)],
    ["an empty name", { ACCESS_AUD: "" }, through("")],
    ["a name that is no tag", { ACCESS_AUD: "my-app" }, through("my-app")],
    ["a name in a list", { ACCESS_AUD: [AUD] }, through(AUD)],
  ])("is closed with %s", async (_, vars, access) => {
    for (const path of ["/console", "/console/acme/events", "/console/acme/live", "/console/-/accounts"]) {
      const answer = await deployed(vars).ask(path, access);
      expect([answer.status, (await answer.text()).includes("acme")], path).toEqual([401, false]);
    }
    expect((await deployed(vars).ask("/console/acme/dead", access, discard(ORIGIN))).status).toBe(401);
  });

  test.each(["null", "https://evil.example.com", "http://console.example.com", ""])(
    "refuses what a page of another origin sends with the cookie of Access: %j",
    async (origin) => {
      const worker = deployed({ ACCESS_AUD: AUD });
      expect((await worker.ask("/console/acme/dead", through(AUD), discard(origin))).status).toBe(403);
      const live = await worker.ask("/console/acme/live", through(AUD), { headers: { upgrade: "websocket", origin } });
      expect(live.status).toBe(403);
      expect(worker.lines.join()).not.toContain("audit");
    },
  );
});

test("nothing else is opened by Access", async () => {
  const worker = deployed({ ACCESS_AUD: AUD, ADMIN_TOKEN: "a".repeat(40) });
  for (const path of ["/api/v1/accounts", "/api/v1/accounts/acme", "/healthz/details", "/metrics", "/mcp"])
    expect((await worker.ask(path, through(AUD))).status, path).toBe(401);
  expect((await worker.ask("/mcp", through(AUD), { method: "POST", body: "{}" })).status).toBe(401);
});

test("Access opens nothing where Cloudflare does not run the Worker", async () => {
  const app = createApp({
    accountObject: () => {
      throw new Error("no request should get this far");
    },
    write: () => {},
  });
  const local = { ...env, ACCESS_AUD: AUD, ADMIN_TOKEN: "a".repeat(40) };
  const request = new Request("http://127.0.0.1:8787/console");
  expect((await app.fetch(request, local, { waitUntil: () => {}, access: through(AUD) })).status).toBe(401);
});

describe("the audit", () => {
  test.each<[string, string, Identity]>([
    ["the id that Access has for the person, not the name or the address", `access:${PERSON}`, async () => IDENTITY],
    ["nobody where it has none", "access", async () => undefined],
    ["nobody where the id is something else", "access", async () => ({ user_uuid: "ada@example.com" })],
    ["nobody where Access does not say", "access", async () => Promise.reject(new Error("no answer"))],
  ])("names %s", async (_, by, getIdentity) => {
    const worker = deployed({ ACCESS_AUD: AUD });
    const answer = await worker.ask("/console/acme/dead", through(AUD, getIdentity), discard(ORIGIN));
    expect(answer.status).toBe(303);
    const audit = worker.lines.filter((line) => line.includes('"audit"')).map((line): unknown => JSON.parse(line));
    expect(audit).toEqual([{ outcome: "audit", by, account: "acme", operation: expect.any(String), changed: 2 }]);
    expect(worker.lines.join()).not.toMatch(/ada/i);
  });
});
