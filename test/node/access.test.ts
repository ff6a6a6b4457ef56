/**
 * `ctx.access` as workerd gives it, in place of Cloudflare Access: the deployed Worker reads what the platform says, and no header of a request.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import worker from "virtual:bundle/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { modulesOf } from "../../src/cli/bundle.ts";
import { readWranglerConfig, WORKER_CONFIG } from "../../src/cli/project.ts";

const AUD = "0123456789abcdef".repeat(4);

/** Where workerd takes from what Access says of a request. On Cloudflare no request can say it. */
const HEADER = "x-access-of-the-test";

const PERSON = "7335d417-61da-459d-899c-0a01c76a2f94";

const IDENTITY = `
import { WorkerEntrypoint } from "cloudflare:workers";
export default class extends WorkerEntrypoint {
  getIdentity() { return { email: "ada@example.com", user_uuid: "${PERSON}" }; }
}
`;

const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
const printed: string[] = [];
let base = "";
let stop = async (): Promise<void> => {};

function configuration(): string {
  const date = `compatibilityDate = "${readWranglerConfig(WORKER_CONFIG).compatibility_date}"`;
  const modules = modulesOf(worker).map((name) => `(name = "${name}", esModule = embed "${name}")`);
  const vars = { REGION: "us", ACCESS_AUD: AUD, DIRECTORY_KEY: "5a".repeat(32), ACME_CDP_API_KEY: "k".repeat(40) };
  const classes = { ACCOUNT: "AccountObject", ACCOUNT_COPY: "AccountCopy", DIRECTORY: "AccountDirectory" };
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `(name = "${name}", text = "${value}")`),
    `(name = "ACCOUNTS", json = "{\\"acme\\":{\\"region\\":\\"us\\"}}")`,
    ...Object.entries(classes).map(([name, className]) => `(name = "${name}", durableObjectNamespace = "${className}")`),
  ];
  const objects = Object.values(classes).map((name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [${modules.join(", ")}], bindings = [${bindings.join(", ")}], ${date},
      durableObjectNamespaces = [${objects.join(", ")}], durableObjectStorage = (localDisk = "state"),
      accessBlobHeader = "${HEADER}", accessBindingService = "identity")),
    (name = "state", disk = (path = "${directory}", writable = true)),
    (name = "identity", worker = (modules = [(name = "identity.js", esModule = embed "identity.js")], ${date}))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")]);
`;
}

beforeAll(async () => {
  cpSync(dirname(worker), directory, { recursive: true });
  writeFileSync(join(directory, "identity.js"), IDENTITY);
  writeFileSync(join(directory, "access.capnp"), configuration());
  const { default: binary } = z.object({ default: z.string() }).parse(createRequire(import.meta.url)("workerd"));
  const child = spawn(binary, ["serve", "--experimental", "--control-fd=3", join(directory, "access.capnp")], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  const [, output, errors, control] = child.stdio;
  if (!output || !errors || !control || !("read" in control)) throw new Error("workerd was started without its channels");
  for (const stream of [output, errors]) createInterface({ input: stream }).on("line", (line) => printed.push(line));
  const [line] = await Promise.race([once(createInterface({ input: control }), "line"), ended.then(() => ["{}"])]);
  base = `http://127.0.0.1:${z.object({ port: z.int() }).parse(JSON.parse(String(line))).port}`;
});

afterAll(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

const by = (aud: string) => ({ [HEADER]: JSON.stringify({ app_aud: aud, jwt_claims: {} }) });

async function status(path: string, headers: Record<string, string>): Promise<number> {
  const answer = await fetch(base + path, { headers });
  await answer.text();
  return answer.status;
}

test("the platform's word opens the console, and the console alone", async () => {
  expect(await status("/console/acme/events", by(AUD))).toBe(200);
  expect(await status("/console", by(AUD))).toBe(200);
  for (const path of ["/api/v1/accounts", "/metrics", "/mcp", "/healthz/details"])
    expect(await status(path, by(AUD)), path).toBe(401);
});

test("that of another application does not, nor do the headers that Access adds to a request", async () => {
  const token = [{ alg: "none" }, { aud: [AUD], email: "ada@example.com" }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const assertion = `${token.join(".")}.`;
  const forged = {
    "cf-access-jwt-assertion": assertion,
    "cf-access-authenticated-user-email": "ada@example.com",
    "cf-access-aud": AUD,
    cookie: `CF_Authorization=${assertion}`,
  };
  for (const headers of [by("f".repeat(64)), {}, forged]) expect(await status("/console/acme/events", headers)).toBe(401);
});

test("the audit has the person's id, and no address", async () => {
  const answer = await fetch(`${base}/console/-/accounts`, {
    method: "POST",
    redirect: "manual",
    headers: { ...by(AUD), origin: base, "content-type": "application/x-www-form-urlencoded" },
    body: "action=add&name=globex&region=us",
  });
  await answer.text();
  expect(answer.status).toBe(303);
  const audit = `{"outcome":"audit","by":"access:${PERSON}","account":"globex","operation":"directory.add","changed":1}`;
  await expect.poll(() => printed).toContain(audit);
  expect(printed.join("\n")).not.toContain("ada@example.com");
});
