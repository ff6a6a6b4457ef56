/**
 * The Worker as it is deployed, on workerd: whatever stands in its vars and secrets, its operator's API stays closed to strangers.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import worker from "virtual:bundle/worker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { demoAccounts, workerWith } from "../../src/cli/accounts.ts";
import { modulesOf } from "../../src/cli/bundle.ts";
import { findFixture } from "../../src/cli/fixtures.ts";
import { readWranglerConfig, WORKER_CONFIG } from "../../src/cli/project.ts";
import { makeProof } from "../../src/cli/proof.ts";
import { toRequest } from "../../src/cli/recorded.ts";
import { sign } from "../../src/cli/requests.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { LOCAL_ADDRESS, renderWorkerd, type Server, serve } from "../../src/cli/workerd.ts";
import { sourceOf } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";

const [adapter] = [...ADAPTERS.values()].filter(({ id }) => id === "stripe");
if (adapter === undefined) throw new TypeError("there is no such adapter");

const HEX = "5a".repeat(32);
const ADMIN_TOKEN = "strict-tests-0123456789abcdef0123";
const ACCOUNTS = { demo: { region: "us", sources: { stripe: {} } } };
const DEMO = { ACCOUNTS, DEMO_STRIPE_SECRET: adapter.secret.demo, DEMO_CDP_API_KEY: "tributary_demo_us" };

/** What an operator may write, by mistake or from an older release: of each list one. Beside `null` all is given as text or as JSON. */
const CHOICES = {
  RUNTIME: [null, "local", "selfhost", ["local"]],
  TIME_SCALE: [null, "600"],
  HOLD_UNKNOWN: [null, "0"],
  RUNTIME_KEY: [null, HEX, Array.from({ length: 32 }, () => 0x5a), { byteLength: 32 }],
  RUNTIME_PROOF: [null, `local:${HEX}`, `selfhost:${HEX}`],
  REGION: [null, "us"],
  ADMIN_TOKEN: [null, ADMIN_TOKEN],
} as const;

type Variables = Readonly<Record<string, unknown>>;

/** Every combination. */
function combinations(): readonly Variables[] {
  return Object.entries(CHOICES).reduce<readonly Variables[]>(
    (all, [name, values]) => all.flatMap((some) => values.map((value) => (value === null ? some : { ...some, [name]: value }))),
    [{}],
  );
}

/** Workers whose variables are real bindings, by name: what else they have is that of an environment that is deployed. */
const BOUND: Readonly<Record<string, Variables>> = {
  "a bare deployment": {},
  "demo without more": DEMO,
  "runtime local": { ...DEMO, REGION: "us", RUNTIME: "local" },
  "runtime selfhost": { ...DEMO, REGION: "us", RUNTIME: "selfhost", ADMIN_TOKEN },
  "proof as text": { ...DEMO, REGION: "us", RUNTIME_KEY: HEX, RUNTIME_PROOF: `local:${HEX}` },
  "proof as JSON": {
    ...DEMO,
    REGION: "us",
    RUNTIME_KEY: Object.fromEntries(Array.from({ length: 32 }, (_, index) => [index, 0x5a])),
    RUNTIME_PROOF: `local:${HEX}`,
  },
};

/** One Worker with the variables that a request brings along: what vars and secrets give is text and JSON, no more. */
const HARNESS = `
import worker from "./index.js";
export { AccountObject, AccountCopy } from "./index.js";
export default {
  async fetch(request, env, context) {
    const name = request.headers.get("x-worker");
    if (name !== null) return env[name].fetch(request);
    const answers = [];
    const { combinations, probes } = await request.json();
    for (const variables of combinations) {
      const given = { ACCOUNT: env.ACCOUNT, ACCOUNT_COPY: env.ACCOUNT_COPY, ...variables };
      const statuses = [];
      for (const { url, ...init } of probes) {
        const response = await worker.fetch(new Request(url, init), given, context);
        statuses.push(response.status);
        await response.text();
      }
      answers.push(statuses);
    }
    return Response.json(answers);
  },
};
`;

function bindingsOf(variables: Variables): string {
  const binding = (name: string, value: unknown) =>
    typeof value === "string"
      ? `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`
      : `(name = ${JSON.stringify(name)}, json = ${JSON.stringify(JSON.stringify(value))})`;
  const objects = ["ACCOUNT", "ACCOUNT_COPY"].map(
    (name) => `(name = "${name}", durableObjectNamespace = "${name === "ACCOUNT" ? "AccountObject" : "AccountCopy"}")`,
  );
  return [...Object.entries(variables).map(([name, value]) => binding(name, value)), ...objects].join(", ");
}

