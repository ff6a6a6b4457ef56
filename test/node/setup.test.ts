/**
 * From nothing to the first event: what setup asks, refuses, writes and sends.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { PassThrough } from "node:stream";
import { parse } from "smol-toml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { askCio } from "../../src/cli/doctor/cio.ts";
import { inProject, WORKER_CONFIG } from "../../src/cli/project.ts";
import { type Answers, readAccountOptions, readSources, readValue, schemaOf } from "../../src/cli/setup/answers.ts";
import { declare, declareElsewhere } from "../../src/cli/setup/declare.ts";
import { targetIn } from "../../src/cli/setup/deployment.ts";
import { ACCOUNT_MEANINGS, SOURCE_MEANINGS } from "../../src/cli/setup/meanings.ts";
import { type Prompts, terminalPrompts } from "../../src/cli/setup/prompts.ts";
import { ask } from "../../src/cli/setup/questions.ts";
import { runSetup } from "../../src/cli/setup/run.ts";
import { accountSchema, SOURCE_OPTIONS, valueAt } from "../../src/config/schema.ts";
import { ADAPTERS } from "../support/registry.ts";
import { IS_WHOLE } from "../support/share.ts";
import { ownerOf } from "./ownership.ts";
import { copyProject } from "./project-copy.ts";

const DELIVERED = readFileSync(inProject(WORKER_CONFIG), "utf8");

/** The milliseconds that a person may wait for the first event. */
const TWO_MINUTES = 120_000;

/** Folders that a fresh clone does not have. */
const NOT_CLONED = ["dist", ".wrangler", ".git", "data", "coverage"];

let root = "";

/** What the clone had at first. */
let delivered: ReadonlyMap<string, Buffer> = new Map();

/** The vendors that are set up. */
const VENDORS = ["stripe", "shopify", "zendesk"];

/** A fresh clone with its dependencies; a share has only the vendors that are set up, so that it starts in a fraction of the time. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tributary-test-"));
  if (IS_WHOLE) cloneProject();
  else {
    copyProject(root, VENDORS);
    for (const id of VENDORS) cpSync(inProject(`test/fixtures/${id}`), join(root, `test/fixtures/${id}`), { recursive: true });
  }
  delivered = filesOf(root);
});

function cloneProject(): void {
  const project = inProject("");
  const isCloned = (path: string) => {
    const [first = "", ...others] = relative(project, path).split("/");
    return !NOT_CLONED.includes(first) && first !== ".dev.vars" && ![first, ...others].includes("node_modules");
  };
  cpSync(project, root, { recursive: true, filter: isCloned });
  symlinkSync(inProject("node_modules"), join(root, "node_modules"));
}

/** The files of a clone, but those of dependencies and tools, with what they hold. */
function filesOf(folder: string): ReadonlyMap<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(node_modules|\.wrangler)\//.test(path));
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path))]));
}

afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The command in the clone. No variable of ours that names a secret goes along. */
async function setup(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ending> {
  const child = spawn(process.execPath, [join(root, "src/cli/main.mjs"), "setup", ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));
  return new Promise((settle) => child.on("close", (code) => settle({ code, output, errors })));
}

function inClone(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function at(text: string, ...path: readonly string[]): unknown {
  const value = valueAt(parse(text), path);
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function leftovers(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => /^tributary-(secrets|deploy|setup)-/.test(name));
}

describe("a bare machine", () => {
  const args = ["--account", "acme", "--region", "eu", "--source", "stripe", "--source", "shop-de=shopify"];

  test("has its first events in the sandbox after one command", { timeout: TWO_MINUTES }, async () => {
    const { code, output, errors } = await setup([...args, "--option", "stripe.user_id_from=metadata.user_id"]);
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(/^ {2}stripe +arrived +\S+ +-> +[A-Z]/m);
    expect(output).toMatch(/^ {2}shop-de +arrived +\S+ +-> +[A-Z]/m);
    expect(output).toContain("https://<your Worker>/hooks/acme/shop-de");
    expect(output).toContain("In Workbench, go to Webhooks");
    const config = inClone(WORKER_CONFIG);
    expect(at(config, "env", "eu", "vars", "ACCOUNTS")).toEqual({
      acme: {
        region: "eu",
        sources: { stripe: { user_id_from: ["metadata.user_id"] }, "shop-de": { adapter: "shopify" } },
      },
    });
    expect(DELIVERED.split("\n").filter((line) => !config.split("\n").includes(line))).toEqual([]);
    expect(inClone(".dev.vars")).toMatch(/^ACME_STRIPE_SECRET=\S+$/m);
    expect(statSync(join(root, ".dev.vars")).mode & 0o777).toBe(0o600);
    const written = [...filesOf(root)].flatMap(([path, bytes]) => (delivered.get(path)?.equals(bytes) ? [] : [path]));
    expect(written.sort()).toEqual([".dev.vars", WORKER_CONFIG]);
    expect(written.filter((path) => ownerOf(path) !== "yours")).toEqual([]);
  });

  test("keeps what it has where the command is repeated, and takes what is added", async () => {
    const [config, secrets] = [inClone(WORKER_CONFIG), inClone(".dev.vars")];
    expect(await setup([...args, "--test", "none"])).toMatchObject({ code: 0, errors: "" });
    expect([inClone(WORKER_CONFIG), inClone(".dev.vars")]).toEqual([config, secrets]);
    const more = [
      "--account",
      "acme",
      "--region",
      "eu",
      "--source",
      "stripe",
      "--test",
      "none",
      "--option",
      "stripe.connect=true",
    ];
    expect(await setup(more, { ACME_STRIPE_SECRET: "whsec_0123456789abcdef" })).toMatchObject({ code: 0 });
    expect(at(inClone(WORKER_CONFIG), "env", "eu", "vars", "ACCOUNTS", "acme", "sources", "stripe")).toEqual({
      user_id_from: ["metadata.user_id"],
      connect: true,
    });
    expect(inClone(".dev.vars")).toMatch(/^ACME_STRIPE_SECRET=whsec_0123456789abcdef$/m);
  });

  test.each(IS_WHOLE ? ["us", "eu"] : ["eu"])(
    "deploys a Worker for the %s with its secrets, as far as wrangler goes without uploading",
    async (region) => {
      const env = { LIVE_CDP_API_KEY: "a-key-of-a-workspace", LIVE_STRIPE_SECRET: "whsec_0123456789abcdef" };
      const sources = ["--source", "stripe", "--source", "zendesk"];
      const { code, output, errors } = await setup(
        ["--account", "live", "--region", region, ...sources, "--deploy", "--dry-run", "--offline"],
        env,
      );
      expect([code, errors]).toEqual([0, ""]);
      expect(output).toContain(`env.REGION ("${region}")`);
      expect(output).toMatch(/env\.LIVE_STRIPE_SECRET \("\(hidden\)"\)/);
      expect(output).toContain(`npx wrangler secret put LIVE_ZENDESK_SECRET --env ${region}`);
      expect(output).not.toContain("whsec_0123456789abcdef");
      const config = inClone(WORKER_CONFIG);
      expect(at(config, "env", region, "secrets", "required")).toEqual(["LIVE_CDP_API_KEY", "LIVE_STRIPE_SECRET"]);
      expect(config).not.toContain("whsec_");
      expect([leftovers(), readdirSync(root).filter((name) => name.startsWith(".admin-token"))]).toEqual([[], []]);
    },
  );
});

/** A setup that must be refused: it runs in the project itself, which must stay as it is. */
async function refused(wishes: Parameters<typeof runSetup>[0]["wishes"], secrets: string | null = null): Promise<string> {
  const before = readFileSync(inProject(WORKER_CONFIG), "utf8");
  const end = await runSetup({
    wishes: { account: "acme", region: "us", source: ["stripe"], ...wishes },
    secretsFile: secrets,
    isOffline: true,
    isDryRun: true,
    test: "none",
    prompts: null,
    say: () => undefined,
  });
  expect(readFileSync(inProject(WORKER_CONFIG), "utf8")).toBe(before);
  return end.exit === "usage" ? end.problem : `ended with ${end.exit}`;
}

describe("a setup is refused, and nothing changed,", () => {
  test.each([
    ["for a region that there is not", { region: "ap" }, "--region is us or eu"],
    ["for a name that cannot stand in a URL", { account: "Acme Inc" }, "the name of the account"],
    ["for an adapter that there is not", { source: ["stirpe"] }, "Did you mean stripe?"],
    ["for a source that is there twice", { source: ["stripe", "stripe"] }, "is there twice"],
    ["for an option that there is not", { option: ["stripe.user_id_form=x"] }, "Did you mean user_id_from?"],
    ["for an option of an account that there is not", { option: ["identifier=id"] }, "Did you mean identifiers?"],
    ["for a value that is none", { option: ["stripe.test_events=maybe"] }, "--option stripe.test_events=maybe: "],
    ["for an option of a source that is not set up", { option: ["stirpe.people=known"] }, "Did you mean stripe?"],
    ["for a vendor that signs a URL that is not said", { source: ["twilio"] }, "public_url"],
    ["for an event that the vendor does not have", { option: ["stripe.events_off=invoice.payed"] }, "invoice.paid"],
    ["for a Worker without a key", { account: "no-key", deploy: true }, "NO_KEY_CDP_API_KEY is missing"],
    ["for a file of secrets that there is not", {}, "There is no file /nowhere", "/nowhere"],
  ] as const)("%s", async (_, wishes, said, file: string | null = null) => {
    expect(await refused(wishes, file)).toContain(said);
  });

  test("where nobody can be asked", async () => {
    expect(await setup(["--account", "acme"])).toMatchObject({
      code: 2,
      errors: expect.stringContaining("--region, --account and --source"),
    });
  });
});

function answers(more: Partial<Answers> = {}): Answers {
  const sources = readSources({ source: ["stripe"], option: ["stripe.connect=true"] }, "acme", ADAPTERS);
  if (!sources.ok) throw new TypeError(sources.problem);
  return { region: "us", account: "acme", options: { identifiers: "id" }, sources: sources.value, ...more };
}

describe("the configuration", () => {
  test("gets options in the account's own table, a source's in its own, and keeps the others", () => {
    const text = `${DELIVERED}
[env.us.vars.ACCOUNTS.acme] # Ours.
region = "us"
merge = "auto" # They said so.
[env.us.vars.ACCOUNTS.acme.sources.stripe]
# About users.
user_id_from = ["metadata.id"]
`;
    const declared = declare(text, answers(), ["B", "A"]);
    const config = declared.ok ? declared.value : "";
    expect(at(config, "env", "us", "vars", "ACCOUNTS", "acme")).toEqual({
      region: "us",
      merge: "auto",
      identifiers: "id",
      sources: { stripe: { user_id_from: ["metadata.id"], connect: true } },
    });
    expect(at(config, "env", "us", "secrets")).toEqual({ required: ["A", "B"] });
    expect(text.split("\n").filter((line) => !config.split("\n").includes(line))).toEqual([]);
  });

  test("tells the Worker of the other region where the account is served", () => {
    const config = declareElsewhere(DELIVERED, answers(), "https://hooks.example.com/");
    expect(at(config, "env", "eu", "vars", "ELSEWHERE")).toEqual({ acme: "https://hooks.example.com" });
    expect(declareElsewhere("", answers(), "https://hooks.example.com")).toBe("");
  });

  test("is left to the person where it is written in another way", () => {
    const vars = `[env.us.vars]\nREGION = "us"`;
    const text = DELIVERED.replace(vars, `${vars}\nACCOUNTS = '{"acme":{"region":"us"}}'`);
    const declared = declare(text, answers(), []);
    expect(declared.ok ? "" : declared.problem).toContain('[env.us.vars.ACCOUNTS.acme]\n  region = "us"\n  identifiers = "id"');
  });
});

test("the meaning of every option is told", () => {
  expect([...Object.keys(SOURCE_MEANINGS), "adapter"].sort()).toEqual([...SOURCE_OPTIONS].sort());
  expect([...Object.keys(ACCOUNT_MEANINGS), "alerts", "region", "sources"].sort()).toEqual(
    Object.keys(accountSchema.shape).sort(),
  );
});

test.each([
  ["user_id_from", "metadata.user_id", ["metadata.user_id"]],
  ["user_id_from", "a, b", ["a", "b"]],
  ["user_id_from", '["a"]', ["a"]],
  ["custom_fields", "all", "all"],
  ["connect", "true", true],
  ["object_type_id", '{ company = "1" }', { company: "1" }],
  ["test_events", "deliver", "deliver"],
])("%s = %s is read as a person means it", (key, text, value) => {
  const stripe = ADAPTERS.get("stripe");
  const schema = stripe === undefined ? undefined : schemaOf(stripe, key);
  expect(schema === undefined ? null : readValue(schema, text)).toEqual({ ok: true, value });
});

test("numbers are options of accounts", () => {
  expect(readAccountOptions({ option: ["hold_unknown=0", "billing_from=stripe", "stripe.connect=true"] })).toEqual({
    ok: true,
    value: { hold_unknown: 0, billing_from: "stripe" },
  });
});

/** Answers questions in turn. */
function scripted(script: readonly (string | readonly string[] | boolean | null)[]): {
  readonly prompts: Prompts;
  readonly asked: string[];
} {
  const left = [...script];
  const asked: string[] = [];
  const next = <Answer>(message: string, schema: z.ZodType<Answer>): Promise<Answer | null> => {
    asked.push(message);
    if (left.length === 0) throw new TypeError(`nobody answers "${message}"`);
    return Promise.resolve(schema.nullable().parse(left.shift()));
  };
  return {
    asked,
    prompts: {
      text: async (message, { validate } = {}) => {
        const answer = await next(message, z.string());
        expect(answer === null ? undefined : validate?.(answer)).toBeUndefined();
        return answer;
      },
      secret: (message) => next(message, z.string()),
      choose: (message) => next(message, z.string()),
      chooseMany: (message) => next(message, z.array(z.string())),
      confirm: (message) => next(message, z.boolean()),
    },
  };
}

describe("questions", () => {
  test("become what the options of a command line would have been", async () => {
    const { prompts, asked } = scripted([
      "local",
      "eu",
      "acme",
      "email_and_id",
      ["hubspot", "stripe"],
      "4711",
      [],
      "https://hooks.example.com",
      ["user_id_from"],
      "metadata.user_id",
    ]);
    expect(await ask({}, ADAPTERS, prompts, null)).toEqual({
      deploy: false,
      region: "eu",
      account: "acme",
      source: ["hubspot", "stripe"],
      option: ["identifiers=email_and_id", "hubspot.portal_id=4711", "stripe.user_id_from=metadata.user_id"],
      url: "https://hooks.example.com",
    });
    expect(asked.filter((message) => message.includes("Settings → Privacy"))).toHaveLength(1);
  });

  test("are not asked about what is said, and end where the person cancels", async () => {
    const said = {
      deploy: true,
      region: "us",
      account: "acme",
      source: ["stripe"],
      option: ["identifiers=id", "stripe.connect=true"],
    };
    expect(await ask(said, ADAPTERS, scripted([]).prompts, null)).toEqual({ ...said, url: undefined });
    expect(await ask({ account: "acme" }, ADAPTERS, scripted(["local", null]).prompts, "us")).toBeNull();
  });

  test("are asked at a terminal", async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let shown = "";
    output.on("data", (chunk) => (shown += chunk));
    const prompts = terminalPrompts({ input, output });
    const type = (keys: string) => setImmediate(() => input.write(keys));
    type("acme\r");
    expect(await prompts.text("Which name?", { validate: (answer) => (answer === "acme" ? undefined : "no") })).toBe("acme");
    type("\u001b[B\r");
    expect(
      await prompts.choose("Which region?", [
        { value: "us", label: "US" },
        { value: "eu", label: "EU", hint: "Europe" },
      ]),
    ).toBe("eu");
    type("s3cret-s3cret\r");
    expect(await prompts.secret("Which key?", () => undefined)).toBe("s3cret-s3cret");
    type("\r");
    expect(await prompts.secret("Which other key?", () => undefined)).toBe("");
    type(" \r");
    expect(await prompts.chooseMany("Which options?", [{ value: "a", label: "a" }], false)).toEqual(["a"]);
    type("y");
    expect(await prompts.confirm("Sure?")).toBe(true);
    type("\u0003");
    expect(await prompts.text("And now?")).toBeNull();
    expect(shown).toContain("Which region?");
    expect(shown).not.toContain("s3cret");
  });
});

test("Customer.io's own command line is asked for its region", async () => {
  const said = (output: string | null) =>
    askCio(async (name, args) => ([name, ...args].join(" ") === "cio auth status" ? output : "no"));
  expect(await said('{"status":"authenticated","region":"eu","account_id":"12","verified":true}')).toEqual({
    region: "eu",
    accountId: "12",
  });
  expect(await said('{"status":"authenticated"}')).toBeNull();
  expect(await said("not JSON")).toBeNull();
  expect(await said(null)).toBeNull();
});

test("the address of a deployed Worker is what wrangler says", () => {
  const line = (targets: readonly string[]) => JSON.stringify({ type: "deploy", version: 1, targets });
  expect(targetIn(`{"type":"wrangler-session"}\n${line(["schedule: */5 * * * *", "https://t-us.acme.workers.dev"])}\n`)).toBe(
    "https://t-us.acme.workers.dev",
  );
  expect(targetIn(line(["hooks.acme.com (custom domain)"]))).toBe("https://hooks.acme.com");
  expect(targetIn(line(["hooks.acme.com/*"]))).toBe("https://hooks.acme.com");
  expect(targetIn("")).toBeNull();
});
