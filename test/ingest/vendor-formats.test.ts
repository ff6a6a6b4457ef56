/**
 * What real vendors send beside their usual JSON, all the way to what is kept: forms, JSON Lines, a check of the certificate, a slash at the
 * end of the URL.
 */
import { describe, expect, test } from "vitest";
import { formatOf } from "../../src/contract/formats.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { parseBody } from "../../src/contract/parse.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { type EventOutcome, translateWebhook } from "../../src/translate/webhook.ts";
import { accountOf, configured, sourceOf } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";
import { NOW, serve } from "./vendors.ts";

const ORIGIN = "https://worker.example";
const FORM = "application/x-www-form-urlencoded";

function adapterOf(id: string): Adapter {
  const adapter = ADAPTERS.get(id);
  if (!adapter) throw new TypeError(`there is no adapter ${id}`);
  return adapter;
}

/** No demo's secrets: these sources are real ones. */
const SECRETS: Readonly<Record<string, string>> = {
  auth0: "stream_token_0123456789",
  github: "hook_secret_0123456789",
  gumroad: "path_token_0123456789_0123456789_0123",
  slack: "0123456789abcdef0123456789abcdef",
  square: "signature_key_0123456789",
  zoom: "secret_token_0123456789",
};

function secretOf(id: string): string {
  const secret = SECRETS[id];
  if (secret === undefined) throw new TypeError(`there is no secret for ${id}`);
  return secret;
}

function serveAdapters(sources: Readonly<Record<string, object>>) {
  const secrets = Object.keys(sources).map((id) => [`ACME_${id.toUpperCase().replaceAll("-", "_")}_SECRET`, secretOf(id)]);
  const env = {
    REGION: "us",
    ACCOUNTS: { acme: { region: "us", sources } },
    ACME_CDP_API_KEY: "key_of_acme",
    ...Object.fromEntries(secrets),
  };
  return serve({ registry: ADAPTERS, env });
}

interface Sent {
  readonly path: string;
  readonly body: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The URL that the vendor was given. */
  readonly url?: string;
  readonly pathToken?: string;
}

/** A request as the vendor signs it. */
async function signedAs(id: string, { path, body, type = "application/json", headers = {}, url = "", pathToken }: Sent) {
  const adapter = adapterOf(id);
  const signed = await configured(adapter).verifier.sign(
    {
      method: "POST",
      url,
      headers: new Headers({ ...headers, "content-type": type }),
      query: new URLSearchParams(),
      pathToken: pathToken ?? null,
      body: utf8Bytes(body),
    },
    secretOf(id),
    NOW,
  );
  return new Request(ORIGIN + path, { method: "POST", headers: signed.headers, body: signed.body });
}

/** What became of what was kept. */
async function outcomesOf(id: string, app: ReturnType<typeof serve>): Promise<readonly EventOutcome[]> {
  const source = sourceOf(adapterOf(id));
  const [kept] = app.accepts;
  return kept === undefined ? [] : translateWebhook(kept, source, accountOf([source]));
}

const star = {
  action: "created",
  starred_at: "2026-11-23T11:00:00Z",
  repository: {
    id: 1,
    name: "kit",
    full_name: "acme/kit",
    private: false,
    owner: { login: "acme", id: 2, type: "Organization" },
  },
  sender: { login: "ada-l", id: 4711, type: "User", html_url: "https://github.com/ada-l" },
};

describe("GitHub's two content types", () => {
  const headers = { "x-github-event": "star" };
  const json = JSON.stringify(star);

  test.each([
    ["JSON", json, "application/json"],
    ["a form", new URLSearchParams({ payload: json }).toString(), FORM],
  ])("%s gives the same webhook", async (_, body, type) => {
    const app = serveAdapters({ github: {} });
    expect((await app.send(signedAs("github", { path: "/hooks/acme/github", body, type, headers }))).status).toBe(200);
    const [outcome] = await outcomesOf("github", app);
    expect(outcome).toMatchObject({ kind: "calls", type: "star.created", occurredAt: "2026-11-23T11:00:00.000Z" });
    expect(outcome?.kind === "calls" && outcome.calls.map((call) => call.type)).toEqual(["track"]);
  });

  test("JSON that contains a form is not read as a form", async () => {
    const body = JSON.stringify({ ...star, note: `&payload=${encodeURIComponent('{"action":"deleted"}')}&` });
    const app = serveAdapters({ github: {} });
    await app.send(signedAs("github", { path: "/hooks/acme/github", body, type: FORM, headers }));
    expect(app.accepts).toEqual([]);
  });

  test("a form without the field is not an event", async () => {
    const app = serveAdapters({ github: {} });
    await app.send(signedAs("github", { path: "/hooks/acme/github", body: "other=1", type: FORM, headers }));
    expect(app.accepts.flatMap(({ events }) => events)).toEqual([]);
  });
});

