import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { Account, Source } from "../../src/config/model.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { type HmacScheme, hmac } from "../../src/contract/verify/hmac.ts";
import { base64 } from "../../src/contract/verify/keys.ts";
import { bare, keyed, prefixed } from "../../src/contract/verify/layouts.ts";
import { token } from "../../src/contract/verify/token.ts";
import type { SignedRequest, Verifier } from "../../src/contract/verify/verifier.ts";
import { diagnose } from "../../src/doctor/diagnose.ts";
import type { Cause } from "../../src/ingest/diagnosis.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const SECRET = "sec_0123456789abcdef0123456789";
const URL_GIVEN = "https://hooks.acme.example/hooks/acme/shop?shard=1";

const plain = {
  hash: "SHA-256",
  header: "x-signature",
  encoding: "hex",
  covers: "body",
  layout: bare(),
  message: ({ body }) => [body],
} as const satisfies HmacScheme;
const PLAIN = hmac(plain);
const TIMED = hmac({
  ...plain,
  layout: keyed({ timestamp: "t", signature: "v1" }),
  message: ({ timestamp, body }) => [timestamp, ".", body],
  tolerance: 300,
});
const OF_URL = hmac({ ...plain, message: ({ url, body }) => [url, body] });

function adapterOf(id: string, verify: Verifier): Adapter {
  return defineAdapter({
    id,
    name: id,
    secret: { format: /^\S{16,}$/, hint: "Signing secret", demo: "tributary_demo_doctor_00" },
    verify,
    webhook: z.object({ body: z.unknown() }),
    events: () => [],
    handlers: {},
  });
}

const sourceBy = (verifier: Verifier, secret = SECRET, name = "shop"): Source =>
  sourceOf(adapterOf(name, verifier), { name, secrets: [secret] });

const BODY = '{"name":"Zoë","link":"https://example.com/a","b":[1,2],"a":{"d":1,"c":null}}';

function request(changes: Partial<SignedRequest> = {}): SignedRequest {
  return {
    method: "POST",
    url: URL_GIVEN,
    headers: new Headers({ "content-type": "application/json" }),
    query: new URLSearchParams(),
    pathToken: null,
    body: utf8Bytes(BODY),
    ...changes,
  };
}

async function causesOf(
  sent: SignedRequest | Promise<SignedRequest>,
  source: Source,
  account: Account = accountOf([source]),
): Promise<readonly Cause[]> {
  return (await diagnose(await sent, source, account, NOW)).map(({ cause }) => cause);
}

/** The request with its signature header written anew. */
async function rewritten(sent: Promise<SignedRequest>, write: (signature: string) => string): Promise<SignedRequest> {
  const signed = await sent;
  const headers = new Headers(signed.headers);
  headers.set("x-signature", write(headers.get("x-signature") ?? ""));
  return { ...signed, headers };
}

