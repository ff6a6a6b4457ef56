/**
 * The Worker on a machine of one's own: what it is given, what it leaves on disk, and how it stops.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import worker from "virtual:bundle/worker";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { demoAccounts, workerWith } from "../../src/cli/accounts.ts";
import { command } from "../../src/cli/commands/selfhost.ts";
import { findSource } from "../../src/cli/configuration.ts";
import { findFixture } from "../../src/cli/fixtures.ts";
import { toRequest } from "../../src/cli/recorded.ts";
import { freshen, post, sign } from "../../src/cli/requests.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { demoSettingsOf, settingsOf } from "../../src/cli/selfhost.ts";
import { loadCommands } from "../../src/cli/start.ts";
import { LOCAL_ADDRESS, type Server, serve } from "../../src/cli/workerd.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";

const FILE = `
[ACCOUNTS.acme]
region = "eu"
[ACCOUNTS.acme.sources]
stripe = { user_id_from = ["metadata.user_id"] }
shop-de = { adapter = "shopify" }
`;

const SECRETS = {
  ACME_CDP_API_KEY: "key",
  ACME_STRIPE_SECRET: "whsec_0123456789abcdef",
  ACME_SHOP_DE_SECRET: "shpss_0123456789abcdef0123456789abcdef",
};

describe("settings", () => {
  test("come from a file, secrets from the environment, and nothing else of it", () => {
    const token = "a".repeat(32);
    const settings = settingsOf(FILE, {
      ...SECRETS,
      ADMIN_TOKEN: token,
      HOME: "/home",
      OTHER_STRIPE_SECRET: "x",
      RUNTIME: "local",
    });
    expect(settings).toMatchObject({
      ok: true,
      runtime: "selfhost",
      secrets: { ...SECRETS, ADMIN_TOKEN: token },
      warnings: [],
    });
    expect(Object.keys(settings.ok ? settings.secrets : {})).toHaveLength(4);
  });

  test("come from the environment alone", () => {
    const ACCOUNTS = JSON.stringify({ acme: { region: "us", sources: { stripe: {} } } });
    expect(settingsOf(null, { ACCOUNTS, REGION: "us", ...SECRETS })).toMatchObject({
      ok: true,
      runtime: "selfhost",
      vars: { ACCOUNTS, REGION: "us" },
    });
  });

  test.each([
    ["no accounts", null, {}, "ACCOUNTS"],
    ["a file that is no TOML", "[", {}, "TOML"],
    ["a variable that the Worker does not know", `${FILE}\n[OTHER]\nx = 1`, SECRETS, "OTHER"],
    ["the prefix of wrangler.toml", FILE.replaceAll("ACCOUNTS", "env.us.vars.ACCOUNTS"), SECRETS, "without that prefix"],
    ["a secret in the file", `ACME_CDP_API_KEY = "key"\n${FILE}`, SECRETS, "put that into the environment"],
    ["a text without quotation marks", "[ACCOUNTS.acme]\nregion = eu", SECRETS, "Line 2: a text without quotation marks"],
    ["a switch of development", FILE, { ...SECRETS, TIME_SCALE: "600" }, "TIME_SCALE"],
  ])("%s is a problem", (_, text, environment, problem) => {
    const settings = settingsOf(text, environment);
    expect(settings.ok ? "" : settings.problem).toContain(problem);
  });

  test("what spoils one source is a warning, without its value", () => {
    const settings = settingsOf(FILE, { ...SECRETS, ACME_STRIPE_SECRET: "whsec_tributary_demo_stripe_0000" });
    const { warnings } = settings.ok ? settings : { warnings: [] };
    expect(warnings.filter((warning) => warning.includes("acme/stripe"))).toHaveLength(1);
    expect(warnings.join()).not.toContain("whsec_");
  });

  test("a key of the directory that is none is a warning, without its value", () => {
    const settings = settingsOf(FILE, { ...SECRETS, DIRECTORY_KEY: "short-key" });
    const { warnings } = settings.ok ? settings : { warnings: [] };
    expect(warnings).toContainEqual(expect.stringContaining("DIRECTORY_KEY: set it again: at least 32 random bytes"));
    expect(warnings.join()).not.toContain("short-key");
  });

  test("the demo accounts have their secrets, unless the environment has others", () => {
    const settings = demoSettingsOf(
      demoAccounts(),
      { DEMO_STRIPE_SECRET: "whsec_tributary_demo_stripe_0000" },
      { DEMO_STRIPE_SECRET: "whsec_0123456789abcdef" },
    );
    expect(settings).toMatchObject({ ok: true, runtime: "local", secrets: { DEMO_STRIPE_SECRET: "whsec_0123456789abcdef" } });
  });

  test.each(["0.0.0.0", "::", "192.0.2.7", "hooks.example.com", "127.0.0.1.example.com"])(
    "the demo accounts are not served on %s",
    async (host) => {
      const said = vi.spyOn(console, "error").mockReturnValue();
      expect(await command.run(["--sandbox", "http://127.0.0.1:9", "--host", host], loadCommands)).toBe("usage");
      expect(said).toHaveBeenCalledWith(expect.stringContaining("leave --host at 127.0.0.1"));
      said.mockRestore();
    },
  );

  test.each([[["--port", "http"]], [["--sandbox", "https://example.com/a"]], [["--sandbox", "http://a", "--config", "b.toml"]]])(
    "%j are no arguments",
    async (args) => {
      const said = vi.spyOn(console, "error").mockReturnValue();
      expect(await command.run(args, loadCommands)).toBe("usage");
      expect(said).toHaveBeenCalledWith(expect.stringContaining("npx tributary selfhost"));
      said.mockRestore();
    },
  );
});

describe("on plain workerd", () => {
  const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
  let server: Server;

  const start = async (): Promise<void> => {
    const config = workerWith(demoAccounts());
    server = await serve(
      // Nothing listens at that sandbox.
      {
        config,
        file: worker,
        port: 0,
        state: join(directory, "state"),
        secrets: localSecrets(),
        runtime: "local",
        sandbox: { host: `${LOCAL_ADDRESS}:9` },
      },
      () => undefined,
    );
  };

  const webhook = async (): Promise<SignedRequest> => {
    const found = findSource("demo", "stripe");
    const fixture = findFixture("stripe", "customer.created");
    if (!found.ok || fixture === null) throw new TypeError("the demo has no such source or sample");
    return sign(await freshen(toRequest(fixture, found.source), found.source, Date.now()), found.source, Date.now());
  };

  beforeAll(start);

  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("the database of an account stands where every release before put it", async () => {
    const answer = await post(await webhook(), "demo", "stripe", `http://${LOCAL_ADDRESS}:${server.port}`);
    expect(answer?.status).toBe(200);
    // Made of the unique key "AccountObject" and the name "v1/us/demo". Never change this line: it is where people's data is.
    expect(readdirSync(join(directory, "state", "AccountObject"))).toContain(
      "8d893b99dd223856e269fe56ff290313125c028055f3d4f611dc3956fa820880.sqlite",
    );
  });

  test("what was accepted before a stop is known after it", async () => {
    const request = await webhook();
    const send = () => post(request, "demo", "stripe", `http://${LOCAL_ADDRESS}:${server.port}`);
    expect((await send())?.text).toContain('"accepted":1');
    await server.stop();
    await start();
    expect((await send())?.text).toContain('"duplicate":1');
  });
});
