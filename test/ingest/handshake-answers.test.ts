/**
 * Handshakes whose answer depends on options or on a key that is made of the secret, and answers of odd shapes.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { defineAdapter } from "../../src/contract/define.ts";
import { answerText, type Handshake, handshake } from "../../src/contract/handshake.ts";
import { hashed } from "../../src/contract/verify/keys.ts";
import { token } from "../../src/contract/verify/token.ts";
import { shakeHands } from "../../src/ingest/handshakes.ts";
import { toResponse } from "../../src/ingest/outcomes.ts";
import { requestWith } from "../contract/verify-requests.ts";
import { configured, sourceOf } from "../support/accounts.ts";

function adapterWith(handshakes: (options: { public_key: string }) => readonly Handshake[]) {
  return defineAdapter({
    id: "odd",
    name: "Odd",
    secret: { format: /^\w{16,}$/, hint: "Private key", demo: "tributary_demo_odd_0000" },
    verify: token({ header: "x-token" }),
    options: z.strictObject({ public_key: z.string() }),
    demoOptions: { public_key: "integration_public_key" },
    handshakes,
    webhook: z.object({ body: z.unknown() }),
    events: () => [],
    handlers: {},
  });
}

const anything = z.object({});

/** What is answered, as it goes over the wire. */
async function respond(definition: Handshake, request = requestWith({})): Promise<Response> {
  const adapter = adapterWith(() => [definition]);
  const source = sourceOf(adapter);
  const answer = await shakeHands(source.configured.handshakes, request, {}, source);
  if (answer === null) throw new TypeError("not shaken");
  return toResponse({ outcome: "handshake", answer });
}

describe("the challenge that Braintree sends", () => {
  const adapter = adapterWith((options) => [
    handshake({
      proof: "unsigned",
      method: "GET",
      request: z.object({ query: z.object({ bt_challenge: z.string().regex(/^[0-9a-f]{20,32}$/) }) }),
      answer: async ({ query }, { hmac }) =>
        answerText(`${options.public_key}|${await hmac("SHA-1", query.bt_challenge, "hex", hashed("SHA-1"))}`),
    }),
  ]);
  const source = sourceOf(adapter, { secrets: ["integration_private_key"] });
  const ask = (challenge: string) =>
    shakeHands(source.configured.handshakes, requestWith({ query: { bt_challenge: challenge } }), null, source);

  // https://github.com/braintree/braintree_node test/unit/braintree/webhook_notification_gateway_spec.js
  test("is answered with the public key and the HMAC", async () => {
    const answer = "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4";
    expect(await ask("20f9f8ed05f77439fe955c977e4c8a53")).toMatchObject({ status: 200, body: answer });
    expect(await ask("bad challenge")).toBeNull();
  });

  test("by the options of the source", async () => {
    const [shaken] = configured(adapter, { public_key: "another" }).handshakes;
    const head = requestWith({ query: { bt_challenge: "20f9f8ed05f77439fe955c977e4c8a53" } });
    expect((await shakeHands(shaken ? [shaken] : [], head, null, source))?.body).toMatch(/^another\|/);
  });
});

test("a header is echoed", async () => {
  const echo = handshake({
    proof: "unsigned",
    method: "POST",
    request: z.object({ headers: z.object({ "x-hook-secret": z.string().regex(/^\w{1,64}$/) }) }),
    answer: ({ headers }) => ({ ...answerText(""), headers: { "x-hook-secret": headers["x-hook-secret"] } }),
  });
  const response = await respond(echo, requestWith({ headers: { "X-Hook-Secret": "abc123" } }));
  expect(response.status).toBe(200);
  expect(response.headers.get("x-hook-secret")).toBe("abc123");
});

test("an echoed line break adds no header", async () => {
  const echo = handshake({
    proof: "unsigned",
    method: "GET",
    // A pattern that is too wide: the core has to hold all the same.
    request: z.object({ query: z.object({ challenge: z.string() }) }),
    answer: ({ query }) => ({ ...answerText(""), headers: { "x-challenge": query.challenge } }),
  });
  for (const challenge of ["a\r\nset-cookie: a=b", "a\nset-cookie: a=b", "a\u0000b"]) {
    const response = await respond(echo, requestWith({ query: { challenge } })).catch((error: unknown) => error);
    expect(response).toBeInstanceOf(TypeError);
  }
  expect((await respond(echo, requestWith({ query: { challenge: "a" } }))).headers.get("x-challenge")).toBe("a");
});

test("204 has a content type and no body", async () => {
  const empty = handshake({ proof: "signed", method: "POST", request: anything, answer: () => answerText("", 204) });
  const response = await respond(empty);
  expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
    204,
    "text/plain; charset=utf-8",
    "",
  ]);
});