describe("the secret", () => {
  test.each<[string, string, Cause]>([
    ["with a line break", `${SECRET}\n`, "secret_line_break"],
    ["with a Windows line break", `${SECRET}\r\n`, "secret_line_break"],
    ["in quotation marks", `"${SECRET}"`, "secret_quotes"],
    ["without its prefix", SECRET.slice(4), "secret_prefix"],
    ["written in base64", encode(utf8Bytes(SECRET), "base64"), "key_encoding"],
    ["written in hex", encode(utf8Bytes(SECRET), "hex"), "key_encoding"],
  ])("the sender's, %s", async (_, theirs, cause) => {
    expect(await causesOf(PLAIN.sign(request(), theirs, NOW), sourceBy(PLAIN))).toEqual([cause]);
  });

  test("quotation marks around this source's secret", async () => {
    expect(await causesOf(PLAIN.sign(request(), SECRET, NOW), sourceBy(PLAIN, `'${SECRET}'`))).toEqual(["secret_quotes"]);
  });

  test("a key that this source decodes and the sender does not", async () => {
    const secret = `whsec_${encode(utf8Bytes("a key of twenty-four by."), "base64")}`;
    const decoding = hmac({ ...plain, key: base64("whsec_") });
    expect(await causesOf(PLAIN.sign(request(), secret, NOW), sourceBy(decoding, secret))).toEqual(["key_encoding"]);
    expect(await causesOf(PLAIN.sign(request(), secret.slice(6), NOW), sourceBy(decoding, secret))).toEqual(["key_encoding"]);
  });

  test("a key that the sender decodes and this source does not", async () => {
    const secret = encode(utf8Bytes("a key of twenty-four by."), "base64");
    const decoding = hmac({ ...plain, key: base64() });
    expect(await causesOf(decoding.sign(request(), secret, NOW), sourceBy(PLAIN, secret))).toEqual(["key_encoding"]);
  });

  test("of another source", async () => {
    const test = sourceBy(PLAIN, "sec_of_the_test_mode_000", "shop-test");
    const source = sourceBy(PLAIN);
    const sent = await PLAIN.sign(request(), "sec_of_the_test_mode_000", NOW);
    const findings = await diagnose(sent, source, accountOf([source, test]), NOW);
    expect(findings).toMatchObject([{ cause: "other_source", advice: expect.stringContaining("/hooks/demo/shop-test") }]);
  });

  test("a webhook of another vendor", async () => {
    const source = sourceBy(PLAIN);
    const other = sourceBy(token({ header: "x-token" }), "token_of_another_vendor", "other");
    const sent = request({ headers: new Headers({ "x-token": "token_of_another_vendor" }) });
    expect(await causesOf(sent, source, accountOf([source, other]))).toEqual(["other_source"]);
  });
});

describe("the signature", () => {
  const PREFIXED = hmac({ ...plain, layout: prefixed("sha256=") });
  const BASE64 = hmac({ ...plain, encoding: "base64" });

  test.each<[string, Verifier, Verifier, Cause]>([
    ["in base64 instead of hex", BASE64, PLAIN, "signature_encoding"],
    ["in hex instead of base64", PLAIN, BASE64, "signature_encoding"],
    ["in base64, where hex behind a prefix is read", BASE64, PREFIXED, "signature_encoding"],
    ["behind a prefix that is not read", PREFIXED, PLAIN, "signature_prefix"],
    ["without the prefix that is read", PLAIN, PREFIXED, "signature_prefix"],
  ])("%s", async (_, theirs, ours, cause) => {
    expect(await causesOf(theirs.sign(request(), SECRET, NOW), sourceBy(ours))).toEqual([cause]);
  });

  test("base64 without padding, or in the other alphabet", async () => {
    const sent = rewritten(BASE64.sign(request(), SECRET, NOW), (text) => text.replaceAll("=", ""));
    expect(await causesOf(sent, sourceBy(BASE64))).toEqual(["signature_encoding"]);
    const encoded = hmac({ ...plain, encoding: "base64url" });
    expect(await causesOf(BASE64.sign(request(), SECRET, NOW), sourceBy(encoded))).toEqual(["signature_encoding"]);
  });
});

describe("the body", () => {
  const value: unknown = JSON.parse(BODY);
  test.each<[string, string, string]>([
    ["indented on the way", BODY, JSON.stringify(value, null, 2)],
    ["made compact on the way", JSON.stringify(value, null, 4), BODY],
    ["as Python writes it", '{"a": [1, 2], "b": "Zo\\u00eb, no\\n"}', '{"a":[1,2],"b":"Zoë, no\\n"}'],
    ["as PHP writes it", BODY.replaceAll("/", "\\/").replace("ë", "\\u00eb"), BODY],
    ["with its names in order", '{"a":{"c":1,"d":2},"b":3}', '{"b":3,"a":{"d":2,"c":1}}'],
    ["with a line break that was lost", `${BODY}\n`, BODY],
    ["with a line break that was added", BODY, `${BODY}\n`],
    ["with the line breaks of Windows", '{\r\n"a":1.0\r\n}', '{\n"a":1.0\n}'],
  ])("%s", async (_, theirs, received) => {
    const signed = await PLAIN.sign(request({ body: utf8Bytes(theirs) }), SECRET, NOW);
    expect(await causesOf({ ...signed, body: utf8Bytes(received) }, sourceBy(PLAIN))).toEqual(["body_rewritten"]);
  });
});

