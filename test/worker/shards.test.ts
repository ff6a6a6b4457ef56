/**
 * Sources with an object of their own, through the real Worker: where their webhooks go, what is promised there, and that a person is forgotten in
 * all objects of the account.
 */
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import worker from "../../src/index.ts";
import { messageIdOf } from "../../src/pipelines/message-id.ts";
import { ADAPTERS } from "../support/registry.ts";

/** When the customers were created, seconds since 1970. */
const CREATED = 1_795_000_000;

const ORIGIN = "http://127.0.0.1:8787";

/** What a webhook says of a customer. */
interface Customer {
  readonly id: string;
  readonly email?: string;
  readonly user?: string;
}

/** A webhook that a vendor signed. */
async function signedBy(
  vendor: string,
  path: string,
  given: object,
  more: Readonly<Record<string, string>> = {},
): Promise<Request> {
  const adapter = ADAPTERS.get(vendor);
  const configured = adapter?.configure({});
  if (adapter === undefined || !configured?.ok) throw new Error("there is no such adapter, or it needs options");
  const url = `${ORIGIN}/hooks/${path}`;
  const unsigned = {
    ...{ method: "POST", url, headers: new Headers({ "content-type": "application/json", ...more }) },
    ...{ query: new URLSearchParams(), pathToken: null, body: utf8Bytes(JSON.stringify(given)) },
  };
  const { headers, body } = await configured.adapter.verifier.sign(unsigned, adapter.secret.demo, Date.now());
  return new Request(url, { method: "POST", headers, body });
}

/** A signed webhook about a new customer. */
function signed(path: string, event: string, { id, email, user }: Customer): Promise<Request> {
  const metadata = user === undefined ? {} : { user_id: user };
  const object = { id, object: "customer", ...(email === undefined ? {} : { email }), name: "Ada Example", metadata };
  const about = { id: event, object: "event", type: "customer.created", created: CREATED, livemode: true };
  return signedBy("stripe", path, { ...about, data: { object } });
}

/** A webhook of a shop about one customer. */
function ofShop(topic: string, body: object): Promise<Request> {
  return signedBy("shopify", "parts/orders", body, {
    ...{ "x-shopify-topic": topic, "x-shopify-shop-domain": "acme-outdoor.myshopify.com", "x-shopify-api-version": "2026-10" },
    ...{ "x-shopify-triggered-at": "2026-11-02T09:15:05.412345678Z", "x-shopify-webhook-id": topic },
  });
}

/** Sends a webhook to the Worker. @returns its status and tally */
async function send(path: string, event: string, customer: Customer): Promise<unknown> {
  const response = await exports.default.fetch(await signed(path, event, customer));
  return response.ok ? response.json() : response.status;
}

/** Sends a webhook to a Worker for which a source has another `shard` than for its objects. @returns its status */
async function sendWith(shard: unknown, source: string, request: Request): Promise<number> {
  const { parts } = z
    .looseObject({ ACCOUNTS: z.looseObject({ parts: z.looseObject({ sources: z.record(z.string(), z.looseObject({})) }) }) })
    .parse(env).ACCOUNTS;
  const sources = { ...parts.sources, [source]: { ...parts.sources[source], shard } };
  const context = createExecutionContext();
  const { status } = await worker.fetch(request, { ...env, ACCOUNTS: { parts: { ...parts, sources } } }, context);
  await waitOnExecutionContext(context);
  return status;
}

/** Asks the API about an account. */
async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const init = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return (await exports.default.fetch(new Request(`${ORIGIN}/api/v1/accounts${path}`, { method, ...init }))).json();
}

const counts = z.looseObject({ received: z.number(), delivered: z.number(), duplicate: z.number(), ignored: z.number() });
const healthSchema = z.looseObject({ sources: z.record(z.string(), counts) });

async function countsOf(account: string, source: string) {
  return healthSchema.parse(await ask("GET", `/${account}`)).sources[source];
}

const until = (holds: () => Promise<void>): Promise<void> => vi.waitFor(holds, { timeout: 20_000, interval: 50 });

const delivered = (account: string, source: string, count: number) =>
  until(async () => expect((await countsOf(account, source))?.delivered).toBe(count));

/** The id of the call about a webhook of the sharded source. */
const idOf = (eventId: string): Promise<string> =>
  messageIdOf({
    ...{ account: "parts", source: "events", eventId },
    ...{ occurredAt: new Date(CREATED * 1_000).toISOString(), callKey: "track/0/Contact Created" },
  });

const calls = z.object({
  calls: z.array(
    z.looseObject({
      ...{ seq: z.number(), key: z.string() },
      event: z.looseObject({ type: z.string(), userId: z.string().optional(), messageId: z.string() }),
    }),
  ),
});