const entries = ["auth0|u1", "auth0|u2"].map((user_id, index) => ({
  log_id: `90020${index}`,
  data: {
    date: "2026-11-23T11:00:00.000Z",
    type: "ss",
    connection: "Username-Password-Authentication",
    user_id,
    user_name: `a${index}@example.com`,
  },
}));

describe("Auth0's content formats", () => {
  const lines = entries.map((entry) => JSON.stringify(entry));

  test.each([
    ["JSON Lines", lines.join("\n"), 2],
    ["JSON Lines with an end after the last, and other ends of line", `${lines.join("\r\n")}\r\n`, 2],
    ["JSON Lines of one", `${lines[0]}\n`, 1],
    ["JSON Array", JSON.stringify(entries), 2],
    ["JSON Object", JSON.stringify(entries[0], null, 2), 1],
  ])("%s", async (_, body, count) => {
    const app = serveAdapters({ auth0: {} });
    for (const type of ["application/json", "application/x-ndjson", "text/plain"]) {
      const response = await app.send(signedAs("auth0", { path: "/hooks/acme/auth0", body, type }));
      expect(response.status).toBe(200);
    }
    const outcomes = await outcomesOf("auth0", app);
    expect(outcomes.map(({ kind, type }) => `${type} ${kind}`)).toEqual(Array.from({ length: count }, () => "ss calls"));
  });

  test("a sign-up that created no user has no user id", async () => {
    const app = serveAdapters({ auth0: {} });
    const [first] = entries;
    const body = JSON.stringify([{ ...first, data: { ...first?.data, user_id: "" } }]);
    await app.send(signedAs("auth0", { path: "/hooks/acme/auth0", body }));
    expect(await outcomesOf("auth0", app)).toMatchObject([
      // That it has this address needs no call of its own.
      { kind: "calls", calls: [{ event: "User Signed Up", userId: "a0@example.com" }] },
    ]);
  });
});

describe("JSON or JSON Lines", () => {
  test.each([
    ["json-lines", '{"a":1}\n{"b":2}'],
    ["json-lines", '{"a":1} \r\n\n\t{"b":2}\n'],
    ["json", '{"a":1}\n'],
    ["json", '[{"a":1},\n{"b":2}]'],
    ["json", '{"a":{"b":1},\n"c":{}}'],
    ["json", '{"a":"}\\n{"}'],
    ["json", '{"a":1} {"b":2}'],
    ["json", "text"],
  ])("%s: %j", (format, text) => expect(formatOf(["json", "json-lines"], utf8Bytes(text))).toBe(format));

  test("a line that is not JSON stays text, and the others are read", () => {
    expect(parseBody(utf8Bytes('{"a":1}\n{oops\n{"b":12345678901234567890}'), "json-lines")).toEqual({
      ok: true,
      value: [{ a: 1 }, "{oops", { b: "12345678901234567890" }],
    });
  });
});

