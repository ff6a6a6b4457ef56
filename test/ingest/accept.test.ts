import { describe, expect, test } from "vitest";
import * as z from "zod";
import { defineAdapter } from "../../src/contract/define.ts";
import { track } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { on } from "../../src/contract/handlers.ts";
import { token } from "../../src/contract/verify/token.ts";
import { chat, ENV, event, INVOICE, NOW, REGISTRY, relay, serve, signed, signedBy, unsigned } from "./vendors.ts";

const json = (value: unknown) => JSON.stringify(value);
const de = (...events: readonly object[]) =>
  signed({ path: "/hooks/acme/billing-de", secret: "bsec_bbbbbbbbbbbbbbbbbbbb", body: json({ events }) });

describe("what the account object is given", () => {
  test("the raw body, and only those headers and query parameters that the adapter reads, without signatures and secrets", async () => {
    const app = serve();
    const response = await app.send(
      signed({
        path: "/hooks/acme/billing?shard=4&other=5",
        headers: { "billing-topic": "paid", authorization: "Bearer x", cookie: "a=b", "x-other": "1" },
      }),
    );
    expect(response.status).toBe(200);
    expect(app.accounts).toEqual(["us/acme"]);
    expect(app.accepts).toEqual([
      {
        source: "billing",
        receivedAt: NOW,
        format: "json",
        headers: { "billing-topic": "paid" },
        query: { shard: "4" },
        nonce: null,
        body: new TextEncoder().encode(INVOICE),
        proof: null,
        events: [{ id: "evt_1", type: "invoice.paid" }],
        ignored: {},
        skipped: [],
        verified: [1, 1],
        unreadable: [],
      },
    ]);
  });

  test("which of several secrets verified it, and every event that is ignored with its reason", async () => {
    const app = serve();
    await app.send(
      de(
        event({ id: "evt_de", type: "invoice.drafted", shop: "de" }),
        event({ shop: "de" }),
        event({ id: "evt_fr", shop: "fr" }),
      ),
    );
    expect(app.accepts).toMatchObject([
      {
        events: [{ id: "evt_de", type: "invoice.drafted" }],
        ignored: { "turned off by events_off": 1, "of another tenant": 1 },
        skipped: [
          { id: "evt_1", type: "invoice.paid", reason: "turned off by events_off" },
          { id: "evt_fr", type: "invoice.paid", reason: "of another tenant" },
        ],
        verified: [2, 2],
      },
    ]);
  });

  test("the signed nonce of a request whose signature covers the configured URL", async () => {
    const app = serve();
    const sent = {
      path: "/hooks/acme/relay?a=%20b&a=c",
      secret: ENV.ACME_RELAY_SECRET,
      body: json({ team: 7 }),
      headers: { "relay-id": "msg_1" },
    };
    const response = await app.send(signedBy(relay, { ...sent, url: "https://hooks.acme.example/hooks/acme/relay?a=%20b&a=c" }));
    expect(response.status).toBe(200);
    expect(app.accepts).toMatchObject([{ nonce: "msg_1", headers: {}, events: [{ id: "msg_1", type: "sent" }] }]);
    const elsewhere = await app.send(signedBy(relay, { ...sent, url: "https://worker.example/hooks/acme/relay?a=%20b&a=c" }));
    expect(elsewhere.status).toBe(401);
  });

  test("a form sent to a URL with a path token, without the token", async () => {
    const app = serve();
    const response = await app.send(
      unsigned({ path: `/hooks/acme/forms/${ENV.ACME_FORMS_SECRET}`, body: "entry=7&email=a%40example.com" }),
    );
    expect(response.status).toBe(200);
    expect(app.accepts).toMatchObject([
      { source: "forms", format: "form", events: [{ id: "7", type: "entry" }], headers: {}, query: {} },
    ]);
    expect(json(app.accepts)).not.toContain(ENV.ACME_FORMS_SECRET);
  });

  test("each of several secrets", async () => {
    for (const secret of ["bsec_aaaaaaaaaaaaaaaaaaaa", "bsec_bbbbbbbbbbbbbbbbbbbb"]) {
      expect((await serve().send(signed({ path: "/hooks/acme/billing-de", secret }))).status).toBe(200);
    }
  });
});