/** The calls that Customer.io took for this key, in order. */
async function taken(): Promise<z.output<typeof calls>["calls"]> {
  const found: z.output<typeof calls>["calls"] = [];
  for (let after = 0; ; ) {
    const page = calls.parse(
      await (await env.CDP_US.fetch(`http://127.0.0.1:8788/_sandbox/calls?region=us&after=${after}`)).json(),
    );
    if (page.calls.length === 0) return found.filter(({ key }) => key === "tributary_demo_parts");
    found.push(...page.calls);
    after = page.calls.at(-1)?.seq ?? after;
  }
}

/** The events about a user id or address, with the ids of their calls. */
const tracked = async (userId: string) =>
  (await taken()).flatMap(({ event }) => (event.type === "track" && event.userId === userId ? [event.messageId] : []));

/** Everything that an object's database holds, as text. */
function contentsOf(id: string): Promise<string> {
  return runInDurableObject(env.ACCOUNT.getByName(`v1/us/${id}`), (_, { storage: { sql } }) => {
    const tables = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'").toArray();
    const rows = tables.flatMap(({ name }) => sql.exec(`SELECT * FROM "${name}"`).toArray());
    const texts = rows.flatMap((row) => Object.values(row));
    return texts.map((value) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : String(value))).join("\n");
  });
}

const statusSchema = z.looseObject({
  erasures: z.array(z.looseObject({ number: z.number(), finishedAt: z.number().nullable() })),
  shards: z.array(
    z.looseObject({ account: z.string(), erasures: z.array(z.looseObject({ finishedAt: z.number().nullable() })).nullable() }),
  ),
});