describe("the clock", () => {
  const HOUR = 3_600_000;
  test.each<[number, string]>([
    [NOW - 26 * HOUR, "26 hours ago"],
    [NOW - 400_000, "7 minutes ago"],
    [NOW + 72 * HOUR, "3 days in the future"],
  ])("signed at %d", async (at, advice) => {
    const source = sourceBy(TIMED);
    const findings = await diagnose(await TIMED.sign(request(), SECRET, at), source, accountOf([source]), NOW);
    expect(findings).toMatchObject([{ cause: "clock", advice: expect.stringContaining(advice) }]);
  });

  test.each(["milliseconds", "iso"] as const)("in %s, in its own header", async (unit) => {
    const timed = hmac({
      ...plain,
      timestamp: { header: "x-time" },
      unit,
      message: ({ timestamp, body }) => [timestamp, body],
      tolerance: 300,
    });
    expect(await causesOf(timed.sign(request(), SECRET, NOW - HOUR), sourceBy(timed))).toEqual(["clock"]);
  });

  test("and the secret too", async () => {
    const sent = TIMED.sign(request(), `${SECRET}\n`, NOW - HOUR);
    expect(await causesOf(sent, sourceBy(TIMED))).toEqual(["clock", "secret_line_break"]);
  });
});

describe("the URL", () => {
  test.each<[string, string, Partial<SignedRequest>]>([
    ["scheme", URL_GIVEN.replace("https", "http"), {}],
    ["host or port", URL_GIVEN.replace("example/", "example:443/"), {}],
    ["host or port", URL_GIVEN, { url: URL_GIVEN.replace("example/", "example:8443/") }],
    ["host or port", URL_GIVEN.replace("acme.example", "tunnel.example"), {}],
    ["path", URL_GIVEN.replace("shop?", "shop/?"), {}],
    ["query", URL_GIVEN.replace("?shard=1", ""), {}],
    ["path", URL_GIVEN, { url: URL_GIVEN.replace("shop?", "shop/a-token?"), pathToken: "a-token" }],
    ["scheme and path", URL_GIVEN.replace("https", "http").replace("shop?", "shop/?"), {}],
  ])("has another %s: %s", async (differences, theirs, changes) => {
    const source = sourceBy(OF_URL);
    const headers = new Headers({ host: "hooks.tunnel.example" });
    const signed = await OF_URL.sign(request({ headers, url: theirs }), SECRET, NOW);
    const findings = await diagnose({ ...signed, url: URL_GIVEN, ...changes }, source, accountOf([source]), NOW);
    expect(findings).toMatchObject([{ cause: "url", advice: expect.stringContaining(`another ${differences}:`) }]);
  });
});

describe("there is no finding", () => {
  const verifiers = { PLAIN, TIMED, OF_URL, token: token({ header: "authorization", prefix: "Bearer " }) };
  test.each(Object.entries(verifiers))("for another secret: %s", async (_, verifier) => {
    const source = sourceBy(verifier);
    const other = sourceBy(PLAIN, "sec_of_the_test_mode_000", "shop-test");
    for (const at of [NOW, NOW - 86_400_000]) {
      const sent = verifier.sign(request(), "sec_that_nobody_here_knows_0", at);
      expect(await causesOf(sent, source, accountOf([source, other]))).toEqual([]);
    }
  });

  test.each(Object.entries(verifiers))("for a request without a signature: %s", async (_, verifier) => {
    expect(await causesOf(request(), sourceBy(verifier))).toEqual([]);
  });

  test("for a very deeply nested body", async () => {
    const signed = await PLAIN.sign(request(), SECRET, NOW);
    expect(await causesOf({ ...signed, body: utf8Bytes(`${"[".repeat(30_000)}${"]".repeat(30_000)}`) }, sourceBy(PLAIN))).toEqual(
      [],
    );
  });

  test("for a body with other content", async () => {
    const signed = await PLAIN.sign(request(), SECRET, NOW);
    expect(await causesOf({ ...signed, body: utf8Bytes(BODY.replace("1", "2")) }, sourceBy(PLAIN))).toEqual([]);
  });
});
