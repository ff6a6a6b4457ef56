/**
 * The operations on the directory of accounts, from the API to the object of an account.
 */
import { expect, test } from "vitest";
import { accountObject } from "../../src/account/stub.ts";
import { createApp } from "../../src/app.ts";
import { DIRECTORY_OPERATION_NAMES, DIRECTORY_OPERATIONS } from "../../src/console/directory/operations.ts";
import { ask, isolateOf, stripeWebhook, worker } from "./support.ts";

const SECRET = "whsec_0123456789abcdef0123456789abcdef";
const SECOND = "whsec_fedcba9876543210fedcba9876543210";

async function send(name: string, id: string, secret: string, fetch = worker): Promise<number> {
  return (await fetch(await stripeWebhook(name, "stripe", id, secret))).status;
}

test("an account is added, takes webhooks, and says which of its secrets is used", async () => {
  const account = { region: "us", sources: { stripe: { user_id_from: ["metadata.user_id"] } } };
  const secrets = [
    { kind: "cdp_api_key" as const, value: "key-of-op-one" },
    { kind: "secret" as const, source: "stripe", value: SECRET },
  ];
  const added = await ask("directory.add", { name: "op-one", account, secrets });
  expect(added).toMatchObject({ status: 200, json: { dry_run: false, account: { name: "op-one", ok: true, findings: [] } } });
  expect(JSON.stringify(added.json)).not.toContain(SECRET);
  expect(JSON.stringify(added.json)).not.toContain("key-of-op-one");
  expect(DIRECTORY_OPERATIONS["directory.add"].output().parse(added.json)).toEqual(added.json);

  expect(await send("op-one", "one1", SECRET)).toBe(200);
  expect(await send("op-one", "one2", SECOND)).toBe(401);
  expect(await ask("directory.secrets.add", { name: "op-one", kind: "secret", source: "stripe", value: SECOND })).toMatchObject({
    status: 200,
  });
  expect(await send("op-one", "one3", SECRET)).toBe(200);
  const shown = await ask("directory.show", { name: "op-one" });
  expect(shown.json).toMatchObject({
    account: {
      secrets: [
        { number: 1, kind: "cdp_api_key", lastUsedAt: null },
        { number: 2, kind: "secret", lastUsedAt: expect.any(Number) },
        { number: 3, kind: "secret", lastUsedAt: null },
      ],
    },
  });
  expect(await send("op-one", "one4", SECOND)).toBe(200);
  expect(await ask("directory.secrets.retire", { name: "op-one", number: 2 })).toMatchObject({ status: 200 });
  expect(await send("op-one", "one5", SECRET)).toBe(401);
  expect(await send("op-one", "one6", SECOND)).toBe(200);
  expect(await ask("directory.secrets.retire", { name: "op-one", number: 3 })).toMatchObject({
    status: 409,
    json: { error: "last_secret" },
  });
});

test("all that is wrong with an account is said at once, and nothing is saved", async () => {
  const account = {
    region: "mars",
    identifers: "id",
    sources: { strype: {}, "shop-de": { adapter: "shopify", consnt: "sync" }, stripe: { events_on: ["customer.creatd"] } },
  };
  const refused = await ask("directory.add", { name: "op-two", account });
  expect(refused).toMatchObject({ status: 400, json: { error: "invalid" } });
  expect(refused.json).toMatchObject({
    findings: expect.arrayContaining([
      expect.objectContaining({ code: "wrong_value", place: "region", choices: ["us", "eu"] }),
      expect.objectContaining({ code: "unknown_option", place: "identifers", choices: expect.arrayContaining(["identifiers"]) }),
      expect.objectContaining({
        code: "unknown_adapter",
        place: "sources.strype.adapter",
        choices: expect.arrayContaining(["stripe", "zoom"]),
      }),
      expect.objectContaining({ code: "unknown_option", place: "sources.shop-de.consnt" }),
      expect.objectContaining({ code: "unknown_event", place: "sources.stripe.events_on.0" }),
    ]),
  });
  expect(await ask("directory.show", { name: "op-two" })).toMatchObject({ status: 404 });
});

