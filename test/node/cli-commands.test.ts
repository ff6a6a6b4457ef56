/**
 * The command line as a stranger meets it: what it prints, how it ends, and what it leaves behind.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findFixture } from "../../src/cli/fixtures.ts";
import { inProject } from "../../src/cli/project.ts";
import { FAMILIES } from "../../src/cli/templates.ts";
import { ADAPTERS } from "../support/registry.ts";
import { IS_WHOLE } from "../support/share.ts";
import { type Dev, endAll, runProcess as run, runHere, startDev } from "./command-line.ts";
import { ownerOf } from "./ownership.ts";
import { copyProject } from "./project-copy.ts";

// Processes are started and bundled for: how long that takes says nothing.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const directories: string[] = [];

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
  directories.push(directory);
  return directory;
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

afterAll(endAll);

const [adapter] = [...ADAPTERS.values()];
const event = adapter?.types.find((type) => adapter.interest(type).kind === "taken") ?? "";
const id = adapter?.id ?? "";

describe("a command that cannot begin", () => {
  test("says so on a Node that is too old", async () => {
    const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.12.9" } })`;
    const node = [`--import=data:text/javascript,${encodeURIComponent(older)}`];
    const root = temporaryDirectory();
    cpSync(inProject("src/cli/main.mjs"), join(root, "src/cli/main.mjs"));
    const { code, errors } = await run(["dev"], { root, node });
    expect([code, errors]).toEqual([2, expect.stringMatching(/need Node 22\.13 or newer.*22\.12\.9[\s\S]*npm ci/)]);
  });

  test("continues in the Node that the project brings, where the one that it was started with is too old", async () => {
    const root = temporaryDirectory();
    cpSync(inProject("src/cli/main.mjs"), join(root, "src/cli/main.mjs"));
    const own = join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
    mkdirSync(dirname(own), { recursive: true });
    writeFileSync(own, '#!/bin/sh\necho "$@"\nexit 3\n', { mode: 0o755 });
    const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.0.0" } })`;
    const node = [`--import=data:text/javascript,${encodeURIComponent(older)}`];
    expect(await run(["send", "a", "--json"], { root, node })).toEqual({
      code: 3,
      output: `${join(root, "src/cli/main.mjs")} send a --json\n`,
      errors: "",
    });
  });

  test("says so where the dependencies are missing", async () => {
    const root = temporaryDirectory();
    cpSync(inProject("src/cli/main.mjs"), join(root, "src/cli/main.mjs"));
    expect(await run(["dev"], { root })).toMatchObject({ code: 2, errors: expect.stringContaining("npm ci") });
  });

  test.each([
    { args: [], says: "npx tributary <command>" },
    { args: ["toString"], says: 'no command "toString"' },
    { args: ["generate", "--chek"], says: "--chek" },
    { args: ["deploy"], says: "npx tributary deploy us" },
    { args: ["deploy", "ap"], says: "npx tributary deploy us" },
    { args: ["golden", "nobody"], says: id },
    { args: ["generate", "now"], says: "npx tributary generate" },
    { args: ["new", "No"], says: "npx tributary new" },
    { args: ["new", "acme", "--family", "hmca"], says: "Did you mean hmac? There are: hmac, standard-webhooks" },
    { args: ["new", id], says: "already" },
    { args: ["send"], says: "npx tributary send" },
    { args: ["send", id, "no.such.event"], says: event.replaceAll("/", "_") },
    { args: ["send", id, event, "--tamper", "--stale"], says: "npx tributary send" },
    { args: ["send", id, event, "--chaos", "--stale"], says: "At most one of" },
    { args: ["send", id, "--chaos", "--count", "0"], says: "--count is a number from 1" },
    { args: ["send", id, event, "--file", "x.json"], says: "the one webhook to send" },
    { args: ["send", id, "--file", "no-such-file.json"], says: "no-such-file.json" },
    { args: ["send", id, event, "--header", "x"], says: "--header takes a name and a value" },
    { args: ["map", id], says: "npx tributary map" },
    { args: ["map", id, "no-such-file.json"], says: "no-such-file.json" },
    { args: ["payloads"], says: "npx tributary payloads" },
    { args: ["test", "--adapter"], says: "--adapter" },
    { args: ["test", "--adapter", "nobody"], says: id },
  ])("$args ends with 2 and says what to do", async ({ args, says }) => {
    const { code, output, errors } = await runHere(...args);
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toContain(says);
  });

  test("goldens are not written in CI", async () => {
    expect(await run(["golden", id], { env: { CI: "1" } })).toMatchObject({ code: 1, output: "" });
  });

  test("nothing is sent where nobody listens", async () => {
    expect(await runHere("send", id, event, "--to", "http://127.0.0.1:9")).toMatchObject({
      code: 4,
      errors: expect.stringContaining("npm run dev"),
    });
  });
});

test("a recorded webhook is mapped, and nothing is sent", async () => {
  const fixture = findFixture(id, event);
  const file = join(temporaryDirectory(), "webhook.json");
  writeFileSync(file, fixture?.text ?? "");
  const headers = Object.entries(fixture?.headers ?? {}).map(([name, value]) => `--header=${name.toUpperCase()}: ${value}`);
  const { code, output } = await runHere("map", id, file, ...headers);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject([
    { type: event, kind: "calls", calls: expect.arrayContaining([expect.objectContaining({ type: "track" })]) },
  ]);
});

test("what the Worker would refuse or leave out is said so", async () => {
  const file = join(temporaryDirectory(), "webhook.json");
  writeFileSync(file, "");
  expect(await runHere("map", "sendgrid", file)).toMatchObject({ code: 1, output: "", errors: expect.stringContaining("empty") });
  const refused = await runHere("map", "sendgrid", file, "--json");
  expect([refused.code, JSON.parse(refused.output)]).toEqual([1, { kind: "refused", issue: expect.stringContaining("empty") }]);
  const event = { email: "ada@example.com", timestamp: 1795867200, event: "processed", sg_event_id: "e1" };
  writeFileSync(file, JSON.stringify([event, { ...event, timestamp: null }]));
  const { code, output } = await runHere("map", "sendgrid", file);
  expect([code, JSON.parse(output)]).toEqual([
    1,
    [
      expect.objectContaining({ id: "e1", kind: "ignored", reason: "an intermediate step of sending" }),
      expect.objectContaining({ kind: "dead", reason: "unreadable", issue: expect.stringContaining("timestamp") }),
    ],
  ]);
});

test("recorded webhooks are counted for machines, those that end badly with the reason", async () => {
  const folder = temporaryDirectory();
  // Whatever text it is, a form can be read.
  const takesJson = [...ADAPTERS.values()].find(({ format }) => format === "json");
  writeFileSync(join(folder, `${takesJson?.id}.broken.json`), "{");
  const { code, output } = await runHere("payloads", folder, "--json");
  expect([code, JSON.parse(output)]).toMatchObject([1, { failed: 1, failures: [{ name: expect.stringContaining("broken") }] }]);
});

describe("dev", () => {
  let dev: Dev;
  beforeAll(async () => {
    dev = await startDev();
  });

  test("serves the Worker and the sandbox, and takes what send sends", async () => {
    const { worker, sandbox } = dev;
    expect(await (await fetch(`${worker}/healthz`)).json()).toEqual({ ok: true });

    const send = (...flags: readonly string[]) => runHere("send", id, event, "--to", worker, ...flags);
    expect(await send()).toMatchObject({
      code: 0,
      output: expect.stringContaining('[200]  {"accepted":1,"duplicate":0,"ignored":0}'),
    });
    expect(await send("--duplicate")).toMatchObject({
      code: 0,
      output: expect.stringContaining('[200]  {"accepted":0,"duplicate":1,"ignored":0}'),
    });
    expect(await send("--tamper")).toMatchObject({ code: 0, output: expect.stringContaining("[401]") });
    expect((await fetch(`${sandbox}/_sandbox/calls/wait?region=us&count=2`)).status).toBe(200);
  });

  test("takes a storm of send as it should: each event once, nothing forged", async () => {
    const { code, output, errors } = await runHere(
      "send",
      "stripe",
      "--chaos",
      "--count",
      "40",
      "--seed",
      "1",
      "--to",
      dev.worker,
    );
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(
      /37 accepted, each once\n +3 ignored\n +[1-9]\d* duplicates[\s\S]*[1-9]\d* tampered with[\s\S]*All is as it should be/,
    );
    const json = await runHere("send", id, event, "--chaos", "--count", "3", "--json", "--to", dev.worker);
    expect(JSON.parse(json.output)).toMatchObject({ webhooks: 3, accepted: 3, problems: [] });
  });

  test("takes a webhook of one's own, with values set before it is signed", async () => {
    const file = join(temporaryDirectory(), "webhook.json");
    writeFileSync(file, findFixture("stripe", "customer.created")?.text ?? "");
    const email = `${Date.now()}@example.com`;
    const person = ["--set", `data.object.id=cus_${Date.now()}`, "--set", `data.object.email=${email}`];
    const args = ["send", "stripe", "--file", file, ...person, "--to", dev.worker];
    expect(await runHere(...args, "--fresh")).toMatchObject({ code: 0, output: expect.stringContaining('{"accepted":1') });
    await dev.says(new RegExp(`${email} → `));
    // Without --fresh it is the event of the file, byte for byte: once.
    expect(await runHere(...args)).toMatchObject({ code: 0, output: expect.stringContaining('{"accepted":1') });
    expect(await runHere(...args)).toMatchObject({ code: 0, output: expect.stringContaining('"duplicate":1') });
    const set = (setting: string) => runHere("send", "stripe", "--file", file, "--set", setting, "--to", dev.worker);
    expect(await set("nonsense")).toMatchObject({ code: 2, errors: expect.stringContaining("--set nonsense") });
    expect(await set("id.x=1")).toMatchObject({ code: 2, errors: expect.stringContaining("neither an object nor a list") });
  });

  test("prints a line for each webhook: what it is, or why it was refused or ignored, and what left", async () => {
    const { worker, sandbox } = dev;
    const send = (source: string, type: string, ...flags: readonly string[]) =>
      runHere("send", source, type, "--to", worker, ...flags);
    await send("stripe", "invoice.paid", "--duplicate");
    await send("github", "push");
    await send("stripe", "invoice.paid", "--stale");
    await fetch(`${worker}/hooks/demo/stripe`, { method: "POST", body: "{}" });
    await fetch(`${worker}/hooks/demo/stripe`, { method: "POST", body: "{}" });
    await fetch(`${sandbox}/_sandbox/faults`, { method: "PUT", body: JSON.stringify({ status: 503, count: 1 }) });
    await send("shopify", "orders/create", "--account", "demo-eu");
    await dev.says(/nora\S+ → identify, Order Completed/);

    const lines = dev.output().toString("utf8").split("\n");
    const said = lines
      .slice(lines.findIndex((line) => line.includes("Stop with")))
      .map((line) => line.replace(/^[\d:]{8} {2}/, ""));
    expect(said.filter((line) => line.length > 80)).toEqual([]);
    const text = said.join("\n");
    expect(text).toMatch(/^200 +stripe +invoice\.paid\s+evt_\w+$/m);
    expect(text).toMatch(/^200 +stripe +invoice\.paid\s+duplicate {2}evt_\w+$/m);
    expect(text).toMatch(/^200 +github +push\s+ignored: one for every push to every branch\s+push:/m);
    expect(text).toMatch(/^401 +stripe +the signature is too old, or too new\n +Its signature is dated 8 days ago/m);
    // Each of them, although they are of one kind.
    expect(text.match(/^401 +stripe +no signature\n +It has no signature: something else/gm)).toHaveLength(2);
    expect(text).toMatch(/^sent +stripe +invoice\.paid\s+\S+ → .*Payment Succeeded$/m);
    expect(text).toMatch(/^fail +demo-eu +2 calls to Customer\.io \(EU\) answered with 503$/m);
    expect(text).toMatch(/^sent +demo-eu\/shopify +orders\/create\s+nora\.lindqvist@example\.com → identify, Order Completed$/m);
    expect(text).not.toContain("{");
  });

  test("ends both when it is told to", async () => {
    const { worker, sandbox } = dev;
    expect(await dev.stop()).toBe(0);
    await expect(fetch(worker)).rejects.toThrow();
    await expect(fetch(sandbox)).rejects.toThrow();
  });
});

describe("accounts of wrangler.toml", () => {
  const ACCOUNTS = `
[env.us.vars.ACCOUNTS.acme]
region = "us"
[env.us.vars.ACCOUNTS.acme.sources]
${id} = {}
[env.eu.vars.ACCOUNTS.acme-eu]
region = "eu"
[env.eu.vars.ACCOUNTS.acme-eu.sources]
shop = { adapter = "${id}" }
`;

  // Its modules are compiled once, for all of the processes that run in it.
  const root = mkdtempSync(join(tmpdir(), "tributary-test-"));
  beforeAll(() => {
    copyProject(root, [id]);
    cpSync(inProject(`test/fixtures/${id}`), join(root, `test/fixtures/${id}`), { recursive: true });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Gives the copy more in its wrangler.toml, and secrets of its own. */
  function writeConfiguration(configuration: string, secrets = ""): void {
    rmSync(join(root, ".dev.vars"), { force: true });
    writeFileSync(join(root, "wrangler.toml"), readFileSync(inProject("wrangler.toml"), "utf8") + configuration);
    if (secrets !== "") writeFileSync(join(root, ".dev.vars"), secrets);
  }

  test("are served as they are written, each in its region, and what is wrong with them is said", async () => {
    const demo = adapter?.secret.demo ?? "";
    const secrets = `ACME_CDP_API_KEY=a\nACME_EU_CDP_API_KEY=b\nACME_EU_SHOP_SECRET=${demo}\n`;
    writeConfiguration(ACCOUNTS, secrets);
    const dev = await startDev({ root });
    await dev.says(/ACME_\w+_SECRET/);
    const { worker, sandbox } = dev;
    expect(dev.errors()).toMatch(
      new RegExp(`warning +wrangler\\.toml:\\d+ +\\[env\\.us\\] ACME_${id.toUpperCase()}_SECRET: is not known here`),
    );
    const send = (...args: readonly string[]) => run(["send", ...args, "--to", worker], { root });
    expect(await send("shop", event, "--account", "acme-eu")).toMatchObject({
      code: 0,
      output: expect.stringContaining("[200]"),
    });
    expect(await send(id, event, "--account", "acme")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("_SECRET: set this secret"),
    });
    const arrived = await fetch(`${sandbox}/_sandbox/calls/wait?region=eu&count=1`);
    expect(arrived.status).toBe(200);
    expect(await dev.stop()).toBe(0);
  });

  test("of one name in both environments are not served in silence", async () => {
    writeConfiguration(ACCOUNTS.replaceAll("acme-eu", "acme"));
    const both = {
      code: 1,
      output: "",
      errors: expect.stringMatching(/"acme" is an account of \[env\.us\] and of \[env\.eu\].*--env eu/),
    };
    expect(await run(["dev"], { root, env: { PORT: "0", SANDBOX_PORT: "0" } })).toMatchObject(both);
    expect(await run(["send", id, event, "--account", "acme"], { root })).toMatchObject({ ...both, code: 2 });
    expect(await run(["send", "shop", "--account", "acme", "--env", "eu"], { root })).toMatchObject({
      code: 2,
      errors: expect.stringContaining("_SHOP_SECRET: set this secret"),
    });
    expect(await run(["send", id, "--env", "ue"], { root })).toMatchObject({
      code: 2,
      errors: expect.stringContaining("no [env.ue]"),
    });
  });

  test("that are broken are neither checked as right nor deployed", async () => {
    writeConfiguration(ACCOUNTS.replace(`region = "us"`, `region = "eu"`));
    const deploy = await run(["deploy", "us", "--dry-run"], { root });
    expect(deploy).toMatchObject({
      code: 2,
      output: "",
      errors: expect.stringMatching(/error .*region: "eu": this Worker serves only "us".*[\s\S]*Nothing was deployed/),
    });
    const doctor = await run(["doctor", "--offline", "--json"], { root });
    expect([doctor.code, JSON.parse(doctor.output)]).toMatchObject([
      1,
      expect.arrayContaining([expect.objectContaining({ code: "other_region", account: "acme" })]),
    ]);
    expect(await run(["doctor", "--offline", "--account", "acne"], { root })).toMatchObject({
      code: 2,
      errors: expect.stringContaining("Did you mean acme?"),
    });
  });

  test("are not deployed by a build that has no region yet, and by one that has", async () => {
    writeConfiguration(ACCOUNTS.replace(`region = "us"`, `region = "eu"`));
    const build = { root, env: { WORKERS_CI: "1" } };
    const first = await run(["deploy", "--dry-run"], build);
    expect(first).toMatchObject({ code: 0, output: expect.stringMatching(/No region is chosen yet[\s\S]*dry-run/) });
    expect(first.output).not.toMatch(/ACCOUNTS|REGION/);
    const us = await run(["deploy", "--dry-run"], { ...build, env: { ...build.env, CLOUDFLARE_ENV: "us" } });
    expect(us).toMatchObject({ code: 2, errors: expect.stringContaining("Nothing was deployed") });
    const eu = await run(["deploy", "--dry-run"], { ...build, env: { ...build.env, CLOUDFLARE_ENV: "eu" } });
    expect(eu).toMatchObject({ code: 0, output: expect.stringMatching(/REGION .*"eu"/) });
  });

  test.each(IS_WHOLE ? ["us", "eu"] : ["us"])("are not deployed to %s with a file of demo secrets", async (region) => {
    writeConfiguration(ACCOUNTS);
    const file = join(temporaryDirectory(), "secrets.json");
    writeFileSync(
      file,
      JSON.stringify({ [`ACME_${id.toUpperCase()}_SECRET`]: adapter?.secret.demo, ACME_EU_SHOP_SECRET: adapter?.secret.demo }),
    );
    expect(await run(["deploy", region, "--dry-run", "--secrets-file", file], { root })).toMatchObject({
      code: 2,
      errors: expect.stringContaining("demo secret"),
    });
  });

  // A share has the deployment of a build, above, and that of a setup.
  test.each(IS_WHOLE ? ["us", "eu"] : [])("are deployed to %s as far as that goes without Cloudflare", async (region) => {
    writeConfiguration(ACCOUNTS);
    expect(await run(["deploy", region, "--dry-run"], { root })).toMatchObject({
      code: 0,
      output: expect.stringContaining("dry-run"),
    });
  });
});