async function erased(): Promise<void> {
  await until(async () => {
    const { erasures, shards } = statusSchema.parse(await ask("GET", "/parts/erase"));
    const all = [...erasures, ...shards.flatMap((shard) => shard.erasures ?? [])];
    expect(all.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
  });
}

describe("a source with a shard", () => {
  test("has its webhooks in an object of its own, deduplicated there, and delivered in order to the same workspace", async () => {
    expect(await send("parts/shop", "evt_a", { id: "cus_a", email: "shop.a@example.com" })).toMatchObject({ accepted: 1 });
    for (let number = 0; number < 30; number += 1) {
      const customer = { id: "cus_order", email: "order@example.com" };
      expect(await send("parts/events", `evt_order_${number}`, customer)).toMatchObject({ accepted: 1, duplicate: 0 });
    }
    expect(await send("parts/events", "evt_order_7", { id: "cus_order" })).toMatchObject({ accepted: 0, duplicate: 1 });
    await Promise.all([delivered("parts", "shop", 1), delivered("parts.events", "events", 30)]);
    expect(await countsOf("parts", "events")).toBe(undefined);
    expect(await countsOf("parts.events", "shop")).toBe(undefined);
    expect(await countsOf("parts.events", "events")).toMatchObject({ received: 31, duplicate: 1 });
    const contents = await Promise.all([contentsOf("parts"), contentsOf("parts.events")]);
    expect(contents.map((text) => [text.includes("cus_a"), text.includes("cus_order")])).toEqual([
      [true, false],
      [false, true],
    ]);

    expect(await tracked("shop.a@example.com")).toHaveLength(1);
    const ids = await Promise.all(Array.from({ length: 30 }, (_, number) => idOf(`evt_order_${number}`)));
    expect(await tracked("order@example.com")).toEqual(ids);
  });

  test("has no other URL than that of its account", async () => {
    expect(await send("parts.events/events", "evt_b", { id: "cus_b" })).toBe(404);
    expect(await send("parts.shop/shop", "evt_b", { id: "cus_b" })).toBe(404);
  });

  test("makes the same ids of calls as the account's object, which still delivers what it kept before", async () => {
    const customer = { id: "cus_before", email: "before@example.com" };
    expect(await sendWith(false, "events", await signed("parts/events", "evt_before", customer))).toBe(200);
    await delivered("parts", "events", 1);
    expect(await send("parts/events", "evt_before", customer)).toMatchObject({ accepted: 1 });
    const id = await idOf("evt_before");
    await until(async () => expect(await tracked("before@example.com")).toEqual([id, id]));
  });

  test("that has ended goes to the account's object again, and its own delivers what it has", async () => {
    const customer = { id: "cus_past", email: "past@example.com" };
    expect(await sendWith(true, "past", await signed("parts/past", "evt_past", customer))).toBe(200);
    await delivered("parts.past", "past", 1);
    expect(await send("parts/past", "evt_again", customer)).toMatchObject({ accepted: 1 });
    await delivered("parts", "past", 1);
  });

  test("is among the accounts, with whose shard it is", async () => {
    const list = z.object({
      accounts: z.array(z.looseObject({ name: z.string(), shardOf: z.string().nullable(), sources: z.number() })),
    });
    const { accounts } = list.parse(await ask("GET", ""));
    expect(accounts.filter(({ name }) => name.startsWith("parts"))).toMatchObject([
      { name: "parts", shardOf: null, ready: true, sources: 2 },
      { name: "parts.events", shardOf: "parts", ready: true, sources: 1 },
      { name: "parts.past", shardOf: "parts", ready: true, sources: 0 },
      { name: "parts.orders", shardOf: "parts", ready: true, sources: 1 },
    ]);
    const metrics = await (await exports.default.fetch(new Request(`${ORIGIN}/metrics`))).text();
    expect(metrics).toContain('tributary_up{account="parts"} 1');
    expect(metrics).toContain('tributary_up{account="parts.events"} 1');
    const page = await (await exports.default.fetch(new Request(`${ORIGIN}/console/parts.events/sources`))).text();
    expect(page).toContain("/hooks/parts/events");
  });

  test("gets what is imported for it", async () => {
    const body = JSON.stringify({
      ...{ id: "evt_imported", object: "event", type: "customer.created", created: CREATED, livemode: true },
      data: { object: { id: "cus_imported", object: "customer", email: "imported@example.com", name: "Ada", metadata: {} } },
    });
    const answer = await ask("POST", "/parts/import", { source: "events", webhooks: [{ body }] });
    expect(answer).toMatchObject({ done: 1, accepted: 1 });
    await until(async () => expect(await contentsOf("parts.events")).toContain("cus_imported"));
    expect(await contentsOf("parts")).not.toContain("cus_imported");
  });
});

describe("an erasure", () => {
  test("finds a person in the shards too, by what any of the objects knows of them; and so does lifting it", async () => {
    // Only the shop knows the address by which the person is erased. What both know is the user id.
    await send("parts/shop", "evt_zoe", { id: "cus_zoe", email: "zoe@example.com", user: "u_zoe" });
    await send("parts/events", "evt_zoe_2", { id: "cus_number_of_zoe", email: "zoe.work@example.com", user: "u_zoe" });
    await send("parts/events", "evt_kai", { id: "cus_kai", email: "kai@example.com", user: "u_kai" });
    await until(async () => expect(await tracked("u_zoe")).toHaveLength(2));

    const begun = await ask("POST", "/parts/erase", { email: "zoe@example.com", customerio: "none" });
    expect(begun).toMatchObject({
      shards: [{ account: "parts.events" }, { account: "parts.past" }, { account: "parts.orders" }],
    });
    await erased();
    const contents = (await Promise.all([contentsOf("parts"), contentsOf("parts.events")])).join("\n");
    for (const gone of ["zoe@example.com", "zoe.work@example.com", "u_zoe", "cus_zoe", "cus_number_of_zoe"])
      expect(contents).not.toContain(gone);
    expect(contents).toContain("u_kai");

    const before = await countsOf("parts.events", "events");
    await send("parts/events", "evt_zoe_3", { id: "cus_other_number", email: "zoe.work@example.com" });
    await until(async () => expect((await countsOf("parts.events", "events"))?.ignored).toBe((before?.ignored ?? 0) + 1));

    const lifted = await ask("POST", "/parts/erase/lift", { email: "zoe@example.com" });
    expect(lifted).toMatchObject({ identifiers: expect.any(Number) });
    await send("parts/events", "evt_zoe_4", { id: "cus_number_of_zoe", email: "zoe.work@example.com", user: "u_zoe" });
    await until(async () => expect(await tracked("u_zoe")).toHaveLength(3));
  });

  test("that a vendor demands reaches what the account's object kept before the source had one of its own", async () => {
    const id = 7_112_345_678_901;
    const customer = { id, email: "nora@example.com", verified_email: true, first_name: "Nora", state: "enabled" };
    const times = { created_at: "2026-10-30T18:20:11+01:00", updated_at: "2026-10-30T18:20:11+01:00" };
    expect(await sendWith(false, "orders", await ofShop("customers/create", { ...customer, ...times }))).toBe(200);
    await delivered("parts", "orders", 1);
    expect(await contentsOf("parts")).toMatch(/Nora[\s\S]*7112345678901/);

    const demand = {
      shop_id: 1,
      shop_domain: "acme-outdoor.myshopify.com",
      customer: { id, email: customer.email },
      orders_to_redact: [],
    };
    expect((await exports.default.fetch(await ofShop("customers/redact", demand))).status).toBe(200);
    await until(async () => expect(await contentsOf("parts")).not.toMatch(/Nora|7112345678901/));
    await erased();
    expect(await contentsOf("parts.orders")).not.toMatch(/Nora|7112345678901/);
  });
});
