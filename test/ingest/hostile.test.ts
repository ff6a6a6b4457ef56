/**
 * No input of a sender, genuine or not, may look like trouble of ours, and none may be half kept.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { ENV, event, forms, INVOICE, REGISTRY, serve, signed, signedBy, unsigned } from "./vendors.ts";

const json = (value: unknown) => JSON.stringify(value);
const withItem = (text: string) => `{"events":[${json(event())},${text}]}`;

describe("bad input that is genuinely signed", () => {
  const refused: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
    ["nothing", ""],
    ["no JSON", "<xml/>"],
    ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d)],
    ["100,000 deep", "[".repeat(100_000)],
    ["100,000 deep and closed", withItem(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`)],
    ["another shape", "[]"],
    ["null", "null"],
    ["the year 275760", withItem(json(event({ id: "evt_2", created: 8_640_000_000_000 })))],
    ["beyond any date", withItem(json(event({ id: "evt_2", created: 1e300 })))],
    ["an infinite time", withItem('{"id":"evt_2","type":"invoice.paid","created":1e999}')],
    ["a time that is no number", withItem(json(event({ id: "evt_2", created: "soon" })))],
    ["an id that is a number", withItem(json(event({ id: 7 })))],
    ["an id that is null", withItem(json(event({ id: null })))],
    ["a list for a text", withItem(json(event({ id: "evt_2", type: ["invoice.paid"] })))],
    ["a prototype for a body", '{"__proto__":{"events":[]}}'],
  ];
  test.each(refused)("%s: 400, and none of it is kept", async (_, body) => {
    const app = serve();
    const response = await app.send(signed({ body }));
    expect(response.status).toBe(400);
    expect(app.accepts).toEqual([]);
  });

  const kept: readonly (readonly [string, string])[] = [
    ["`__proto__` among the fields", withItem('{"__proto__":{"type":"x"},"id":"evt_2","type":"invoice.paid","created":1}')],
    ["a lone surrogate", withItem('{"id":"evt_2","type":"invoice.paid","created":1,"shop":"\\ud800"}')],
    ["2^53+1", withItem('{"id":"evt_2","type":"invoice.paid","created":1,"amount":9007199254740993}')],
    ["a price that is no number", withItem(json(event({ id: "evt_2", amount: "12,50 zł" })))],
    ["an infinite price", withItem('{"id":"evt_2","type":"invoice.paid","created":1,"amount":1e999}')],
  ];
  test.each(kept)("%s is kept, for the mapping to judge", async (_, body) => {
    const app = serve();
    expect(await (await app.send(signed({ body }))).json()).toMatchObject({ accepted: 2 });
    expect(Object.prototype).not.toHaveProperty("type");
  });

  test("10,000 fields of a form", async () => {
    const app = serve();
    const body = Array.from({ length: 10_000 }, (_, index) => `entry${index}=1`).join("&");
    expect((await app.send(unsigned({ path: `/hooks/acme/forms/${ENV.ACME_FORMS_SECRET}`, body }))).status).toBe(400);
    expect(app.accepts).toEqual([]);
  });

  test("what a field gets wrong is told to its verified sender, without its value", async () => {
    const body = withItem(json(event({ id: "evt_2", created: "person@example.com" })));
    const app = serve();
    const answer = await (await app.send(signed({ body }))).text();
    expect(answer).toContain("body.events.1.created");
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