test("a source of the directory has no object of its own, and it is said what to do", async () => {
  for (const shard of [true, "ended"]) {
    const account = { region: "us", sources: { stripe: { shard } } };
    const refused = await ask("directory.add", { name: "op-shard", account });
    expect(refused).toMatchObject({ status: 400, json: { error: "invalid" } });
    expect(refused.json).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          code: "shard",
          place: "sources.stripe.shard",
          text: expect.stringContaining("second account"),
        }),
      ]),
    });
  }
  expect(await ask("directory.show", { name: "op-shard" })).toMatchObject({ status: 404 });
});

test("a name is declared or in the directory", async () => {
  expect(await ask("directory.add", { name: "demo", account: { region: "us" } })).toMatchObject({
    status: 409,
    json: { error: "declared" },
  });
  expect(await ask("directory.set", { name: "demo", account: { region: "us" } })).toMatchObject({
    status: 409,
    json: { error: "declared" },
  });
});

test("an account that is declared later goes first, and the conflict is a finding", async () => {
  const secret = "whsec_shadowed0123456789abcdef01234";
  const account = { region: "us", sources: { stripe: {} } };
  await ask("directory.add", { name: "op-both", account, secrets: [{ kind: "secret", source: "stripe", value: secret }] });
  await ask("directory.rename", { name: "op-both", to: "op-both-2" });
  const declared = {
    ACCOUNTS: { "op-both-2": { region: "us", sources: { stripe: {} } } },
    OP_BOTH_2_STRIPE_SECRET: `${secret}9`,
  };
  const fetch = isolateOf(createApp({ accountObject, write: () => undefined }), declared);
  expect(await send("op-both-2", "both1", secret, fetch)).toBe(401);
  expect(await send("op-both-2", "both2", `${secret}9`, fetch)).toBe(200);
  // Nor is it served by its former name, as if it were the other.
  expect(await send("op-both", "both3", secret, fetch)).toBe(503);
  const details = await (await fetch(new Request("http://127.0.0.1:8787/healthz/details"))).json();
  expect(details).toMatchObject({ directory: { problems: [expect.stringContaining("account op-both-2: is declared and")] } });
  expect(await ask("directory.show", { name: "op-both-2" }, fetch)).toMatchObject({
    json: { account: { ok: false, findings: expect.arrayContaining([expect.objectContaining({ code: "same_name" })]) } },
  });
});

test("a key that cannot be used closes the directory, not the declared accounts", async () => {
  const fetch = isolateOf(createApp({ accountObject, write: () => undefined }), { DIRECTORY_KEY: "too-short" });
  expect(await send("op-one", "key1", SECOND, fetch)).toBe(503);
  expect(await ask("directory.list", {}, fetch)).toMatchObject({ status: 503, json: { error: "no_directory" } });
  expect((await fetch(new Request("http://127.0.0.1:8787/healthz"))).status).toBe(503);
  expect((await fetch(new Request("http://127.0.0.1:8787/hooks/demo/stripe"))).status).toBe(200);
});

test("without a key there is no directory, and none is asked", async () => {
  const refuse = { getByName: () => expect.unreachable("the directory is asked") };
  const fetch = isolateOf(createApp({ accountObject, write: () => undefined }), { DIRECTORY_KEY: undefined, DIRECTORY: refuse });
  expect(await send("op-one", "none1", SECOND, fetch)).toBe(404);
});