describe("which events are kept", () => {
  const ignoredIn = async (request: Promise<Request>) => {
    const app = serve();
    const response = await app.send(request);
    return { answer: await response.json(), asked: app.accepts.map(({ events, ignored }) => ({ events, ignored })) };
  };

  test("by type, by the adapter's decision, and by test mode", async () => {
    const events = [
      event({ id: "1" }),
      event({ id: "2", type: "invoice.drafted" }),
      event({ id: "3", type: "balance.changed" }),
      event({ id: "4", type: "constructor" }),
      event({ id: "5", skip: "sent by us" }),
      event({ id: "6", live: false }),
      event({ id: "7", live: false }),
      event({ id: "1" }),
    ];
    expect(await ignoredIn(signed({ body: json({ events }) }))).toEqual({
      answer: { accepted: 2, duplicate: 0, ignored: 6 },
      asked: [
        {
          events: [
            { id: "1", type: "invoice.paid" },
            { id: "1", type: "invoice.paid" },
          ],
          ignored: {
            "drafts are noise": 1,
            "about the account, not a person": 1,
            "no handler for this type": 1,
            "sent by us": 1,
            "test mode": 2,
          },
        },
      ],
    });
  });

  test("by the source's options, and only those of its own tenant", async () => {
    const asked = await ignoredIn(
      de(
        event({ id: "1", shop: "de" }),
        event({ id: "2", shop: "de", type: "invoice.drafted", live: false }),
        event({ id: "3", shop: "fr", type: "invoice.drafted" }),
        event({ id: "4", type: "invoice.drafted" }),
      ),
    );
    expect(asked.asked).toEqual([
      {
        events: [{ id: "2", type: "invoice.drafted" }],
        ignored: { "turned off by events_off": 1, "of another tenant": 2 },
      },
    ]);
  });

  test("a webhook without kept events is still counted", async () => {
    expect(await ignoredIn(signed({ body: json({ events: [event({ type: "balance.changed" })] }) }))).toEqual({
      answer: { accepted: 0, duplicate: 0, ignored: 1 },
      asked: [{ events: [], ignored: { "about the account, not a person": 1 } }],
    });
  });

  test("thousands in one webhook: only their size is limited", async () => {
    const body = json({ events: Array.from({ length: 3000 }, (_, index) => event({ id: `${index}` })) });
    const app = serve();
    expect(await (await app.send(signed({ body }))).json()).toEqual({ accepted: 3000, duplicate: 0, ignored: 0 });
    expect(app.accepts[0]?.events).toHaveLength(3000);
  });

  test("names that do not fit into one value: the webhook is kept as one event", async () => {
    const wordy = defineAdapter({
      ...{ id: "chat", name: "Chat", secret: chat.secret },
      verify: token({ header: "chat-token" }),
      batch: "[]",
      webhook: z.object({ body: z.array(z.number()) }),
      events: ({ body }, { receivedAt }) =>
        body.map((data) => ({ id: `${data}`.padEnd(500, "x"), type: "said", occurredAt: receivedAt, test: false, data })),
      handlers: { said: on(z.number(), () => track(person({}), "It Was Said")) },
    });
    const send = async (count: number) => {
      const app = serve({ registry: new Map(REGISTRY).set("chat", wordy) });
      const body = json(Array.from({ length: count }, (_, index) => index));
      const headers = { "chat-token": ENV.ACME_CHAT_SECRET };
      return { app, body, answer: await (await app.send(unsigned({ path: "/hooks/acme/chat", headers, body }))).json() };
    };
    expect((await send(2000)).answer).toEqual({ accepted: 2000, duplicate: 0, ignored: 0 });
    const { app, body, answer } = await send(2500);
    expect(answer).toEqual({ accepted: 1, duplicate: 0, ignored: 0 });
    expect(app.accepts).toMatchObject([{ events: [], ignored: {}, unreadable: [{ format: "json" }] }]);
    expect(app.accepts[0]?.unreadable[0]?.body).toEqual(new TextEncoder().encode(body));
  });

  test("unreadable items are kept one by one, or as one if there are many", async () => {
    const lost = async (items: readonly unknown[]) => {
      const app = serve();
      await app.send(signed({ body: json({ events: [event(), ...items] }) }));
      const { unreadable = [] } = app.accepts[0] ?? {};
      return unreadable.map(({ body }) => Object(JSON.parse(new TextDecoder().decode(body))).events.length);
    };
    const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
    expect(await lost(numbers(100))).toEqual(numbers(100).map(() => 1));
    expect(await lost(numbers(101))).toEqual([101]);
    expect(await lost(["x".repeat(100_000), "y".repeat(100_000)])).toEqual([1, 1]);
  });

  test("the content around the items counts for each of them", async () => {
    const around = "x".repeat(50_000);
    const app = serve();
    const body = (count: number) =>
      json({ around, events: Array.from({ length: count }, (_, index) => event({ id: `${index}` })) });
    expect(await (await app.send(signed({ body: body(900) }))).json()).toMatchObject({ accepted: 900 });
    // Too much to be read one by one: kept as it came.
    expect(await (await app.send(signed({ body: body(1100) }))).json()).toMatchObject({ accepted: 1 });
  });
});

describe("the answer of the account object", () => {
  const failure = (flags: object) => Object.assign(new Error("Network connection lost."), flags);

  test("duplicates are counted", async () => {
    const app = serve({ accept: async () => ({ kind: "stored", accepted: 0, duplicate: 1 }) });
    expect(await (await app.send(signed())).json()).toEqual({ accepted: 0, duplicate: 1, ignored: 0 });
  });

  test.each([
    ["busy", "busy"],
    ["full", "full"],
    ["source_full", "full"],
    ["compacting", "compacting"],
  ] as const)("refused, %s", async (reason, error) => {
    const app = serve({ accept: async () => ({ kind: "refused", reason }) });
    const response = await app.send(signed());
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error });
    expect(app.accepts).toHaveLength(1);
    expect(app.lines()).toMatchObject([{ outcome: error, reason }]);
  });

  test("a temporary failure is retried once, with a new stub", async () => {
    const app = serve({
      accept: (attempt) =>
        attempt === 1
          ? Promise.reject(failure({ retryable: true }))
          : Promise.resolve({ kind: "stored", accepted: 1, duplicate: 0 }),
    });
    expect((await app.send(signed())).status).toBe(200);
    expect(app.accounts).toEqual(["us/acme", "us/acme"]);
  });

  test.each([
    ["that may pass but does not", { retryable: true }, 2, "store_failed", "rejected"],
    ["of overload", { retryable: true, overloaded: true }, 1, "busy", "overloaded"],
    ["that will not pass", {}, 1, "store_failed", "rejected"],
  ] as const)("a failure %s", async (_, flags, attempts, outcome, reason) => {
    const app = serve({ accept: () => Promise.reject(failure(flags)) });
    const response = await app.send(signed());
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).not.toBeNull();
    expect(app.accepts).toHaveLength(attempts);
    expect(app.lines()).toMatchObject([{ outcome, reason }]);
  });
});
