/**
 * What is made of the adapters, and the configuration that it becomes part of.
 */
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { demoAccounts } from "../../src/cli/accounts.ts";
import { generatedFiles, isStale } from "../../src/cli/generate/files.ts";
import { renderRegistry } from "../../src/cli/generate/registry.ts";
import { inProject, readWranglerConfig, WORKER_CONFIG } from "../../src/cli/project.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import { DEMO_SECRETS } from "../../src/cli/secrets.ts";
import { loadCommands } from "../../src/cli/start.ts";
import { readConfig } from "../../src/config/load.ts";
import { accountKeyName, secretName } from "../../src/secret-names.ts";
import { ADAPTERS } from "../support/registry.ts";
import { ownerOf } from "./ownership.ts";
import { projectFiles, textOf } from "./source-code.ts";

describe("the generated files", async () => {
  // Making them all takes seconds.
  const files = await generatedFiles(await loadCommands());

  test("are up to date", () => {
    expect(files.filter(isStale).map(({ path }) => path)).toEqual([]);
  });

  test("are said to be generated, each for people and for git", () => {
    const marked = [...textOf(".gitattributes").matchAll(/^(\S+) linguist-generated$/gm)].map(([, path = ""]) => path);
    const isMarked = (path: string) =>
      marked.includes(path) || (/^adapters\/[^/]*\.md$/.test(path) && marked.includes("adapters/*.md"));
    const paths = files.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => ownerOf(path) !== "generated")).toEqual([]);
    expect(paths.filter((path) => !isMarked(path))).toEqual([]);
  });

  test("are all that is said to be generated", () => {
    const paths = new Set(files.map(({ path }) => path));
    expect(projectFiles().filter((path) => ownerOf(path) === "generated" && !paths.has(path))).toEqual([]);
  });
});

test("the registry loads each adapter when it is wanted, and has its demo secret", () => {
  const [adapter] = [...ADAPTERS.values()];
  if (!adapter) throw new Error("there is no adapter");
  const text = renderRegistry([{ ...adapter, id: "acme-crm-2" }]);
  expect(text).toContain('  ["acme-crm-2", () => import("../../adapters/acme-crm-2.ts")],\n');
  expect(text).toContain(`  ${JSON.stringify(adapter.secret.demo)},\n`);
});

describe("the demo accounts", () => {
  const secrets = parseEnv(readFileSync(inProject(DEMO_SECRETS), "utf8"));
  const config = readConfig({ ACCOUNTS: demoAccounts(), ...secrets, ...proofBindings("local") }, ADAPTERS);

  test("are one in each region, with every adapter as a source that takes webhooks", () => {
    expect([config.problems, config.warnings]).toEqual([[], []]);
    const accounts = [...config.accounts].map(([name, state]) => ({ name, ...state }));
    expect(accounts).toMatchObject([
      { name: "demo", ok: true, account: { region: "us" } },
      { name: "demo-eu", ok: true, account: { region: "eu" } },
    ]);
    for (const account of accounts) {
      const sources = account.ok ? [...account.account.sources] : [];
      expect(sources.map(([name, { ok }]) => [name, ok])).toEqual([...ADAPTERS.keys()].map((id) => [id, true]));
    }
  });

  test("have secrets that no deployed Worker accepts", () => {
    const sources = { [[...ADAPTERS.keys()][0] ?? ""]: {} };
    const deployed = readConfig({ REGION: "us", ACCOUNTS: { demo: { region: "us", sources } }, ...secrets }, ADAPTERS);
    const demo = deployed.accounts.get("demo");
    expect(demo?.ok && [...demo.account.sources.values()].map(({ ok }) => ok)).toEqual([false]);
    expect(demo?.ok && demo.account.apiKey).toBeNull();
  });

  test("names of secrets follow the rule that the Worker reads them by", () => {
    expect(secretName("acme", "shop-de")).toBe("ACME_SHOP_DE_SECRET");
    expect(accountKeyName("acme-eu")).toBe("ACME_EU_CDP_API_KEY");
  });
});

describe("what is deployed", () => {
  const { env, ...top } = readWranglerConfig(WORKER_CONFIG);
  const OBSERVABILITY = {
    enabled: true,
    redact_query_string: true,
    logs: { enabled: true, invocation_logs: false },
    traces: { enabled: false },
  };

  test("a bare deployment has no account and no region: it takes nothing", () => {
    expect(top.vars).toEqual({});
    const { problems, runtime } = readConfig({ ...top.vars }, ADAPTERS);
    expect(runtime).toBe("cloudflare");
    expect(problems).toEqual([expect.stringContaining("ACCOUNTS"), expect.stringContaining("REGION")]);
  });

  test("neither invocation logs nor traces record URLs, which may hold a path token", () => {
    for (const environment of [top, env.us, env.eu]) expect(environment?.observability).toEqual(OBSERVABILITY);
  });

  test.each(["us", "eu"])("%s is strict, of one region, and bound to its own objects", (region) => {
    expect(env[region]?.vars).toEqual({ REGION: region });
    expect(env[region]?.durable_objects.bindings).toEqual([
      { name: "ACCOUNT", class_name: "AccountObject" },
      { name: "ACCOUNT_COPY", class_name: "AccountCopy" },
      { name: "DIRECTORY", class_name: "AccountDirectory" },
    ]);
    expect(Object.keys(env[region] ?? {}).sort()).toEqual(["durable_objects", "observability", "triggers", "vars"]);
  });
});
