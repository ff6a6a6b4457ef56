import { describe, expect, test } from "vitest";
import { ENV, event, INVOICE, NOW, relay, serve, signed, signedBy, unsigned } from "./vendors.ts";

const json = (value: unknown) => JSON.stringify(value);
const de = (...events: readonly object[]) =>
  signed({ path: "/hooks/acme/billing-de", secret: "bsec_bbbbbbbbbbbbbbbbbbbb", body: json({ events }) });

describe("what the account object is given", () => {
  test("the raw body, and of headers and query only what the adapter reads and nothing that proves the sender", async () => {
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
        events: [{ id: "evt_1", type: "invoice.paid" }],
        ignored: {},
      },
    ]);
  });

  test("the signed nonce, of a request whose URL is signed as it was configured", async () => {
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

  test("a form behind a path token, without the token", async () => {
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

  test("by type, by the adapter's word, and by test mode", async () => {
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

  test("as the source says otherwise, and only of its own tenant", async () => {
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

  test("a webhook of which nothing is kept still reaches the tally", async () => {
    expect(await ignoredIn(signed({ body: json({ events: [event({ type: "balance.changed" })] }) }))).toEqual({
      answer: { accepted: 0, duplicate: 0, ignored: 1 },
      asked: [{ events: [], ignored: { "about the account, not a person": 1 } }],
    });
  });

  test("a thousand events, and not one more", async () => {
    const body = (count: number) => json({ events: Array.from({ length: count }, (_, index) => event({ id: `${index}` })) });
    const app = serve();
    expect(await (await app.send(signed({ body: body(1000) }))).json()).toMatchObject({ accepted: 1000 });
    expect((await app.send(signed({ body: body(1001) }))).status).toBe(413);
    // Their names are kept in one value, which has a limit of its own.
    const long = json({ events: Array.from({ length: 600 }, (_, index) => event({ id: `${index}`.padEnd(500, "x") })) });
    expect((await app.send(signed({ body: long }))).status).toBe(413);
    expect(app.accepts).toHaveLength(1);
  });

  test.each([
    ["an empty id", { id: "" }],
    ["an id that is too long", { id: "x".repeat(513) }],
    ["a type that is too long", { type: "x".repeat(513) }],
  ])("one event with %s refuses the whole webhook", async (_, fields) => {
    const app = serve();
    expect((await app.send(signed({ body: json({ events: [event(), event(fields)] }) }))).status).toBe(400);
    expect(app.accepts).toEqual([]);
  });
});

describe("what the account object says", () => {
  const failure = (flags: object) => Object.assign(new Error("Network connection lost."), flags);

  test("duplicates are told", async () => {
    const app = serve({ accept: async () => ({ kind: "stored", accepted: 0, duplicate: 1 }) });
    expect(await (await app.send(signed())).json()).toEqual({ accepted: 0, duplicate: 1, ignored: 0 });
  });

  test.each([
    ["busy", "busy"],
    ["full", "full"],
    ["source_full", "full"],
  ] as const)("refused, %s", async (reason, error) => {
    const app = serve({ accept: async () => ({ kind: "refused", reason }) });
    const response = await app.send(signed());
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error });
    expect(app.accepts).toHaveLength(1);
    expect(app.lines()).toMatchObject([{ outcome: error, reason }]);
  });

  test("a failure that may pass is tried once more, with a fresh stub", async () => {
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
