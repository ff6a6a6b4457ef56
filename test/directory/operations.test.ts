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
