/**
 * Nothing of one account of the directory works at another: secrets, keys, tokens, ciphertext.
 */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { accountObject } from "../../src/account/stub.ts";
import { createApp } from "../../src/app.ts";
import type { DirectoryObject, DirectoryRecord } from "../../src/config/directory/record.ts";
import { runsOf } from "../support/share.ts";
import { ask, BASE, isolateOf, stripeWebhook } from "./support.ts";

const SOURCES = ["stripe", "shop-eu", "shop-us"];

/** Accounts with some of these sources each. */
const accounts = fc.array(
  fc.record({
    sources: fc.subarray(SOURCES, { minLength: 1 }),
    region: fc.constantFrom("us", "eu"),
    rotates: fc.boolean(),
  }),
  { minLength: 2, maxLength: 4 },
);

let made = 0;

/** Adds accounts, each source with one or two secrets of its own, each account with a token of each scope. */
async function add(
  wanted: readonly { readonly sources: readonly string[]; readonly region: string; readonly rotates: boolean }[],
) {
  const added = [];
  for (const { sources, region, rotates } of wanted) {
    made += 1;
    const name = `iso-${made}`;
    const secretsOf = (source: string) =>
      (rotates ? ["new", "old"] : ["new"]).map((age) => `whsec_${name}${source}${age}0123456789abcdef`.replaceAll("-", ""));
    const secrets = sources.flatMap((source) => secretsOf(source).map((value) => ({ kind: "secret" as const, source, value })));
    const account = { region, sources: Object.fromEntries(sources.map((source) => [source, { adapter: "stripe" }])) };
    const key = { kind: "cdp_api_key" as const, value: `key-of-${name}` };
    expect(await ask("directory.add", { name, account, secrets: [key, ...secrets] })).toMatchObject({ status: 200 });
    const tokens = {
      read: `read-token-of-${name}-`.padEnd(40, "r"),
      operate: `operate-token-of-${name}-`.padEnd(40, "o"),
    } as const;
    for (const scope of ["read", "operate"] as const)
      expect(await ask("directory.tokens.add", { name, scope, value: tokens[scope] })).toMatchObject({ status: 200 });
    added.push({ name, sources: new Map(sources.map((source) => [source, secretsOf(source)])), tokens });
  }
  return added;
}

const isolate = () => isolateOf(createApp({ accountObject, write: () => undefined }));

test("a webhook counts for the source whose secret signed it, and for no other of any account", async () => {
  await fc.assert(
    fc.asyncProperty(accounts, async (wanted) => {
      const all = await add(wanted);
      const fetch = isolate();
      const places = all.flatMap(({ name, sources }) => Array.from(sources, ([source, secrets]) => ({ name, source, secrets })));
      for (const from of places)
        for (const to of places)
          for (const secret of from.secrets) {
            const id = `${from.name}${from.source}${to.name}${to.source}`;
            const { status } = await fetch(await stripeWebhook(to.name, to.source, id, secret));
            expect([from, to, status]).toEqual([from, to, from === to ? 200 : 401]);
          }
    }),
    { numRuns: runsOf(8) },
  );
});

test("a token opens its account, as far as its scope says, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(accounts, async (wanted) => {
      const all = await add(wanted);
      const fetch = isolate();
      const call = async (token: string, path: string, method = "GET"): Promise<number> => {
        // A forwarded request is not one of this machine: it needs a token.
        const headers = { authorization: `Bearer ${token}`, "x-real-ip": "192.0.2.1", "content-type": "application/json" };
        const body = method === "POST" ? { body: "{}" } : {};
        return (await fetch(new Request(`${BASE}/api/v1${path}`, { method, headers, ...body }))).status;
      };
      for (const { name, tokens } of all) {
        for (const other of all) {
          const [read, operate] = other.name === name ? [200, 200] : [403, 403];
          expect(await call(tokens.read, `/accounts/${other.name}`)).toBe(read);
          expect(await call(tokens.operate, `/accounts/${other.name}`)).toBe(operate);
          expect(await call(tokens.read, `/accounts/${other.name}/compact`, "POST")).toBe(403);
          expect(await call(tokens.operate, `/directory/${other.name}`)).toBe(403);
        }
        for (const path of ["/accounts/demo", "/directory"]) expect(await call(tokens.operate, path)).toBe(403);
        expect(await call(tokens.operate, "/directory/secrets/add", "POST")).toBe(403);
        expect(await call(`${tokens.read}x`, `/accounts/${name}`)).toBe(401);
      }
    }),
    { numRuns: runsOf(5) },
  );
});

