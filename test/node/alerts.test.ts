/**
 * Alerts of a running Worker: to a webhook that hangs, and to one that answers.
 */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sandbox from "virtual:bundle/sandbox";
import worker from "virtual:bundle/worker";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { demoAccounts, workerWith } from "../../src/cli/accounts.ts";
import { readWranglerConfig, SANDBOX_CONFIG } from "../../src/cli/project.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { LOCAL_ADDRESS, type Server, serve } from "../../src/cli/workerd.ts";
import { parcelOf, send } from "../faults/load.ts";
import { ACCOUNT, dispute, unreadableCustomer } from "../faults/webhooks.ts";

const KEY = Buffer.from("a secret of the operator, 32 byte");
const ENDS: (() => unknown)[] = [];

/** Messages whose signature is right, and those that got no answer yet. */
const messages: { readonly type: string; readonly data: { readonly kind: string } }[] = [];
const unanswered: ServerResponse[] = [];
let isHanging = true;

const receiver = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts).toString("utf8");
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = request.headers;
    const expected = `v1,${createHmac("sha256", KEY).update(`${id}.${at}.${body}`).digest("base64")}`;
    if (request.headers.host !== "ops.example.com" || request.url !== "/alerts" || signature !== expected) {
      response.writeHead(401).end();
      return;
    }
    messages.push(JSON.parse(body));
    if (isHanging) unanswered.push(response);
    else response.writeHead(204).end();
  });
});

let port = 0;
let sandboxPort = 0;

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), "tributary-alerts-"));
  await new Promise<void>((listening) => receiver.listen(0, LOCAL_ADDRESS, listening));
  const address = receiver.address();
  if (address === null || typeof address === "string") throw new TypeError("the receiver has no port");
  const server = async (serving: Omit<Parameters<typeof serve>[0], "port">): Promise<Server> => {
    const started = await serve({ port: 0, ...serving }, () => {});
    ENDS.push(() => started.stop());
    return started;
  };
  const stand = await server({
    config: readWranglerConfig(SANDBOX_CONFIG),
    file: sandbox,
    state: join(directory, "sandbox", "state"),
    secrets: {},
    sandbox: null,
  });
  sandboxPort = stand.port;
  const accounts = demoAccounts();
  const alerts = { url: "https://ops.example.com/alerts" };
  const served = await server({
    config: workerWith({ ...accounts, [ACCOUNT]: { sources: {}, ...accounts[ACCOUNT], alerts } }),
    runtime: "local",
    file: worker,
    state: join(directory, "worker", "state"),
    secrets: {
      ...localSecrets(),
      DEMO_ALERT_SECRET: `whsec_${KEY.toString("base64")}`,
      HOLD_UNKNOWN: "0",
    },
    sandbox: { host: `${LOCAL_ADDRESS}:${sandboxPort}` },
    outbound: { host: `${LOCAL_ADDRESS}:${address.port}` },
  });
  ({ port } = served);
  ENDS.push(() => rmSync(directory, { recursive: true, force: true }));
});

afterAll(async () => {
  for (const response of unanswered) response.destroy();
  receiver.close();
  for (const end of ENDS) await end();
});

async function ask(path: string, body?: object): Promise<unknown> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(
    `http://${LOCAL_ADDRESS}:${port}/api/v1/accounts/${ACCOUNT}${path}`,
    body === undefined ? {} : init,
  );
  return response.json();
}

async function delivered(): Promise<number> {
  const response = await fetch(`http://${LOCAL_ADDRESS}:${sandboxPort}/_sandbox/calls`);
  return (await response.json()).calls.length;
}

test("a webhook of the operator that hangs delays no delivery, and has every alert in the end", async () => {
  await send(port, [parcelOf(unreadableCustomer())]);
  await vi.waitUntil(() => unanswered.length === 1, { timeout: 20_000, interval: 20 });
  expect(messages).toMatchObject([{ type: "tributary.alert.opened", data: { kind: "dead_letters", account: ACCOUNT } }]);

  // It hangs. What arrives meanwhile is delivered within a fraction of the time that the message may take.
  const begun = performance.now();
  const before = await delivered();
  await send(port, [dispute(), dispute(), dispute()].map(parcelOf));
  await vi.waitUntil(async () => (await delivered()) >= before + 3, { timeout: 9_000, interval: 20 });
  expect(performance.now() - begun).toBeLessThan(9_000);
  expect(unanswered.every((response) => !response.destroyed)).toBe(true);
  expect(await ask("")).toMatchObject({ alerts: { on: true, open: [{ kind: "dead_letters", source: null }], unsent: 1 } });

  isHanging = false;
  for (const response of unanswered) response.writeHead(204).end();
  await ask("/dead/discard", { all: true });
  await vi.waitUntil(() => messages.some(({ type }) => type === "tributary.alert.resolved"), { timeout: 20_000, interval: 20 });
  await vi.waitUntil(async () => JSON.stringify(await ask("")).includes('"alerts":{"on":true,"open":[],"unsent":0}'), {
    timeout: 20_000,
    interval: 50,
  });
  expect(await ask("/alerts/test", {})).toEqual({ taken: true, answer: 204 });
  expect(messages.map(({ data }) => data.kind)).toEqual(["dead_letters", "dead_letters", "test"]);
});