describe("Slack's check of the certificate", () => {
  const send = (app: ReturnType<typeof serve>, body: string) =>
    app.send(new Request(`${ORIGIN}/hooks/acme/slack`, { method: "POST", headers: { "content-type": FORM }, body }));

  test.each(["ssl_check=1&token=Jhj5dZrVaK7ZwHHjRyZWjbDl", "ssl_check=1"])("%s is answered", async (body) => {
    const app = serveAdapters({ slack: {} });
    const response = await send(app, body);
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(app.accepts).toEqual([]);
  });

  test("by GET too", async () => {
    expect((await serveAdapters({ slack: {} }).get("/hooks/acme/slack?ssl_check=1&token=x")).status).toBe(200);
  });

  test.each(["ssl_check=0", "ssl_check=1&command=%2Fgreet", "ssl_check=1&ssl_check=1", '{"ssl_check":1}', "token=x"])(
    "%s is not",
    async (body) => expect((await send(serveAdapters({ slack: {} }), body)).status).toBe(401),
  );

  test("a message that contains it is a message", async () => {
    const app = serveAdapters({ slack: { events_on: ["message"] } });
    const body = JSON.stringify({
      type: "event_callback",
      event_id: "Ev01",
      event_time: NOW / 1000,
      team_id: "T01ABCDEF",
      event: { type: "message", channel: "C01", channel_type: "channel", user: "U01", text: "&ssl_check=1&token=x&", ts: "1.2" },
    });
    await app.send(signedAs("slack", { path: "/hooks/acme/slack", body, type: "application/json" }));
    expect(app.accepts.flatMap(({ events }) => events)).toMatchObject([{ type: "message" }]);
  });
});

test("Zoom's types whose object is a list are read", async () => {
  const app = serveAdapters({ zoom: {} });
  const body = JSON.stringify({
    event: "recording.batch_trashed",
    event_ts: NOW,
    payload: { account_id: "acc_1", object: [{ uuid: "m1", recording_ids: ["r1"] }] },
  });
  const response = await app.send(signedAs("zoom", { path: "/hooks/acme/zoom", body }));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ accepted: 0, ignored: 1 });
});

describe("a final slash in the URL", () => {
  const body = JSON.stringify(star);
  const headers = { "x-github-event": "star" };

  test("is the same source", async () => {
    const app = serveAdapters({ github: {} });
    expect((await app.send(signedAs("github", { path: "/hooks/acme/github/", body, headers }))).status).toBe(200);
    expect((await app.get("/hooks/acme/github/")).status).toBe(200);
    expect(app.accepts.map(({ source }) => source)).toEqual(["github"]);
  });

  test.each(["/hooks/acme/github//", "/hooks/acme/", "/hooks/acme/none/", "/healthz//", "/api/"])(
    "%s leads nowhere",
    async (path) => {
      expect((await serveAdapters({ github: {} }).get(path)).status).toBeGreaterThanOrEqual(400);
    },
  );

  test.each(["", "/"])("after a token in the path: %j", async (end) => {
    const app = serveAdapters({ gumroad: {} });
    const token = secretOf("gumroad");
    const sale = new URLSearchParams({ sale_id: "s1", email: "ada@example.com", price: "500" }).toString();
    const send = (path: string) => app.send(signedAs("gumroad", { path, body: sale, type: FORM }));
    expect((await send(`/hooks/acme/gumroad/${token}${end}`)).status).toBe(200);
    expect((await send(`/hooks/acme/gumroad/${token}x${end}`)).status).toBe(401);
    expect((await send(`/hooks/acme/gumroad${end}`)).status).toBe(401);
  });

  const payment = JSON.stringify({
    merchant_id: "M1",
    type: "webhooks.test_notification",
    event_id: "e1",
    created_at: "2026-11-23T11:00:00Z",
    data: { type: "webhooks.test_notification", id: "x" },
  });

  // As the vendor was given it, and so signs it; as public_url says; as the request comes.
  test.each([
    ["", "", ""],
    ["/", "/", "/"],
    ["/", "", "/"],
    ["/", "/", ""],
  ])("signed with %j, configured with %j, sent with %j", async (given, told, sent) => {
    const url = `${ORIGIN}/hooks/acme/square`;
    const app = serveAdapters({ square: { public_url: url + told } });
    const request = signedAs("square", { path: `/hooks/acme/square${sent}`, body: payment, url: url + given });
    expect((await app.send(request)).status).toBe(200);
  });

  test("does not change the rest of the URL", async () => {
    const url = `${ORIGIN}/hooks/acme/square`;
    const app = serveAdapters({ square: { public_url: url } });
    expect((await app.send(signedAs("square", { path: "/hooks/acme/square/", body: payment, url }))).status).toBe(401);
    expect((await app.send(signedAs("square", { path: "/hooks/acme/square", body: payment, url: `${url}/` }))).status).toBe(401);
  });
});