test("a token that has expired opens nothing", async () => {
  const [one] = await add([{ sources: ["stripe"], region: "us", rotates: false }]);
  const name = one?.name ?? "";
  const value = `passing-token-of-${name}-`.padEnd(40, "p");
  expect(await ask("directory.tokens.add", { name, scope: "read", value, days: 1 })).toMatchObject({ status: 200 });
  const statusAfter = async (hours: number): Promise<number> => {
    const later = Date.now() + hours * 3_600_000;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => later);
    const headers = { authorization: `Bearer ${value}`, "x-real-ip": "192.0.2.1" };
    const { status } = await isolate()(new Request(`${BASE}/api/v1/accounts/${name}`, { headers }));
    clock.mockRestore();
    return status;
  };
  expect([await statusAfter(23), await statusAfter(25)]).toEqual([200, 401]);
});

test("what one account has cannot be added to another", async () => {
  const [one, other] = await add([
    { sources: ["stripe"], region: "us", rotates: false },
    { sources: ["stripe"], region: "us", rotates: false },
  ]);
  if (one === undefined || other === undefined) throw new TypeError("two were added");
  const value = one.sources.get("stripe")?.[0] ?? "";
  const { name } = other;
  const taken = { status: 409, json: { error: "secret_taken" } };
  expect(await ask("directory.secrets.add", { name, kind: "secret", source: "stripe", value })).toMatchObject(taken);
  expect(await ask("directory.secrets.add", { name, kind: "cdp_api_key", value: `key-of-${one.name}` })).toMatchObject(taken);
  const token = await ask("directory.tokens.add", { name, scope: "read", value: one.tokens.operate });
  expect(token).toMatchObject({ status: 409, json: { error: "token_taken" } });
});

test("ciphertext that is moved to another account, source or number opens nothing", async () => {
  const [one, other] = await add([
    { sources: ["stripe", "shop-eu"], region: "us", rotates: false },
    { sources: ["stripe", "shop-eu"], region: "us", rotates: false },
  ]);
  if (one === undefined || other === undefined) throw new TypeError("two were added");
  const directory: DirectoryObject = env.DIRECTORY.getByName("v1");
  const read = async (name: string): Promise<DirectoryRecord> => {
    const { record } = await directory.look(name, { index: 0, record: 0 });
    if (record === null || record === "same") throw new TypeError(`there is no ${name}`);
    return record;
  };
  const theirs = await read(one.name);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...theirs.secrets), fc.constantFrom("account", "source"), async (taken, where) => {
      const target = await read(where === "account" ? other.name : one.name);
      const place = target.secrets.find(({ kind, source }) => kind === "secret" && source !== taken.source);
      fc.pre(place !== undefined && taken.kind === "secret");
      const secrets = target.secrets.map((secret) => (secret === place ? { ...secret, sealed: taken.sealed } : secret));
      expect(await directory.write({ record: { ...target, secrets }, expected: target.revision, own: [] })).toMatchObject({
        ok: true,
      });
      const value = one.sources.get(taken.source ?? "")?.[0] ?? "";
      const { status } = await isolate()(await stripeWebhook(target.name, place?.source ?? "", "moved", value));
      expect(status).toBe(503);
      expect(await ask("directory.show", { name: target.name })).toMatchObject({
        json: { account: { findings: expect.arrayContaining([expect.objectContaining({ code: "sealed" })]) } },
      });
      const moved = await read(target.name);
      await directory.write({ record: { ...moved, secrets: target.secrets }, expected: moved.revision, own: [] });
    }),
    { numRuns: runsOf(20) },
  );
});
