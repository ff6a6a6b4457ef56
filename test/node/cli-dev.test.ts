/**
 * The whole command line against one running `dev`: each command that asks a server does its work there, and the others are named with the reason why
 * they have none.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadCommands } from "../../src/cli/start.ts";
import { stripeApi } from "../support/stand-ins/stripe.ts";
import { type Dev, type Ending, endAll, runHere, runProcess, startDev, startProcess } from "./command-line.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** The commands that ask no server that runs already, each with what it works on. */
const WITHOUT_SERVER: Readonly<Record<string, string>> = {
  demo: "starts a Worker of its own, and ends it",
  setup: "starts a Worker of its own, and ends it",
  selfhost: "is a server",
  postman: "writes files",
  map: "reads a file",
  build: "makes the upload",
  deploy: "makes the upload, and Cloudflare takes it",
  completion: "knows the project's words",
  new: "writes an adapter",
  golden: "writes goldens",
  payloads: "reads a folder",
  generate: "writes files of the project",
  test: "runs the tests",
  "test:faults": "runs the tests that kill servers, which it starts itself",
  bench: "starts what it measures",
  check: "looks at the project's files",
  lint: "looks at the project's files",
  format: "looks at the project's files",
};

const DAY = 86_400_000;
const KEY = "rk_live_0123456789abcdef";
const SECRET = "whsec_of_the_command_line_0123456789";
const folder = mkdtempSync(join(tmpdir(), "tributary-test-"));
const driven = new Set<string>(["dev"]);

let dev: Dev;
let order = "";

/** Runs a command against `dev`. */
function run(name: string, ...args: readonly string[]): Promise<Ending> {
  driven.add(name);
  return runHere(name, ...args, "--to", dev.worker);
}

/** Runs a command against `dev`, which must end well; reads what it prints as JSON. */
async function json(name: string, ...args: readonly string[]) {
  const { code, output, errors } = await run(name, ...args, "--json");
  expect([code, errors]).toEqual([0, ""]);
  return JSON.parse(output);
}

/** Waits until a list of events is as long. */
async function events(count: number, ...filters: readonly string[]) {
  return vi.waitUntil(
    async () => {
      const { events } = await json("events", ...filters);
      return events.length >= count && events;
    },
    { timeout: 60_000, interval: 200 },
  );
}

beforeAll(async () => {
  dev = await startDev();
  const send = (...args: readonly string[]) => run("send", ...args);
  // A young one: to replay it may start automations.
  const processed = `processed_at=${new Date().toISOString()}`;
  expect(await send("shopify", "orders/create", "--duplicate", "--set", processed)).toMatchObject({ code: 0 });
  expect(await send("github", "push")).toMatchObject({ code: 0 });
  expect(await send("stripe", "customer.created", "--tamper")).toMatchObject({
    code: 0,
    output: expect.stringContaining("[401]"),
  });
  // A body that its vendor would not send: it is verified, and kept as a dead letter.
  expect(await send("stripe", "customer.created", "--set", "data.object.id={}")).toMatchObject({ code: 0 });
  const [event] = await events(1, "--source", "shopify", "--state", "delivered");
  order = event.id;
}, 240_000);

