import { describe, expect, test } from "vitest";
import { billing, ENV, INVOICE, serve, signed, unsigned, untouchable, withBody } from "./vendors.ts";

/** Requests that are refused for what stands ahead of their body. */
const refused: readonly (readonly [string, number, () => Request | Promise<Request>])[] = [
  ["an unknown account", 404, () => signed({ path: "/hooks/nobody/billing" })],
  ["an unknown source", 404, () => signed({ path: "/hooks/acme/nothing" })],
  ["a path token where none belongs", 404, () => signed({ path: "/hooks/acme/billing/0123456789abcdef" })],
  ["a source without a secret", 503, () => signed({ path: "/hooks/acme/unset" })],
  ["an account of another region", 503, () => signed({ path: "/hooks/elsewhere/billing" })],
  ["another method", 405, () => signed({ method: "PATCH" })],
  ["no signature", 401, () => unsigned({})],
  ["a malformed signature", 401, () => unsigned({ headers: { "billing-signature": "v1" } })],
  ["a stale signature", 401, () => signed({ at: 0 })],
  ["no path token", 401, () => unsigned({ path: "/hooks/acme/forms" })],
  ["another path token", 401, () => unsigned({ path: "/hooks/acme/forms/another-token-0123456789" })],
  ["an encoded body", 415, () => signed({ headers: { "content-encoding": "br" } })],
  ["a length over the limit", 413, () => signed({ headers: { "content-length": String(billing.bodyLimit + 1) } })],
];

test.each(refused)("%s: %d, and the body is not read", async (_, status, request) => {
  const { stream, wasTouched } = untouchable();
  const app = serve();
  const response = await app.send(withBody(await request(), stream));
  expect(response.status).toBe(status);
  expect(wasTouched()).toBe(false);
  expect(app.accounts).toEqual([]);
});

test("the guard notices a body that is read", async () => {
  const { stream, wasTouched } = untouchable();
  expect((await serve().send(withBody(await signed(), stream))).status).toBe(400);
  expect(wasTouched()).toBe(true);
});

describe("of two faults the first one decides the answer", () => {
  const cases: readonly (readonly [string, number, () => Request | Promise<Request>])[] = [
    ["unknown before method", 404, () => unsigned({ path: "/hooks/acme/nothing", method: "DELETE" })],
    ["token before method", 404, () => unsigned({ path: "/hooks/acme/billing/0123456789abcdef", method: "DELETE" })],
    ["unusable before method", 503, () => unsigned({ path: "/hooks/acme/unset", method: "DELETE" })],
    ["unusable before greeting", 503, () => unsigned({ path: "/hooks/acme/unset", method: "GET" })],
    ["method before signature", 405, () => unsigned({ method: "DELETE" })],
    ["signature before encoding", 401, () => unsigned({ headers: { "content-encoding": "gzip" } })],
    ["signature before length", 401, () => unsigned({ headers: { "content-length": "99999999" } })],
    ["encoding before length", 415, () => signed({ headers: { "content-encoding": "gzip", "content-length": "99999999" } })],
    ["length before the signature's value", 413, () => signed({ secret: "bsec_another_secret_000", body: "x".repeat(300_000) })],
    ["the signature's value before content", 401, () => signed({ secret: "bsec_another_secret_000", body: "{" })],
  ];
  test.each(cases)("%s: %d", async (_, status, request) => {
    const app = serve();
    expect((await app.send(request())).status).toBe(status);
    expect(app.accepts).toEqual([]);
  });

  test("a misconfigured Worker before all", async () => {
    const app = serve({ env: { ...ENV, TIME_SCALE: "600" } });
    expect((await app.send(unsigned({ path: "/hooks/nobody/nothing", method: "DELETE" }))).status).toBe(503);
  });
});

describe("methods", () => {
  test.each(["GET", "HEAD"])("%s checks that the endpoint exists", async (method) => {
    const response = await serve().send(unsigned({ method }));
    expect(response.status).toBe(200);
    expect((await response.text()) === "").toBe(method === "HEAD");
  });

  test("the answer names the allowed method", async () => {
    expect((await serve().send(unsigned({ method: "OPTIONS" }))).headers.get("allow")).toBe("POST");
  });
});

describe("bodies", () => {
  const chunksOf = (size: number, count: number) => {
    let left = count;
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(size).fill(32)) : controller.close()),
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    return { stream, pulled: () => count - left, wasCancelled: () => cancelled };
  };

  test("reading stops at the limit, with any declared length", async () => {
    const body = chunksOf(64 * 1024, 1000);
    const request = withBody(await signed({ headers: { "content-length": "10" } }), body.stream);
    expect((await serve().send(request)).status).toBe(413);
    expect(body.pulled()).toBe(5);
    expect(body.wasCancelled()).toBe(true);
  });

  test("a body of exactly the limit is read", async () => {
    const body = INVOICE + " ".repeat(billing.bodyLimit - INVOICE.length);
    expect((await serve().send(signed({ body }))).status).toBe(200);
  });

  test("a sender that disconnects is answered, and nothing is kept", async () => {
    const stream = new ReadableStream<Uint8Array>(
      { pull: (controller) => controller.error(new Error("gone")) },
      { highWaterMark: 0 },
    );
    const app = serve();
    expect((await app.send(withBody(await signed(), stream))).status).toBe(400);
    expect(app.accepts).toEqual([]);
  });

  test("Content-Encoding: identity is accepted", async () => {
    expect((await serve().send(signed({ headers: { "content-encoding": "identity" } }))).status).toBe(200);
  });

  test("bodies in flight share one limit, and their room is given back", async () => {
    const first = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const app = serve({
      bodiesInFlight: INVOICE.length + 10,
      accept: async (attempt) => {
        if (attempt === 1) {
          reached.resolve();
          await first.promise;
        }
        return { kind: "stored", accepted: 1, duplicate: 0 };
      },
    });
    const waiting = app.send(signed());
    await reached.promise;
    const turnedAway = await app.send(signed());
    expect(turnedAway.status).toBe(503);
    expect(await turnedAway.json()).toMatchObject({ error: "busy" });
    first.resolve();
    expect((await waiting).status).toBe(200);
    expect((await app.send(signed())).status).toBe(200);
    // Refusals give their room back, too.
    expect((await app.send(signed({ secret: "bsec_another_secret_000" }))).status).toBe(401);
    expect((await app.send(signed())).status).toBe(200);
  });
});