test("a new key takes the place of the old one once everything is sealed again", async () => {
  const key = (seed: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(seed)));
  const with1 = (keys: string) => isolateOf(createApp({ accountObject, write: () => undefined }), { DIRECTORY_KEY: keys });
  const secret = "whsec_resealed0123456789abcdef01234";
  const account = { region: "us", sources: { stripe: {} } };
  const secrets = [{ kind: "secret" as const, source: "stripe", value: secret }];
  expect(await ask("directory.add", { name: "op-key", account, secrets }, with1(key(1)))).toMatchObject({ status: 200 });
  const both = with1(`${key(2)} ${key(1)}`);
  expect(await send("op-key", "reseal1", secret, both)).toBe(200);
  expect(await send("op-key", "reseal2", secret, with1(key(2)))).toBe(503);
  let resealed = 0;
  for (let cursor: string | null = ""; cursor !== null; ) {
    const answer = await ask("directory.reseal", { cursor }, both);
    const step = DIRECTORY_OPERATIONS["directory.reseal"].output().parse(answer.json);
    resealed += step.resealed;
    cursor = step.next;
  }
  expect(resealed).toBe(1);
  expect(await send("op-key", "reseal3", secret, with1(key(2)))).toBe(200);
  expect(await send("op-key", "reseal4", secret, with1(key(1)))).toBe(503);
  // The same secret cannot be given to another account, under the new key as under the old one.
  expect(await ask("directory.add", { name: "op-key-2", account, secrets }, both)).toMatchObject({
    json: { error: "secret_taken" },
  });
});

test("an account of the other region is refused, and one that is there is answered with 503", async () => {
  const secret = "whsec_otherregion0123456789abcdef01";
  const account = { region: "eu", sources: { stripe: {} } };
  const secrets = [{ kind: "secret" as const, source: "stripe", value: secret }];
  const us = isolateOf(createApp({ accountObject, write: () => undefined }), { REGION: "us" });
  expect(await ask("directory.add", { name: "op-eu", account, secrets }, us)).toMatchObject({
    status: 400,
    json: { findings: [{ code: "other_region", place: "region" }] },
  });
  expect(await ask("directory.add", { name: "op-eu", account, secrets })).toMatchObject({ status: 200 });
  expect(await send("op-eu", "eu1", secret, us)).toBe(503);
  expect(await send("op-eu", "eu2", secret)).toBe(200);
});

test("a renamed account keeps what it has, and its former URLs until the name is dropped", async () => {
  const account = { region: "us", sources: { stripe: {} } };
  const secrets = [{ kind: "secret" as const, source: "stripe", value: "whsec_renamed0123456789abcdef0123456" }];
  await ask("directory.add", { name: "op-old", account, secrets });
  const secret = secrets[0]?.value ?? "";
  expect(await send("op-old", "ren1", secret)).toBe(200);
  expect(await ask("directory.rename", { name: "op-old", to: "op-new" })).toMatchObject({
    status: 200,
    json: { account: { name: "op-new", was: ["op-old"] } },
  });
  // The object recognises what it took under the former name.
  const again = await worker(await stripeWebhook("op-new", "stripe", "ren1", secret));
  expect(await again.json()).toEqual({ accepted: 0, duplicate: 1, ignored: 0 });
  expect(await send("op-old", "ren2", secret)).toBe(200);
  expect(await ask("directory.add", { name: "op-old", account })).toMatchObject({ status: 409, json: { error: "name_taken" } });
  expect(await ask("directory.drop_name", { name: "op-new", was: "op-old" })).toMatchObject({ status: 200 });
  expect(await send("op-old", "ren3", secret)).toBe(404);
  expect(await send("op-new", "ren4", secret)).toBe(200);
});