test("a new adapter of each family works, and nothing else is touched", async () => {
  const families = Object.keys(FAMILIES).filter((family) => IS_WHOLE || family === "hmac");
  const root = temporaryDirectory();
  const copied = [
    "src",
    ".gitignore",
    "wrangler.toml",
    "biome.json",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
    "test/contract",
    "test/setup",
    "test/support",
    "test/vectors",
    "test/tsconfig.json",
  ];
  for (const path of copied) cpSync(inProject(path), join(root, path), { recursive: true });
  symlinkSync(inProject("node_modules"), join(root, "node_modules"));
  // Without the adapters that there are: they have tests of their own.
  writeFileSync(
    join(root, "src/contract/registry.ts"),
    'import type { Registry } from "./load.ts";\nexport const REGISTRY: Registry = new Map();\nexport const DEMO_SECRETS: ReadonlySet<string> = new Set();\n',
  );
  for (const path of [
    "adapters/README.md",
    "docs/commands.md",
    "docs/matrix.md",
    "docs/openapi.json",
    "docs/tracking-plan.md",
    "docs/tracking-plan.json",
  ])
    cpSync(inProject(path), join(root, path));
  const before = contentsOf(root);

  for (const family of families) {
    expect(await run(["new", `acme-${family}`, "--family", family], { root })).toMatchObject({ code: 0, errors: "" });
  }
  const after = contentsOf(root);
  const touched = [...after.keys()].filter((path) => after.get(path) !== before.get(path)).sort();
  const own = families.flatMap((family) => [
    `adapters/acme-${family}.ts`,
    `adapters/acme-${family}.md`,
    `adapters/acme-${family}/catalogue.ts`,
    `adapters/acme-${family}/plan.schema.ts`,
    `test/fixtures/acme-${family}/contact.created.json`,
    `test/golden/acme-${family}/contact.created.json`,
  ]);
  expect(touched).toEqual(
    [
      ...own,
      "adapters/README.md",
      // The plan's own adapters are not copied.
      "docs/backfill-vendors.md",
      "docs/matrix.md",
      "docs/tracking-plan.json",
      "docs/tracking-plan.md",
      "docs/vendors.md",
      "src/console/guides.ts",
      "src/console/plan-events.ts",
      "src/contract/registry.ts",
      "src/sandbox/demo.json",
      "src/sandbox/demo.vars",
    ].sort(),
  );
  expect(touched.filter((path) => ownerOf(path) === "ours")).toEqual([]);

  expect(await run(["generate", "--check"], { root })).toMatchObject({ code: 0 });
  expect(await run(["lint", "adapters"], { root })).toMatchObject({ code: 0 });
  if (IS_WHOLE) {
    const { code, output } = await run(["test", "test/contract/adapters", "--maxWorkers=1"], { root });
    expect([code, output.slice(-3000)]).toEqual([0, expect.stringContaining("acme-standard-webhooks")]);
  }
  const one = await run(["test", "--adapter=acme-hmac", "--maxWorkers=1"], { root });
  expect([one.code, one.output.slice(-3000)]).toEqual([0, expect.stringMatching(/^acme-hmac .* 1 /m)]);
  for (const other of families.filter((family) => family !== "hmac")) expect(one.output).not.toContain(`acme-${other}`);
});

/** Every file but the dependencies' and the tools' own, by its path. */
function contentsOf(root: string): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !/^(node_modules|\.wrangler)\//.test(path));
  return new Map(paths.map((path) => [path, existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : ""]));
}