/** The text of workerd's configuration: the Workers, and one that passes requests on. */
function configuration(): string {
  const rest = `compatibilityDate = "${readWranglerConfig(WORKER_CONFIG).compatibility_date}",
    durableObjectNamespaces = [
      (className = "AccountObject", uniqueKey = "AccountObject", enableSql = true),
      (className = "AccountCopy", uniqueKey = "AccountCopy", enableSql = true)],
    durableObjectStorage = (inMemory = void)`;
  const index = modulesOf(worker)
    .map((name) => `(name = "${name}", esModule = embed "${name}")`)
    .join(", ");
  const bound = Object.entries(BOUND).map(
    ([name, variables]) => `(name = "${name}", worker = (modules = [${index}], bindings = [${bindingsOf(variables)}], ${rest}))`,
  );
  const passes = Object.keys(BOUND).map((name) => `(name = "${name}", service = "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${bound.join(",\n    ")},
    (name = "harness", worker = (
      modules = [(name = "harness.js", esModule = embed "harness.js"), ${index}],
      bindings = [${bindingsOf({})}, ${passes.join(", ")}], ${rest}))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "harness")]);
`;
}

interface Probe {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What only an operator may see or do. */
const CLOSED: readonly (readonly [string, object?])[] = [
  ["/healthz/details"],
  ["/metrics"],
  ["/api"],
  ["/api/v1/accounts/demo"],
  ["/api/v1/accounts/demo/dead"],
  ["/api/v1/accounts/demo/identities"],
  ["/api/v1/accounts/demo/erase"],
  ["/api/v1/accounts/demo/erase", { email: "ada@example.com" }],
  ["/api/v1/accounts/demo/compact", {}],
  ["/api/v1/accounts/demo/identities", { rows: [{}] }],
  ["/api/v1/accounts/demo/dead/discard", { all: true }],
  ["/api/nothing"],
];

function closedProbes(host: string): readonly Probe[] {
  return CLOSED.map(([path, body]) => ({
    url: `http://${host}${path}`,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? { method: "GET" } : { method: "POST", body: JSON.stringify(body) }),
  }));
}

/** A webhook that is signed with the demo's secret, as everybody can. */
async function demoWebhook(host: string): Promise<Probe> {
  const fixture = adapter && findFixture(adapter.id, "customer.created");
  if (!adapter || !fixture) throw new TypeError("there is no such sample");
  const source = sourceOf(adapter);
  const { headers, body } = await sign(toRequest(fixture, source), source, Date.now());
  const url = `http://${host}/hooks/demo/${adapter.id}`;
  return { url, method: "POST", headers: Object.fromEntries(headers), body: new TextDecoder().decode(body) };
}

const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
let base = "";
let stop = async (): Promise<void> => {};

beforeAll(async () => {
  cpSync(dirname(worker), directory, { recursive: true });
  writeFileSync(join(directory, "harness.js"), HARNESS);
  writeFileSync(join(directory, "strict.capnp"), configuration());
  const { default: binary } = z.object({ default: z.string() }).parse(createRequire(import.meta.url)("workerd"));
  const child = spawn(binary, ["serve", "--control-fd=3", join(directory, "strict.capnp")], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  const [, , , control] = child.stdio;
  if (!control || !("read" in control)) throw new TypeError("no control channel");
  const [line] = await Promise.race([once(createInterface({ input: control }), "line"), ended.then(() => [""])]);
  base = `http://127.0.0.1:${z.object({ port: z.int() }).parse(JSON.parse(String(line))).port}`;
});

afterAll(async () => {
  await stop();
  rmSync(directory, { recursive: true });
});

describe("whatever vars and secrets say", () => {
  const all = combinations();

  test("the operator's API is closed, and demo secrets open no source", async () => {
    // The hosts that a local run is open for.
    const probes = [...closedProbes("127.0.0.1:8787"), await demoWebhook("localhost")];
    const body = JSON.stringify({ combinations: all.map((variables) => ({ ...DEMO, ...variables })), probes });
    const response = await fetch(base, { method: "POST", body });
    const answers = z.array(z.array(z.number())).parse(await response.json());
    expect(answers).toHaveLength(all.length);
    const open = answers.flatMap((statuses, index) =>
      statuses.flatMap((status, place) => {
        const probe = probes[place];
        const wanted = probe?.url.includes("/hooks/") ? 503 : 401;
        return status === wanted ? [] : [[all[index], probe?.method, probe?.url, status]];
      }),
    );
    expect([open.length, open.slice(0, 5)]).toEqual([0, []]);
  });

  test.each(Object.keys(BOUND))("the same holds for real bindings: %s", async (name) => {
    const { host } = new URL(base);
    for (const { url, ...init } of [...closedProbes(host), await demoWebhook(host)]) {
      const response = await fetch(url, { ...init, headers: { ...init.headers, "x-worker": name } });
      expect([url, response.status]).toEqual([url, url.includes("/hooks/") ? 503 : 401]);
    }
  });
});

describe("a proven local run", () => {
  let server: Server;

  beforeAll(async () => {
    server = await serve(
      {
        config: workerWith(demoAccounts()),
        file: join(directory, "index.js"),
        port: 0,
        state: join(directory, "local", "state"),
        secrets: { ...localSecrets(), HOLD_UNKNOWN: "0", TIME_SCALE: "600" },
        runtime: "local",
        // Nothing listens there.
        sandbox: { host: `${LOCAL_ADDRESS}:9` },
      },
      () => undefined,
    );
  });

  afterAll(() => server.stop());

  /** Asks it under a name of the asker's choice, as a browser does whose DNS was changed. @param target of the request line */
  async function ask(host: string | null, probe: Omit<Probe, "url">, target: string) {
    const asked = request({
      host: LOCAL_ADDRESS,
      port: server.port,
      method: probe.method,
      path: target,
      headers: { ...probe.headers, ...(host === null ? {} : { host }) },
      setHost: false,
    });
    asked.end(probe.body);
    const [response] = await once(asked, "response");
    const body = await text(response);
    return { status: response.statusCode, body };
  }

  const shown = (path: string) => ask(`localhost:${server.port}`, { method: "GET", headers: {} }, path);

  test.each(["localhost", "LocalHost", "127.0.0.1", "127.8.9.10", "[::1]"])("is open under %s, with any port", async (name) => {
    for (const host of [name, `${name}:${server.port}`, `${name}:1`]) {
      expect(await ask(host, { method: "GET", headers: {} }, "/healthz/details")).toMatchObject({ status: 200 });
      expect(await ask(host, { method: "GET", headers: {} }, "/api/v1/accounts/demo")).toMatchObject({ status: 200 });
    }
  });

  const REBINDING = [
    "attacker.example",
    "attacker.example:8787",
    "localhost.attacker.example",
    "127.0.0.1.attacker.example",
    "sub.localhost",
    "localhost.",
    "10.0.0.1",
    "0.0.0.0",
    "128.0.0.1",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::2]",
    "127.0.0.1@attacker.example",
    "attacker.example#127.0.0.1",
    "xn--localhst-e1a",
    "127.999.999.999",
    "a b",
    "a%b",
    "[",
    "localhost:99999",
  ];

  test.each(REBINDING)("is closed as a whole under %s", async (host) => {
    const webhook = await demoWebhook("h");
    const more = ["/", "/healthz", "/nothing"].map((path) => ({ url: path, method: "GET", headers: {} }));
    for (const { url, ...init } of [...closedProbes("h"), ...more, webhook]) {
      const { pathname } = new URL(url, "http://h");
      const answer = await ask(host, init, pathname);
      // What makes no URL is malformed, if the HTTP parser does not refuse it by itself.
      expect([pathname, answer.status]).toEqual([pathname, expect.toSatisfy((status) => status === 403 || status === 400)]);
      if (answer.status === 403) expect(answer.body).toMatch(/"foreign_host".*Host header/);
    }
    expect((await shown("/metrics")).body).not.toMatch(/outcome="accepted"/);
  });

  test("a request line that names this machine does not make up for another Host header, or none", async () => {
    const look = { method: "GET", headers: {} };
    expect((await ask("attacker.example", look, `http://127.0.0.1:${server.port}/healthz/details`)).status).not.toBe(200);
    expect((await ask(null, look, "/healthz/details")).status).not.toBe(200);
  });

  test("a request that a tunnel passed on may bring a webhook, and sees nothing", async () => {
    const forwarded = { "x-forwarded-for": "203.0.113.7" };
    expect(await ask("localhost", { method: "GET", headers: { via: "1.1 proxy" } }, "/healthz/details")).toMatchObject({
      status: 401,
    });
    for (const { url, ...init } of closedProbes("h")) {
      const answer = await ask("localhost", { ...init, headers: { ...init.headers, ...forwarded } }, new URL(url).pathname);
      expect([url, answer.status]).toEqual([url, 401]);
    }
    const { url, ...webhook } = await demoWebhook("h");
    const sent = await ask("localhost", { ...webhook, headers: { ...webhook.headers, ...forwarded } }, new URL(url).pathname);
    expect(sent).toMatchObject({ status: 200 });
  });
});

test.each([
  ["RUNTIME", "local"],
  ["RUNTIME_KEY", HEX],
  ["RUNTIME_PROOF", `local:${HEX}`],
])("a local run whose variables name a %s of their own is strict", async (name, value) => {
  const server = await serve(
    {
      config: workerWith(demoAccounts()),
      file: join(directory, "index.js"),
      port: 0,
      state: join(directory, name, "state"),
      secrets: { ...localSecrets(), [name]: value },
      runtime: "local",
      sandbox: null,
    },
    () => undefined,
  );
  try {
    const get = async (path: string) => (await fetch(`http://${LOCAL_ADDRESS}:${server.port}${path}`)).status;
    expect(await get("/healthz")).toBe(503);
    if (name !== "RUNTIME") expect(await get("/healthz/details")).toBe(401);
  } finally {
    await server.stop();
  }
});

test("what is written down of a start proves nothing by itself", () => {
  const serving = { config: workerWith({}), file: "index.js", port: 0, state: "state", secrets: {}, sandbox: null } as const;
  const proof = makeProof("local");
  const file = renderWorkerd({ ...serving, runtime: "local" }, proof);
  expect(file).toContain('(name = "RUNTIME_PROOF", fromEnvironment = "RUNTIME_PROOF")');
  expect(file).not.toContain(proof.text);
  expect(makeProof("local").text).not.toBe(proof.text);
});