test("a declared account that moves into the directory goes on with what is stored, if it is adopted", async () => {
  const secret = "whsec_adopted0123456789abcdef0123456";
  const declared = { region: "us", sources: { stripe: {} } };
  const secrets = [{ kind: "secret" as const, source: "stripe", value: secret }];
  const before = isolateOf(createApp({ accountObject, write: () => undefined }), {
    ACCOUNTS: { "op-declared": declared, "op-renamed": { ...declared, was: "op-first" } },
    OP_DECLARED_STRIPE_SECRET: secret,
    OP_RENAMED_STRIPE_SECRET: `${secret}9`,
  });
  expect(await send("op-declared", "adopt1", secret, before)).toBe(200);
  expect(await send("op-renamed", "adopt2", `${secret}9`, before)).toBe(200);
  expect(await ask("directory.add", { name: "op-declared", account: declared, adopt: true }, before)).toMatchObject({
    status: 409,
    json: { error: "declared" },
  });

  // Deployed without them.
  const add = { name: "op-declared", account: declared, secrets };
  expect(await ask("directory.add", { ...add, adopt: true, dry_run: true })).toMatchObject({ status: 200 });
  expect(await ask("directory.add", { ...add, adopt: true })).toMatchObject({ json: { account: { id: "op-declared" } } });
  const again = await worker(await stripeWebhook("op-declared", "stripe", "adopt1", secret));
  expect(await again.json()).toEqual({ accepted: 0, duplicate: 1, ignored: 0 });
  // One that had another name before is added under that, and renamed.
  const own = [{ kind: "secret" as const, source: "stripe", value: `${secret}9` }];
  const former = { name: "op-first", account: declared, secrets: own, adopt: true };
  expect(await ask("directory.add", former)).toMatchObject({ status: 200 });
  expect(await ask("directory.rename", { name: "op-first", to: "op-renamed" })).toMatchObject({ status: 200 });
  for (const name of ["op-first", "op-renamed"]) {
    const known = await worker(await stripeWebhook(name, "stripe", "adopt2", `${secret}9`));
    expect([name, await known.json()]).toEqual([name, { accepted: 0, duplicate: 1, ignored: 0 }]);
  }
});

test("without being adopted it begins with nothing", async () => {
  const secret = "whsec_unadopted0123456789abcdef01234";
  const declared = { region: "us", sources: { stripe: {} } };
  const before = isolateOf(createApp({ accountObject, write: () => undefined }), {
    ACCOUNTS: { "op-anew": declared },
    OP_ANEW_STRIPE_SECRET: secret,
  });
  expect(await send("op-anew", "anew1", secret, before)).toBe(200);
  await ask("directory.add", {
    name: "op-anew",
    account: declared,
    secrets: [{ kind: "secret", source: "stripe", value: secret }],
  });
  const anew = await worker(await stripeWebhook("op-anew", "stripe", "anew1", secret));
  expect(await anew.json()).toEqual({ accepted: 1, duplicate: 0, ignored: 0 });
});

test("an account is removed with what it has stored, but not with events that are pending", async () => {
  const secret = "whsec_removed0123456789abcdef0123456";
  const account = { region: "us", sources: { stripe: {} } };
  await ask("directory.add", { name: "op-gone", account, secrets: [{ kind: "secret", source: "stripe", value: secret }] });
  expect(await send("op-gone", "gone1", secret)).toBe(200);
  // Without a key nothing is delivered.
  expect(await ask("directory.remove", { name: "op-gone" })).toMatchObject({ status: 409, json: { error: "pending" } });
  // Another isolate has the account in its memory.
  const other = isolateOf(createApp({ accountObject, write: () => undefined }));
  expect(await send("op-gone", "gone2", secret, other)).toBe(200);
  expect(await ask("directory.remove", { name: "op-gone", force: true })).toEqual({
    status: 200,
    json: { removed: true, pending: 2 },
  });
  expect(await send("op-gone", "gone3", secret)).toBe(404);
  // It asks the vendor to send again until it knows: nothing is acknowledged and lost.
  expect(await send("op-gone", "gone4", secret, other)).toBe(503);
  // An account that is added later begins with nothing.
  await ask("directory.add", { name: "op-gone", account, secrets: [{ kind: "secret", source: "stripe", value: secret }] });
  const anew = await worker(await stripeWebhook("op-gone", "stripe", "gone1", secret));
  expect(await anew.json()).toEqual({ accepted: 1, duplicate: 0, ignored: 0 });
});

test.each(DIRECTORY_OPERATION_NAMES)("%s refuses fields that it does not know, and does not repeat them", async (name) => {
  const { method, path } = DIRECTORY_OPERATIONS[name];
  const url = `http://127.0.0.1:8787/api/v1${path.replace(":name", "op-one")}`;
  const request =
    method === "GET"
      ? new Request(`${url}?nonsense=xyzzy`)
      : new Request(url, { method, headers: { "content-type": "application/json" }, body: '{"nonsense":"xyzzy"}' });
  const answer = await worker(request);
  expect(answer.status).toBe(400);
  expect(await answer.text()).not.toMatch(/xyzzy/);
});
