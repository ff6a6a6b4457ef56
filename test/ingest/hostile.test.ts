/**
 * No input of a sender, genuine or not, may look like trouble of ours, and none may be half kept.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { ENV, event, forms, INVOICE, REGISTRY, serve, signed, signedBy, unsigned } from "./vendors.ts";

const json = (value: unknown) => JSON.stringify(value);
const withItem = (text: string) => `{"events":[${json(event())},${text}]}`;

describe("bad input with a genuine signature", () => {
  const bad: readonly (readonly [string, string])[] = [
    ["the year 275760", json(event({ id: "evt_2", created: 8_640_000_000_000 }))],
    ["beyond any date", json(event({ id: "evt_2", created: 1e300 }))],
    ["an infinite time", '{"id":"evt_2","type":"invoice.paid","created":1e999}'],
    ["a time that is no number", json(event({ id: "evt_2", created: "soon" }))],
    ["an id that is a number", json(event({ id: 7 }))],
    ["an id that is null", json(event({ id: null }))],
    ["a list for a text", json(event({ id: "evt_2", type: ["invoice.paid"] }))],
    ["an empty id", json(event({ id: "" }))],
    ["an id that is too long", json(event({ id: "x".repeat(513) }))],
    ["a type that is too long", json(event({ type: "x".repeat(513) }))],
    ["no object", "7"],
    ["nothing", "null"],
  ];
  test.each(bad)("one item with %s: the other is delivered, and this one is kept with its own bytes", async (_, item) => {
    const app = serve();
    const response = await app.send(signed({ body: `{"around":1,${withItem(item).slice(1)}` }));
    expect([response.status, await response.json()]).toEqual([200, { accepted: 2, duplicate: 0, ignored: 0 }]);
    expect(app.accepts).toMatchObject([
      { events: [{ id: "evt_1", type: "invoice.paid" }], unreadable: [{ type: "unreadable", format: "json" }] },
    ]);
    const [lost] = app.accepts[0]?.unreadable ?? [];
    expect(lost?.id).toMatch(/^unreadable:[0-9a-f]{64}$/);
    expect(JSON.parse(new TextDecoder().decode(lost?.body))).toEqual({
      around: 1,
      events: [JSON.parse(item, (__, value) => (value === Number.POSITIVE_INFINITY ? null : value))],
    });
  });

  const whole: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
    ["no JSON", "<xml/>"],
    ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d)],
    ["100,000 deep", "[".repeat(100_000)],
    ["100,000 deep and closed", withItem(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`)],
    ["another shape", "[]"],
    ["null", "null"],
    ["a prototype for a body", '{"__proto__":{"events":[]}}'],
    ["one bad item alone", '{ "events": [ {} ] }'],
  ];
  test.each(whole)("%s: kept unchanged", async (_, body) => {
    const app = serve();
    const response = await app.send(signed({ body }));
    expect([response.status, await response.json()]).toEqual([200, { accepted: 1, duplicate: 0, ignored: 0 }]);
    expect(app.accepts).toMatchObject([{ events: [], unreadable: [{ format: "json" }] }]);
    expect(app.accepts[0]?.unreadable[0]?.body).toEqual(typeof body === "string" ? utf8Bytes(body) : body);
    expect(app.accepts[0]?.body).toEqual(new Uint8Array());
  });

  test("an empty body: 400, because there is nothing to keep", async () => {
    const app = serve();
    expect((await app.send(signed({ body: "" }))).status).toBe(400);
    expect(app.accepts).toEqual([]);
  });

  const kept: readonly (readonly [string, string])[] = [
    ["`__proto__` among the fields", withItem('{"__proto__":{"type":"x"},"id":"evt_2","type":"invoice.paid","created":1}')],
    ["a lone surrogate", withItem('{"id":"evt_2","type":"invoice.paid","created":1,"shop":"\\ud800"}')],
    ["2^53+1", withItem('{"id":"evt_2","type":"invoice.paid","created":1,"amount":9007199254740993}')],
    ["a price that is no number", withItem(json(event({ id: "evt_2", amount: "12,50 zł" })))],
    ["an infinite price", withItem('{"id":"evt_2","type":"invoice.paid","created":1,"amount":1e999}')],
  ];
  test.each(kept)("%s is kept, and the adapter decides", async (_, body) => {
    const app = serve();
    expect(await (await app.send(signed({ body }))).json()).toMatchObject({ accepted: 2 });
    expect(Object.prototype).not.toHaveProperty("type");
  });

  test("10,000 fields of a form", async () => {
    const app = serve();
    const body = Array.from({ length: 10_000 }, (_, index) => `entry${index}=1`).join("&");
    expect((await app.send(unsigned({ path: `/hooks/acme/forms/${ENV.ACME_FORMS_SECRET}`, body }))).status).toBe(200);
    expect(app.accepts).toMatchObject([{ events: [], unreadable: [{ format: "form" }] }]);
  });

  test("no value reaches the answer or the log", async () => {
    const body = withItem(json(event({ id: "evt_2", created: "person@example.com" })));
    const app = serve();
    const answer = await (await app.send(signed({ body }))).text();
    expect(answer).not.toContain("person@example.com");
    expect(json(app.written)).not.toContain("person@example.com");
  });
});

describe("anything at all", () => {
  const segment = fc.oneof(
    fc.constantFrom(
      "hooks",
      "acme",
      "billing",
      "forms",
      "chat",
      "relay",
      "__proto__",
      "constructor",
      "%00",
      "%",
      "%2e%2e",
      "..",
      "a".repeat(5000),
    ),
    fc.string({ maxLength: 20, unit: "binary" }).map((text) => encodeURIComponent(text.toWellFormed())),
  );
  const path = fc.oneof(
    fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join("/")}`),
    fc.constantFrom("billing", "forms", "chat", "relay").map((source) => `/hooks/acme/${source}`),
    fc.constant(`/hooks/acme/forms/${ENV.ACME_FORMS_SECRET}`),
  );
  const query = fc.oneof(
    fc.constant(""),
    fc.webQueryParameters().map((text) => `?${text}`),
  );
  const headerName = fc.constantFrom(
    "billing-signature",
    "chat-signature",
    "relay-signature",
    "relay-id",
    "content-length",
    "content-encoding",
    "content-type",
    "billing-topic",
    "chat-hello",
  );
  const headerValue = fc.oneof(
    fc.string({ maxLength: 80 }).map((text) => text.replace(/[^\x20-\x7e]/g, "")),
    fc.constantFrom(
      "t=1,v1=00",
      "-1",
      "NaN",
      "1e9",
      "0x10",
      "gzip",
      "multipart/form-data",
      "0".repeat(64),
      `t=1795780800,v1=${"0".repeat(64)}`,
    ),
  );
  const headers = fc.dictionary(headerName, headerValue, { maxKeys: 6 });
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
    fc.json({ maxDepth: 5 }).map((text) => utf8Bytes(text)),
  );

  test("unsigned", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"),
        path,
        query,
        headers,
        body,
        async (method, where, asked, given, bytes) => {
          const app = serve();
          const response = await app.send(unsigned({ method, path: where + asked, headers: given, body: bytes }));
          expect(response.status).toBeLessThan(500);
          await response.arrayBuffer();
        },
      ),
      { numRuns: 300 },
    );
  });

  test("signed", async () => {
    const shaped = fc
      .record({
        events: fc.array(
          fc.record({ id: fc.string(), type: fc.string(), created: fc.double(), shop: fc.string() }, { requiredKeys: [] }),
        ),
      })
      .map((value) => utf8Bytes(json(value)));
    const senders = [
      { source: "billing", secret: ENV.ACME_BILLING_SECRET },
      { source: "chat", secret: ENV.ACME_CHAT_SECRET },
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...senders), query, fc.oneof(body, shaped), async ({ source, secret }, asked, bytes) => {
        const app = serve();
        const adapter = REGISTRY.get(source) ?? forms;
        const response = await app.send(signedBy(adapter, { path: `/hooks/acme/${source}${asked}`, secret, body: bytes }));
        expect([200, 400]).toContain(response.status);
        expect(app.accepts.length).toBeLessThanOrEqual(response.status === 200 ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });

  test("one changed byte of a signed body", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(INVOICE.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const request = await signed();
        const bytes = new TextEncoder().encode(INVOICE).map((byte, index) => (index === place ? byte ^ change : byte));
        const app = serve();
        const response = await app.send(new Request(request.url, { method: "POST", headers: request.headers, body: bytes }));
        expect(response.status).toBe(401);
        expect(app.accepts).toEqual([]);
      }),
    );
  });
});