afterAll(async () => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

test("dev prints what came, why one was refused and one ignored, and what left, in 80 columns", async () => {
  // The lines of the Worker and of the sandbox come by two ways.
  for (const line of [
    /→ .*Order Completed/,
    / 401 +stripe/,
    /The secret is wrong, most likely: DEMO_STRIPE_SECRET/,
    /github +push/,
  ])
    await dev.says(line);
  const lines = dev
    .output()
    .toString()
    .split("\n")
    .filter((line) => /^\d\d:\d\d:\d\d/.test(line));
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
});

test("events finds by id, source, type, state, person, time and text in the body; ignored ones with the reason", async () => {
  const found = async (...filters: readonly string[]) =>
    (await json("events", ...filters)).events.map(({ id }: { readonly id: string }) => id);
  const { event } = await json("event", order);
  for (const filters of [
    ["--id", order],
    ["--source", "shopify", "--type", "orders/create", "--state", "delivered"],
    ["--person", event.people[0].name],
    ["--text", "TRAIL-42"],
    ["--from", "1h"],
  ])
    expect(await found(...filters), filters.join(" ")).toContain(order);
  expect(await found("--person", "nobody@example.com")).toEqual([]);
  const [ignored] = await events(1, "--source", "github", "--state", "ignored");
  expect(ignored.reason).toEqual(expect.stringMatching(/\w{4,}/));
  expect(await events(1, "--state", "duplicate")).toMatchObject([{ id: order, type: "orders/create" }]);
});

test("event shows one whole", async () => {
  const { code, output } = await run("event", order);
  expect(code).toBe(0);
  for (const word of ["verified", "orders/create", "Order Completed", "batch"]) expect(output).toContain(word);
  expect(output.split("\n").filter((line) => line.length > 80 && !line.includes('"'))).toEqual([]);
});

test("replay says how many may start automations, and asks for --may-trigger", async () => {
  const refused = await run("replay", order);
  expect([refused.code, refused.output + refused.errors]).toEqual([1, expect.stringContaining("--may-trigger")]);
  expect(refused.output + refused.errors).toMatch(/\b1\b/);
  expect(await run("replay", order, "--may-trigger")).toMatchObject({ code: 0 });
});

test("tail follows", async () => {
  driven.add("tail");
  const child = startProcess(["tail", "--to", dev.worker, "--last", "1"]);
  let printed = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await vi.waitUntil(() => printed.includes("\n"), { timeout: 60_000 });
  await run("send", "stripe", "customer.created", "--set", "data.object.email=tail@example.com", "--set", "data.object.id=cus_t");
  await vi.waitUntil(() => printed.includes("Contact Created"), { timeout: 60_000 });
  const ended = new Promise((settle) => child.on("exit", settle));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

test("dead lists, shows, puts back and discards", async () => {
  const [letter] = await vi.waitUntil(
    async () => {
      const { letters } = await json("dead", "list");
      return letters.length > 0 && letters;
    },
    { timeout: 60_000, interval: 200 },
  );
  const number = String(letter.number);
  expect(await run("dead", "show", number)).toMatchObject({ code: 0, output: expect.stringContaining("customer.created") });
  expect(await run("dead", "replay", number)).toMatchObject({ code: 0 });
  await vi.waitUntil(async () => (await json("dead", "list")).letters.length > 0, { timeout: 60_000, interval: 200 });
  expect(await run("dead", "discard", "--all")).toMatchObject({ code: 0, output: expect.stringContaining("1") });
});

test("send says which options a sample is made for", async () => {
  const hint = "This sample is of a source that sets batch";
  expect(await run("send", "generic", "order.paid.batch")).toMatchObject({ code: 0, errors: expect.stringContaining(hint) });
  expect(await run("send", "generic", "order.paid")).toMatchObject({ code: 0, errors: "" });
});

test("people loads, explains, exports, and lists conflicts; erase forgets and lets come back", async () => {
  const file = join(folder, "people.csv");
  writeFileSync(file, "source,kind,id,email,user_id\nstripe,customer,cus_ada,ada@example.com,u_ada\n");
  expect(await run("people", "import", file)).toMatchObject({ code: 0 });
  expect(await run("people", "explain", "ada@example.com")).toMatchObject({ code: 0, output: expect.stringContaining("u_ada") });
  expect((await runProcess(["people", "export", "--to", dev.worker])).output).toContain("ada@example.com");
  expect(await run("people", "conflicts")).toMatchObject({ code: 0 });
  expect(await run("people", "conflicts", "dismiss", "7")).toMatchObject({ code: 1 });
  expect(await run("people", "pull", "stripe")).toMatchObject({ code: 1, errors: expect.stringContaining("API_KEY") });

  expect(await run("erase", "--email", "ada@example.com", "--customerio", "none")).toMatchObject({ code: 0 });
  expect(await run("erase", "status")).toMatchObject({ code: 0 });
  const lift = await vi.waitUntil(
    async () => {
      const answer = await run("erase", "lift", "--email", "ada@example.com");
      return answer.code === 0 && answer;
    },
    { timeout: 60_000, interval: 200 },
  );
  expect(lift.output).toMatch(/^No longer erased: [1-9]\d* identifiers?\./);
});

test("backfill and recover bring the vendor's past in, and import a file, each once", async () => {
  const created = Math.floor((Date.now() - 40 * DAY) / 1000);
  const invoice = { id: "in_past", object: "invoice", created, livemode: true, status_transitions: { order_at: created } };
  const recent = Math.floor((Date.now() - 5 * DAY) / 1000);
  const missed = { id: "evt_missed", object: "event", type: "customer.deleted", created: recent, livemode: true };
  const api = stripeApi({
    lists: {
      invoices: [{ id: invoice.id, at: created * 1000, value: invoice }],
      events: [
        { id: missed.id, at: recent * 1000, value: { ...missed, data: { object: { id: "cus_gone", object: "customer" } } } },
      ],
    },
    key: KEY,
    now: Date.now,
    most: 100,
  });
  const onward = globalThis.fetch;
  vi.stubGlobal("fetch", (address: string | URL | Request, init?: RequestInit) => {
    const url = new URL(address instanceof Request ? address.url : address);
    return url.host === "api.stripe.com" ? api.fetch(url.href, init ?? {}) : onward(address, init);
  });
  vi.stubEnv("STRIPE_API_KEY", KEY);
  vi.stubEnv("TRIBUTARY_PROGRESS", join(folder, "progress"));
  expect(await run("backfill", "stripe", "--since", "90d", "--dry-run")).toMatchObject({ code: 0 });
  expect(await run("recover", "stripe", "--since", "10d")).toMatchObject({ code: 0 });
  expect(await events(1, "--id", missed.id)).toMatchObject([{ type: missed.type }]);
  const file = join(folder, "events.jsonl");
  writeFileSync(file, `${JSON.stringify({ ...missed, data: { object: { id: "cus_gone", object: "customer" } } })}\n`);
  expect(await run("import", "stripe", file)).toMatchObject({ code: 0, output: expect.stringContaining("1 webhook read") });
  vi.unstubAllGlobals();
});

test("accounts adds an account whose webhooks are taken at once, and removes it", async () => {
  vi.stubEnv("OF_THE_TEST", SECRET);
  expect(await run("accounts", "add", "globex", "region=us")).toMatchObject({ code: 0 });
  expect(await run("accounts", "add-source", "globex", "stripe")).toMatchObject({ code: 0 });
  expect(await run("accounts", "secret", "add", "globex", "stripe", "--from", "OF_THE_TEST")).toMatchObject({ code: 0 });
  const shown = await run("accounts", "show", "globex");
  expect([shown.code, shown.output.includes(SECRET)]).toEqual([0, false]);
  expect(await run("accounts", "list")).toMatchObject({ code: 0, output: expect.stringContaining("globex") });
  expect(await run("accounts", "remove", "globex")).toMatchObject({ code: 0 });
});

test("alert says which alerts are open; doctor how the Worker is; a profile stands for both options", async () => {
  expect(await run("alert")).toMatchObject({ code: 0 });
  driven.add("profiles").add("doctor");
  vi.stubEnv("TRIBUTARY_PROFILES", join(folder, "profiles.toml"));
  expect(await runHere("profiles", "add", "here", "--url", dev.worker, "--account", "demo")).toMatchObject({ code: 0 });
  expect(await runHere("events", "--source", "shopify", "--profile", "here")).toMatchObject({
    code: 0,
    output: expect.stringContaining("orders/create"),
  });
  const doctor = await runHere("doctor", "--profile", "here");
  expect([doctor.code, doctor.output + doctor.errors]).toEqual([expect.any(Number), expect.stringContaining("demo")]);
  expect(doctor.code).toBeLessThan(2);
});

test("plan finds nothing wrong with the calls that left", async () => {
  driven.add("plan");
  const file = join(folder, "calls.json");
  const calls = await (await fetch(`${dev.sandbox}/_sandbox/calls`)).text();
  expect(calls).toContain("Order Completed");
  writeFileSync(file, calls);
  expect(await runHere("plan", "check", file)).toMatchObject({ code: 0, errors: "" });
});

test("no command is missing here", async () => {
  const names = (await loadCommands()).map(({ name }) => name);
  expect([...driven, ...Object.keys(WITHOUT_SERVER)].sort()).toEqual(names.sort());
});
