/**
 * The Workers of both regions side by side, each with its own sandbox, and every request that leaves them. Nothing crosses.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import sandboxFile from "virtual:bundle/sandbox";
import workerFile from "virtual:bundle/worker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { demoAccounts } from "../../src/cli/accounts.ts";
import { readWranglerConfig, SANDBOX_CONFIG, WORKER_CONFIG, type WranglerConfig } from "../../src/cli/project.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import { post as send } from "../../src/cli/requests.ts";
import { isMessage } from "../../src/cli/sandbox-calls.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { type Sample, sampleFor } from "../../src/cli/setup/sample.ts";
import { LOCAL_ADDRESS, type Server, serve } from "../../src/cli/workerd.ts";
import { readConfig } from "../../src/config/load.ts";
import type { Account, Config, Region } from "../../src/config/model.ts";
import { apiKeyName } from "../../src/secret-names.ts";
import { ADAPTERS } from "../support/registry.ts";
import { IS_WHOLE } from "../support/share.ts";

/** The account of each region, and where the Worker of the other region serves. */
const ACCOUNTS = { us: "demo", eu: "demo-eu" } as const;
const ORIGINS = { us: "https://hooks-us.example.com", eu: "https://hooks-eu.example.com" } as const;
const REGIONS = ["us", "eu"] as const;
const OTHER = { us: "eu", eu: "us" } as const;
const HOSTS = { us: "cdp.customer.io", eu: "cdp-eu.customer.io" } as const;

/** Keys for the APIs of all vendors that can be asked about people. */
const API_KEYS = Object.fromEntries(
  [...ADAPTERS.values()]
    .filter(({ lookup }) => lookup !== null)
    .flatMap(({ id }) => REGIONS.map((region) => [apiKeyName(ACCOUNTS[region], id), "an-api-key"])),
);

/** The variables of a regional Worker: those of its environment, and, by mistake, the accounts of both regions. */
function varsOf(region: Region): WranglerConfig["vars"] {
  return {
    ...readWranglerConfig(WORKER_CONFIG).env[region]?.vars,
    ACCOUNTS: demoAccounts(),
    ELSEWHERE: { [ACCOUNTS[OTHER[region]]]: ORIGINS[OTHER[region]], "not-here": ORIGINS[OTHER[region]] },
  };
}

const SECRETS = { ...localSecrets(), ...API_KEYS, HOLD_UNKNOWN: "0" };

/** A Worker, its sandbox, and the hosts of all requests that left the Worker, in order. */
interface Running {
  readonly worker: Server;
  readonly sandbox: Server;
  readonly left: readonly string[];
  stop(): Promise<void>;
}

async function start(region: Region, directory: string): Promise<Running> {
  const own = join(directory, region);
  const served = { port: 0, secrets: {}, sandbox: null };
  const sandbox = await serve(
    { ...served, config: readWranglerConfig(SANDBOX_CONFIG), file: sandboxFile, state: join(own, "sandbox", "state") },
    () => undefined,
  );
  const left: string[] = [];
  // The world outside: Customer.io of both regions is this region's sandbox, which tells them apart by the host.
  const outside = createServer(async (request, response) => {
    const { host = "", authorization = "" } = request.headers;
    left.push(host);
    const asked = REGIONS.find((candidate) => HOSTS[candidate] === host);
    if (asked === undefined) {
      request.resume();
      response.writeHead(404).end("{}");
      return;
    }
    const url = `http://${LOCAL_ADDRESS}:${sandbox.port}/${asked}${request.url}`;
    const strict = String(request.headers["x-strict-mode"]);
    const headers = { authorization, "content-type": "application/json", "x-strict-mode": strict };
    const answer = await fetch(url, { method: "POST", headers, body: await text(request) });
    response.writeHead(answer.status).end(await answer.text());
  });
  outside.listen(0, LOCAL_ADDRESS);
  await once(outside, "listening");
  const address = z.object({ port: z.number() }).parse(outside.address());
  const worker = await serve(
    {
      ...served,
      config: { ...readWranglerConfig(WORKER_CONFIG), vars: varsOf(region) },
      file: workerFile,
      state: join(own, "worker", "state"),
      secrets: SECRETS,
      runtime: "local",
      outbound: { host: `${LOCAL_ADDRESS}:${address.port}` },
    },
    () => undefined,
  );
  const stop = async () => {
    await worker.stop();
    await sandbox.stop();
    outside.close();
    outside.closeAllConnections();
  };
  return { worker, sandbox, left, stop };
}

const samples = new Map<string, Sample | null>();
const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
let running: Readonly<Record<Region, Running>>;

beforeAll(async () => {
  running = { us: await start("us", directory), eu: await start("eu", directory) };
});

afterAll(async () => {
  for (const region of REGIONS) await running?.[region].stop();
  rmSync(directory, { recursive: true, force: true });
});

async function ask(role: "worker" | "sandbox", region: Region, path: string, init: RequestInit = {}) {
  const answer = await fetch(`http://${LOCAL_ADDRESS}:${running[region][role].port}${path}`, init);
  const body: unknown = JSON.parse((await answer.text()) || "null");
  return { status: answer.status, body };
}

function accountOf(read: Config, name: string): Account {
  const state = read.accounts.get(name);
  if (state?.ok !== true) throw new TypeError(`${name} cannot be used`);
  return state.account;
}

/** The account as its own Worker reads it. */
const OWN_ACCOUNTS: Readonly<Record<Region, Account>> = { us: ownAccount("us"), eu: ownAccount("eu") };

function ownAccount(region: Region): Account {
  return accountOf(readConfig({ ...varsOf(region), ...SECRETS, ...proofBindings("local") }, ADAPTERS), ACCOUNTS[region]);
}

