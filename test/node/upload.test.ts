/**
 * Which adapters are deployed, and what a Worker says of one that it was built without.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { workerWith } from "../../src/cli/accounts.ts";
import { bundle, ENTRIES } from "../../src/cli/bundle.ts";
import { parseWranglerConfig } from "../../src/cli/project.ts";
import { contentsOf, readSecretList } from "../../src/cli/upload.ts";
import { LOCAL_ADDRESS, serve } from "../../src/cli/workerd.ts";

const folder = mkdtempSync(join(tmpdir(), "tributary-upload-"));
afterAll(() => rmSync(folder, { recursive: true }));

const TOKEN = "0123456789abcdef0123456789abcdef";

function configWith({ top = "", environment = "", vars = "" }: Readonly<Record<string, string>> = {}) {
  return parseWranglerConfig(`
name = "tributary"
compatibility_date = "2026-10-01"
${top}
[env.us]
${environment}
[env.us.vars]
REGION = "us"
${vars}
[env.us.vars.ACCOUNTS.acme.sources]
stripe = {}
shop = { adapter = "shopify" }
[env.us.vars.ACCOUNTS.other.sources]
shopify = {}
[env.eu.vars]
REGION = "eu"
`);
}

describe("what is deployed", () => {
  test("has the adapters of the region's declared sources, each once", () => {
    const secrets = new Set(["ADMIN_TOKEN", "ACME_STRIPE_SECRET"]);
    expect(contentsOf(configWith(), "us", secrets)).toEqual({ adapters: ["shopify", "stripe"], all: null });
    expect(contentsOf(configWith(), "us", new Set())).toMatchObject({ adapters: ["shopify", "stripe"] });
  });

  test.each([
    { where: "the Worker has a directory", config: {}, secrets: ["DIRECTORY_KEY"], why: "DIRECTORY_KEY" },
    {
      where: "it will have one",
      config: { environment: 'secrets = { required = ["DIRECTORY_KEY"] }' },
      secrets: [],
      why: "DIRECTORY_KEY",
    },
    { where: "its key is a variable", config: { vars: 'DIRECTORY_KEY = "x"' }, secrets: [], why: "DIRECTORY_KEY" },
    { where: "its accounts are a secret", config: {}, secrets: ["ACCOUNTS"], why: "ACCOUNTS" },
    { where: "variables are set elsewhere too", config: { top: "keep_vars = true" }, secrets: [], why: "keep_vars" },
    { where: "the secrets are not known", config: {}, secrets: null, why: "could not be read" },
  ])("has all where $where", ({ config, secrets, why }) => {
    const known = secrets === null ? null : new Set<string>(secrets);
    expect(contentsOf(configWith(config), "us", known)).toEqual({ adapters: null, all: expect.stringContaining(why) });
  });

  test("has all where no source is declared, and where the environment is missing", () => {
    const all = { adapters: null, all: "no source is declared in [env.eu]" };
    expect(contentsOf(configWith(), "eu", new Set())).toEqual(all);
    expect(contentsOf({ ...configWith(), env: {} }, "eu", new Set())).toEqual(all);
  });
});

describe("the secrets of a Worker are read", () => {
  test("from what wrangler prints", () => {
    const list = JSON.stringify([{ name: "ADMIN_TOKEN", type: "secret_text" }], null, "  ");
    expect(readSecretList(0, `${list}\n`)).toEqual(new Set(["ADMIN_TOKEN"]));
    expect(readSecretList(0, `▲ [WARNING] A warning.\n\n${list}\n`)).toEqual(new Set(["ADMIN_TOKEN"]));
    expect(readSecretList(0, "[]\n")).toEqual(new Set());
  });

  test("as none where there is no Worker yet", () => {
    expect(readSecretList(1, '✘ [ERROR] Worker "tributary-us" (env: us) not found.\n\n  If this is')).toEqual(new Set());
    expect(readSecretList(1, '✘ [ERROR] Worker "tributary" not found.\n')).toEqual(new Set());
  });

  test("as unknown from anything else", () => {
    expect(
      readSecretList(1, "✘ [ERROR] In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN"),
    ).toBeNull();
    expect(readSecretList(0, "")).toBeNull();
    expect(readSecretList(0, '[{"title": "no name"}]')).toBeNull();
  });
});

test("an adapter that a Worker was built without is called so, and the Worker is to be built again", async () => {
  const built = await bundle(ENTRIES.worker, join(folder, "worker"), true, new Set(["stripe"]));
  if (!built.ok) throw new Error(built.output);
  const sources = { stripe: {}, clerk: {}, bling: {} };
  const config = workerWith({ acme: { region: "us", sources } });
  const secrets = {
    ADMIN_TOKEN: TOKEN,
    ACME_STRIPE_SECRET: "whsec_0123456789abcdef",
    DIRECTORY_KEY: Buffer.alloc(32, 7).toString("base64"),
  };
  const place = { config, file: built.file, port: 0, state: join(folder, "state"), secrets, runtime: "selfhost" as const };
  const server = await serve({ ...place, sandbox: null }, () => {});
  try {
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`http://${LOCAL_ADDRESS}:${server.port}${path}`, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${TOKEN}` },
      });
    expect((await ask("/hooks/acme/stripe", { method: "POST", body: "{}" })).status).toBe(401);
    expect((await ask("/hooks/acme/clerk", { method: "POST", body: "{}" })).status).toBe(503);
    const again = "build it again (npm run build), and restart it";
    expect(await (await ask("/healthz/details")).json()).toMatchObject({
      warnings: expect.arrayContaining([expect.stringMatching(/^DIRECTORY_KEY: .* built without \d+ of them; build it again/)]),
      accounts: [
        {
          name: "acme",
          sources: [
            { name: "stripe", ok: true },
            { name: "clerk", ok: false, problem: `adapter: the Worker was built without this adapter; ${again}` },
            { name: "bling", ok: false, problem: expect.stringContaining("no adapter has this name") },
          ],
        },
      ],
    });
    const added = await ask("/api/v1/directory/add", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "globex", account: { region: "us", sources: { hubspot: {} } } }),
    });
    expect(await added.json()).toMatchObject({ findings: [{ code: "adapter_left_out", place: "sources.hubspot.adapter" }] });
  } finally {
    await server.stop();
  }
});
