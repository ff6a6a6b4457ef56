/**
 * The command line as a stranger meets it: what it prints, how it ends, and what it leaves behind.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test, vi } from "vitest";
import { findFixture } from "../../src/cli/fixtures.ts";
import { inProject } from "../../src/cli/project.ts";
import { FAMILIES } from "../../src/cli/templates.ts";
import { ADAPTERS } from "../support/registry.ts";

// Processes are started and bundled for: how long that takes says nothing.
vi.setConfig({ testTimeout: 240_000 });

const directories: string[] = [];
const children: ChildProcess[] = [];

interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
  directories.push(directory);
  return directory;
}

function start(
  args: readonly string[],
  options: { root?: string; node?: readonly string[]; env?: Record<string, string> } = {},
): ChildProcess {
  const { root = inProject(""), node = [], env = {} } = options;
  const { CI: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [...node, join(root, "src/cli/main.mjs"), ...args], {
    cwd: root,
    env: { ...inherited, ...env },
  });
  children.push(child);
  return child;
}

async function run(...[args, options]: Parameters<typeof start>): Promise<Ending> {
  const child = start(args, options);
  let output = "";
  let errors = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  return new Promise((settle) => child.on("close", (code) => settle({ code, output, errors })));
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

const [adapter] = [...ADAPTERS.values()];
const event = adapter?.types.find((type) => adapter.interest(type).kind === "taken") ?? "";
const id = adapter?.id ?? "";

describe("a command that cannot begin", () => {
  test("says so on a Node that is too old", async () => {
    const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.12.9" } })`;
    const { code, errors } = await run(["dev"], { node: [`--import=data:text/javascript,${encodeURIComponent(older)}`] });
    expect([code, errors]).toEqual([2, expect.stringMatching(/need Node 22\.13 or newer.*22\.12\.9[\s\S]*npm run dev/)]);
  });

  test("says so where the dependencies are missing", async () => {
    const root = temporaryDirectory();
    cpSync(inProject("src/cli/main.mjs"), join(root, "src/cli/main.mjs"));
    expect(await run(["dev"], { root })).toMatchObject({ code: 2, errors: expect.stringContaining("npm ci") });
  });

  test.each([
    { args: [], says: "npm run demo" },
    { args: ["toString"], says: 'no command "toString"' },
    { args: ["generate", "--chek"], says: "--chek" },
    { args: ["deploy"], says: "npm run deploy -- us" },
    { args: ["deploy", "ap"], says: "npm run deploy -- us" },
    { args: ["golden", "nobody"], says: id },
    { args: ["generate", "now"], says: "npm run generate" },
    { args: ["new", "No"], says: "npm run new" },
    { args: ["new", "acme", "--family", "hmca"], says: "Did you mean hmac? There are: hmac, standard-webhooks" },
    { args: ["new", id], says: "already" },
    { args: ["send"], says: "npm run send" },
    { args: ["send", id, "no.such.event"], says: event.replaceAll("/", "_") },
    { args: ["send", id, event, "--tamper", "--stale"], says: "npm run send" },
    { args: ["map", id], says: "npm run map" },
    { args: ["map", id, "no-such-file.json"], says: "no-such-file.json" },
    { args: ["payloads"], says: "npm run payloads" },
    { args: ["test", "--adapter"], says: "--adapter" },
    { args: ["test", "--adapter", "nobody"], says: id },
  ])("$args ends with 2 and says what to do", async ({ args, says }) => {
    const { code, output, errors } = await run(args);
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toContain(says);
  });

  test("goldens are not written in CI", async () => {
    expect(await run(["golden", id], { env: { CI: "1" } })).toMatchObject({ code: 1, output: "" });
  });

  test("nothing is sent where nobody listens", async () => {
    expect(await run(["send", id, event, "--to", "http://127.0.0.1:9"])).toMatchObject({
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
  const { code, output } = await run(["map", id, file, ...headers]);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject([
    { type: event, kind: "calls", calls: expect.arrayContaining([expect.objectContaining({ type: "track" })]) },
  ]);
});

test("what the Worker would refuse or leave out is said so", async () => {
  const file = join(temporaryDirectory(), "webhook.json");
  writeFileSync(file, "");
  expect(await run(["map", "sendgrid", file])).toMatchObject({ code: 1, output: "", errors: expect.stringContaining("empty") });
  const refused = await run(["map", "sendgrid", file, "--json"]);
  expect([refused.code, JSON.parse(refused.output)]).toEqual([1, { kind: "refused", issue: expect.stringContaining("empty") }]);
  const event = { email: "ada@example.com", timestamp: 1795867200, event: "processed", sg_event_id: "e1" };
  writeFileSync(file, JSON.stringify([event, { ...event, timestamp: null }]));
  const { code, output } = await run(["map", "sendgrid", file]);
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
  const { code, output } = await run(["payloads", folder, "--json"]);
  expect([code, JSON.parse(output)]).toMatchObject([1, { failed: 1, failures: [{ name: expect.stringContaining("broken") }] }]);
});

test("dev serves the Worker and the sandbox, takes what send sends, and stops both", async () => {
  const dev = start(["dev"], { env: { PORT: "0", SANDBOX_PORT: "0", HOLD_UNKNOWN: "0" } });
  const urls = await new Promise<readonly string[]>((settle, fail) => {
    if (!dev.stdout) return fail(new Error("no output"));
    dev.on("exit", () => fail(new Error("dev ended")));
    createInterface({ input: dev.stdout }).on("line", (line) => {
      if (line.startsWith("Tributary serves on")) settle(line.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []);
    });
  });
  const [worker = "", sandbox = ""] = urls;
  expect(await (await fetch(`${worker}/healthz`)).json()).toEqual({ ok: true });

  const send = (...flags: readonly string[]) => run(["send", id, event, "--to", worker, ...flags]);
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

  const ended = new Promise((settle) => dev.on("exit", settle));
  dev.kill("SIGTERM");
  expect(await ended).toBe(0);
  await expect(fetch(worker)).rejects.toThrow();
  await expect(fetch(sandbox)).rejects.toThrow();
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

  /** The project with more in its wrangler.toml, and with secrets of its own. */
  function projectWith(configuration: string, secrets = ""): string {
    const root = temporaryDirectory();
    for (const path of ["src", "adapters", "package.json", "tsconfig.json", `test/fixtures/${id}`])
      cpSync(inProject(path), join(root, path), { recursive: true });
    symlinkSync(inProject("node_modules"), join(root, "node_modules"));
    writeFileSync(join(root, "wrangler.toml"), readFileSync(inProject("wrangler.toml"), "utf8") + configuration);
    if (secrets !== "") writeFileSync(join(root, ".dev.vars"), secrets);
    return root;
  }

  test("are served as they are written, each in its region, and what is wrong with them is said", async () => {
    const demo = adapter?.secret.demo ?? "";
    const secrets = `ACME_CDP_API_KEY=a\nACME_EU_CDP_API_KEY=b\nACME_EU_SHOP_SECRET=${demo}\n`;
    const root = projectWith(ACCOUNTS, secrets);
    const dev = start(["dev"], { root, env: { PORT: "0", SANDBOX_PORT: "0", HOLD_UNKNOWN: "0" } });
    let errors = "";
    const said = new Promise<void>((settle) => {
      dev.stderr?.on("data", (chunk) => {
        errors += chunk;
        if (/ACME_\w+_SECRET/.test(errors)) settle();
      });
    });
    const [worker = "", sandbox = ""] = await new Promise<readonly string[]>((settle, fail) => {
      if (!dev.stdout) return fail(new Error("no output"));
      dev.on("exit", () => fail(new Error(`dev ended: ${errors}`)));
      createInterface({ input: dev.stdout }).on("line", (line) => {
        if (line.startsWith("Tributary serves on")) settle(line.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []);
      });
    });
    await said;
    expect(errors).toMatch(
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
    dev.kill("SIGTERM");
    await new Promise((settle) => dev.on("exit", settle));
  });

  test("of one name in both environments are not served in silence", async () => {
    const root = projectWith(ACCOUNTS.replaceAll("acme-eu", "acme"));
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
    const root = projectWith(ACCOUNTS.replace(`region = "us"`, `region = "eu"`));
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

  test.each(["us", "eu"])("are deployed to %s as far as that goes without Cloudflare, with a file of secrets", async (region) => {
    const root = projectWith(ACCOUNTS);
    const file = join(root, "secrets.json");
    writeFileSync(
      file,
      JSON.stringify({ [`ACME_${id.toUpperCase()}_SECRET`]: adapter?.secret.demo, ACME_EU_SHOP_SECRET: adapter?.secret.demo }),
    );
    expect(await run(["deploy", region, "--dry-run", "--secrets-file", file], { root })).toMatchObject({
      code: 2,
      errors: expect.stringContaining("demo secret"),
    });
    expect(await run(["deploy", region, "--dry-run"], { root })).toMatchObject({
      code: 0,
      output: expect.stringContaining("dry-run"),
    });
  });
});

test("a new adapter of every family works, and nothing else is touched", async () => {
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
    "docs/tracking-plan.md",
    "docs/tracking-plan.json",
  ])
    cpSync(inProject(path), join(root, path));
  const before = contentsOf(root);

  for (const family of Object.keys(FAMILIES)) {
    expect(await run(["new", `acme-${family}`, "--family", family], { root })).toMatchObject({ code: 0, errors: "" });
  }
  const after = contentsOf(root);
  const touched = [...after.keys()].filter((path) => after.get(path) !== before.get(path)).sort();
  const own = Object.keys(FAMILIES).flatMap((family) => [
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
      "docs/matrix.md",
      "docs/tracking-plan.json",
      "docs/tracking-plan.md",
      "src/contract/registry.ts",
      "src/sandbox/demo.json",
      "src/sandbox/demo.vars",
    ].sort(),
  );

  expect(await run(["generate", "--check"], { root })).toMatchObject({ code: 0 });
  expect(await run(["lint", "adapters"], { root })).toMatchObject({ code: 0 });
  const { code, output } = await run(["test", "test/contract/adapters"], { root });
  expect([code, output.slice(-3000)]).toEqual([0, expect.stringContaining("acme-standard-webhooks")]);
  const one = await run(["test", "--adapter=acme-hmac"], { root });
  expect([one.code, one.output.slice(-3000)]).toEqual([0, expect.stringMatching(/^acme-hmac .* 1 /m)]);
  expect(one.output).not.toContain("acme-standard-webhooks");
});

/** Every file but the dependencies' and the tools' own, by its path. */
function contentsOf(root: string): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !/^(node_modules|\.wrangler)\//.test(path));
  return new Map(paths.map((path) => [path, existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : ""]));
}
