/**
 * Who may see the console's pages: sign-in, sessions, and forms of other origins.
 */
import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { PROOF_KEY, PROOF_TEXT } from "../../src/config/proof.ts";
import { beginSession, isSession, SESSION_SECONDS } from "../../src/console/session.ts";

const ORIGIN = "https://tributary.example.com";
const TOKEN = "a".repeat(40);
const START = 1_795_000_000_000;
const FORM = "application/x-www-form-urlencoded";

/** A deployed Worker, its clock, and what it logged. */
function deployed(token: string | null = TOKEN) {
  const vars = Object.fromEntries(Object.entries(env).filter(([name]) => name !== PROOF_KEY && name !== PROOF_TEXT));
  const lines: string[] = [];
  let now = START;
  const app = createApp({
    accountObject: () => {
      throw new Error("no request should get this far");
    },
    write: (_, line) => lines.push(line),
    now: () => now,
  });
  const bindings = token === null ? vars : { ...vars, ADMIN_TOKEN: token };
  return {
    lines,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    get: (path: string, cookie = "") => app.fetch(new Request(ORIGIN + path, { headers: { cookie } }), bindings),
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = { origin: ORIGIN }) =>
      app.fetch(
        new Request(ORIGIN + path, {
          method: "POST",
          headers: { "content-type": FORM, ...headers },
          body: new URLSearchParams(fields).toString(),
        }),
        bindings,
      ),
  };
}