async function post(region: Region, account: string, source: string, { request }: Sample) {
  const answer = await send(request, account, source, `http://${LOCAL_ADDRESS}:${running[region].worker.port}`);
  const body: unknown = JSON.parse(answer?.text ?? "null");
  return { status: answer?.status, body };
}

const received = z.object({
  calls: z.array(z.object({ region: z.string(), event: z.looseObject({ type: z.string(), messageId: z.string() }) })),
});

const health = z.object({ sources: z.record(z.string(), z.looseObject({ pending: z.number(), delivered: z.number() })) });

/** What a sandbox received, once everything that its Worker accepted is delivered. */
async function receivedBy(region: Region) {
  for (;;) {
    const { sources } = health.parse((await ask("worker", region, `/api/v1/accounts/${ACCOUNTS[region]}`)).body);
    const { calls } = received.parse((await ask("sandbox", region, "/_sandbox/calls")).body);
    if (Object.values(sources).every(({ pending }) => pending === 0)) return { calls, sources };
    await ask("sandbox", region, `/_sandbox/calls/wait?count=${calls.length + 1}&timeout=1000`);
  }
}

async function sampleOf(region: Region, source: string): Promise<Sample | null> {
  const account = OWN_ACCOUNTS[region];
  const found = account.sources.get(source);
  if (found?.ok !== true) throw new TypeError(`${source} cannot be used`);
  const sample = await sampleFor(found.source, account, Date.now());
  // There is none where only known people count, or where the vendor must be asked who it is.
  if (sample === null)
    expect(found.source.options.people === "known" || (ADAPTERS.get(source)?.lookup ?? null) !== null).toBe(true);
  return sample;
}

test.each([...ADAPTERS.keys()])("%s: a sample is taken by the Worker of its region, and by no other", async (id) => {
  // A share has half of the vendors in each region.
  const isEven = [...ADAPTERS.keys()].indexOf(id) % 2 === 0;
  for (const region of IS_WHOLE ? REGIONS : [isEven ? ("us" as const) : ("eu" as const)]) {
    const sample = await sampleOf(region, id);
    samples.set(`${region}/${id}`, sample);
    if (sample === null) continue;
    const own = await post(region, ACCOUNTS[region], id, sample);
    expect(own).toMatchObject({ status: 200, body: { duplicate: 0 } });
    const elsewhere = await post(OTHER[region], ACCOUNTS[region], id, sample);
    expect(elsewhere).toMatchObject({ status: 503, body: { error: "unusable" } });
  }
});

describe("with samples of vendors in both regions", () => {
  test("each sandbox received its own region's calls, and nothing of the other", async () => {
    for (const region of REGIONS) {
      const { calls, sources } = await receivedBy(region);
      for (const source of ADAPTERS.keys()) {
        const sample = samples.get(`${region}/${source}`) ?? null;
        const missing = sample?.messageIds.filter((id) => !calls.some((call) => isMessage(call, id)));
        expect({ source, missing, ...sources[source] }).toMatchObject(
          sample === null ? { source } : { missing: [], dead: 0, received: sources[source]?.delivered },
        );
      }
      const foreign = [...samples].flatMap(([key, sample]) => (key.startsWith(region) ? [] : (sample?.messageIds ?? [])));
      expect(foreign.length).toBeGreaterThan(20);
      expect(new Set(calls.map((call) => call.region))).toEqual(new Set([region]));
      expect(calls.filter((call) => foreign.some((id) => isMessage(call, id)))).toEqual([]);
    }
  });

  test("each Worker reached its region's host and the hosts that adapters declare, and no other", () => {
    for (const region of REGIONS) {
      const declared = [...OWN_ACCOUNTS[region].sources.values()].flatMap((state) =>
        state.ok ? [...(state.source.api?.hosts.values() ?? [])] : [],
      );
      const hosts = new Set(running[region].left);
      expect([...hosts].filter((host) => host !== HOSTS[region] && !declared.includes(host))).toEqual([]);
      expect(hosts).toContain(HOSTS[region]);
      expect([...hosts].some((host) => declared.includes(host))).toBe(true);
    }
  });

  test.each(REGIONS)("the operator of the Worker of the %s sees where webhooks of the other region belong", async (region) => {
    const foreign = ACCOUNTS[OTHER[region]];
    const { body } = await ask("worker", region, "/healthz/details");
    const right = `${ORIGINS[OTHER[region]]}/hooks/${foreign}/<source>`;
    const details = z.looseObject({
      region: z.string(),
      accounts: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), problem: z.string().optional() })),
      elsewhere: z.array(z.object({ name: z.string(), webhooks: z.string() })),
    });
    const { accounts, elsewhere, region: own } = details.parse(body);
    expect(own).toBe(region);
    expect(accounts.find(({ name }) => name === foreign)).toMatchObject({ ok: false, problem: expect.stringContaining(right) });
    expect(elsewhere).toContainEqual({ name: foreign, webhooks: right });
    // An account that is declared only there is known here all the same: its vendor is asked to send again, not told that there is no such URL.
    expect(await ask("worker", region, "/hooks/not-here/any", { method: "POST" })).toMatchObject({ status: 503 });
    expect(await ask("worker", region, "/hooks/nowhere/any", { method: "POST" })).toMatchObject({ status: 404 });
  });

  test.each(REGIONS)("the Worker of the %s holds nothing of the other region's account", async (region) => {
    const answer = await ask("worker", region, `/api/v1/accounts/${ACCOUNTS[OTHER[region]]}`);
    expect(answer.status).toBe(503);
    expect(JSON.stringify(answer.body)).toContain(ORIGINS[OTHER[region]]);
  });
});