async function signedIn(worker: ReturnType<typeof deployed>): Promise<string> {
  const answer = await worker.post("/console/sign-in", { token: TOKEN });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/console"]);
  return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

describe("a session", () => {
  test("begins with the ADMIN_TOKEN, in a cookie that scripts, other sites and plain http never get, and that is not the token", async () => {
    const worker = deployed();
    expect((await worker.get("/console")).status).toBe(401);
    const answer = await worker.post("/console/sign-in", { token: TOKEN });
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-tributary=\d+\.[\w-]{43}; /);
    for (const part of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=43200"]) expect(cookie).toContain(part);
    expect(cookie).not.toMatch(/domain/i);
    expect(cookie).not.toContain(TOKEN.slice(0, 8));
    expect((await worker.get("/console", cookie.split(";")[0])).status).toBe(200);
  });

  test.each(["", "b".repeat(40), TOKEN.slice(1), `${TOKEN}a`])(
    "does not begin with %j, and the log says that one was refused",
    async (token) => {
      const worker = deployed();
      const answer = await worker.post("/console/sign-in", { token });
      expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
      expect(worker.lines.join()).toContain("unauthorized");
      if (token !== "") expect(worker.lines.join()).not.toContain(token);
    },
  );

  test("does not exist where the Worker has no token", async () => {
    const worker = deployed(null);
    const answer = await worker.post("/console/sign-in", { token: "" });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("The console is closed");
    expect((await worker.get("/console", `__Host-tributary=${await beginSession(TOKEN, START)}`)).status).toBe(401);
  });

  test("ends after twelve hours", async () => {
    const worker = deployed();
    const cookie = await signedIn(worker);
    worker.pass(SESSION_SECONDS * 1_000 - 1);
    expect((await worker.get("/console", cookie)).status).toBe(200);
    worker.pass(1);
    expect((await worker.get("/console", cookie)).status).toBe(401);
  });

  test("ends when the operator signs out", async () => {
    const worker = deployed();
    const answer = await worker.post("/console/sign-out", {}, { origin: ORIGIN, cookie: await signedIn(worker) });
    expect(answer.headers.get("set-cookie")).toMatch(/^__Host-tributary=; Max-Age=0; .*Secure/);
  });

  test("is no session once a character of it is another", async () => {
    const session = await beginSession(TOKEN, START);
    expect(await isSession(session, TOKEN, START)).toBe(true);
    for (let index = 0; index < session.length; index += 1) {
      const character = session[index] === "1" ? "2" : "1";
      const altered = session.slice(0, index) + character + session.slice(index + 1);
      expect(await isSession(altered, TOKEN, START), altered).toBe(false);
    }
    for (const other of ["", ".", session.slice(0, -1), `${session}A`, `${session}=`, ` ${session}`, `0${session}`])
      expect(await isSession(other, TOKEN, START), other).toBe(false);
  });

  test("of another token, or from the future, is none", async () => {
    expect(await isSession(await beginSession("b".repeat(40), START), TOKEN, START)).toBe(false);
    expect(await isSession(await beginSession(TOKEN, START + 1), TOKEN, START)).toBe(false);
  });

  test("opens the pages alone, not the API", async () => {
    const worker = deployed();
    const answer = await worker.get("/api/v1/accounts", await signedIn(worker));
    expect(answer.status).toBe(401);
  });

  test("is asked for at every page, and the pages that need none say nothing of the accounts", async () => {
    const worker = deployed();
    const pages = [
      "",
      "/demo/events",
      "/demo/event?source=stripe&id=1",
      "/demo/body?source=stripe&id=1",
      "/demo/dead",
      "/demo/people",
      "/demo/conflicts",
      "/demo/sources",
      "/nowhere",
    ];
    for (const page of pages) {
      const answer = await worker.get(`/console${page}`);
      expect([answer.status, (await answer.text()).includes("demo")], page).toEqual([401, false]);
    }
    for (const page of ["/demo/replay", "/demo/dead", "/demo/conflicts"])
      expect((await worker.post(`/console${page}`, {})).status, page).toBe(401);
  });
});

describe("a form", () => {
  const FOREIGN = [
    {},
    { origin: "null" },
    { origin: "https://evil.example.com" },
    { origin: "http://tributary.example.com" },
    { origin: "https://tributary.example.com:8443" },
    { origin: "https://tributary.example.com.evil.example" },
    { origin: "" },
  ];

  test.each(FOREIGN)("of another origin is refused: %j", async (headers) => {
    const worker = deployed();
    const cookie = await signedIn(worker);
    for (const page of ["/sign-in", "/sign-out", "/demo/replay", "/demo/dead", "/demo/conflicts"]) {
      const answer = await worker.post(`/console${page}`, { token: TOKEN }, { ...headers, cookie });
      expect([answer.status, answer.headers.get("set-cookie")], page).toEqual([403, null]);
    }
  });

  test("of another origin is refused in a local run too, where no session is needed", async () => {
    const send = (origin: string) =>
      exports.default.fetch(
        new Request("http://127.0.0.1:8787/console/sign-out", {
          method: "POST",
          redirect: "manual",
          headers: { origin, "content-type": FORM },
        }),
      );
    expect((await send("http://127.0.0.1:3000")).status).toBe(403);
    expect((await send("http://localhost:8787")).status).toBe(403);
    expect((await send("http://127.0.0.1:8787")).status).toBe(303);
  });

  test("is sent by browsers with its origin: the policy of the pages does not hide it", async () => {
    const { headers } = await deployed().get("/console");
    expect(headers.get("referrer-policy")).toBe("same-origin");
  });

  test("that is too large is refused", async () => {
    expect((await deployed().post("/console/sign-in", { token: "x".repeat(70_000) })).status).toBe(413);
  });
});

describe("pages", () => {
  test("load and run nothing but the Worker's own stylesheet and script, and are kept by nobody", async () => {
    const { headers } = await deployed().get("/console");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
  });

  test("that send samples are no part of a deployed Worker, whatever it is made of", async () => {
    const show = async () => ({ title: "Composer", body: "" });
    const app = createApp({
      accountObject: () => ({
        accept: async () => ({ kind: "refused", reason: "busy" }),
        acceptAll: async () => [],
        operate: async () => ({ ok: false, refusal: "unusable", problem: null }),
        failed: async () => {},
        wipe: async () => true,
        watch: async () => new Response(null, { status: 503 }),
      }),
      composer: async () => ({ show, send: show }),
      write: () => {},
    });
    const vars = Object.fromEntries(Object.entries(env).filter(([name]) => name !== PROOF_KEY && name !== PROOF_TEXT));
    const cookie = `__Host-tributary=${await beginSession(TOKEN, Date.now())}`;
    for (const method of ["GET", "POST"]) {
      const request = (origin: string) =>
        new Request(`${origin}/console/demo/composer`, { method, headers: { cookie, origin, "content-type": FORM } });
      expect((await app.fetch(request(ORIGIN), { ...vars, ADMIN_TOKEN: TOKEN })).status).toBe(404);
      expect((await app.fetch(request("http://127.0.0.1:8787"), { ...env })).status).toBe(200);
    }
  });

  test("of a local run are open to this machine, and closed to what a tunnel forwards", async () => {
    const get = (headers: Record<string, string>) =>
      exports.default.fetch(new Request("http://127.0.0.1:8787/console", { headers }));
    const answer = await get({});
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("Sources of demo");
    expect((await get({ "x-forwarded-for": "203.0.113.9" })).status).toBe(401);
  });

  test.each([
    ["style.css", "text/css"],
    ["script.js", "text/javascript"],
  ])("%s is served to all", async (name, type) => {
    const answer = await deployed().get(`/console/${name}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, `${type}; charset=utf-8`]);
  });
});
