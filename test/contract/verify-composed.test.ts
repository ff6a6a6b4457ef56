/**
 * What odd vendors sign, put together of the same parts.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import twilio from "../../adapters/twilio.ts";
import { crc32 } from "../../src/contract/crc32.ts";
import { asymmetric } from "../../src/contract/verify/asymmetric.ts";
import { digest } from "../../src/contract/verify/digest.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { hmac } from "../../src/contract/verify/hmac.ts";
import { hashed } from "../../src/contract/verify/keys.ts";
import { bare, listed } from "../../src/contract/verify/layouts.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { configured } from "../support/accounts.ts";
import { NOW, outcomeOf, requestWith, withHeaders } from "./verify-requests.ts";

const sha256Hex = { hash: "SHA-256", encoding: "hex", covers: "body", layout: bare() } as const;

describe("a plain hash with the secret in the text", () => {
  const header = "x-hubspot-signature";
  const first = digest({ ...sha256Hex, header, message: ({ secret, body }) => [secret, body] });
  const second = digest({ ...sha256Hex, header, message: ({ secret, method, url, body }) => [secret, method, url, body] });

  // https://github.com/HubSpot/hubspot-api-nodejs test/unit/signature.spec.ts
  const secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
  const url = "https://www.example.com/webhook_uri";
  const vectors = {
    first: requestWith({
      headers: { [header]: "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de" },
      body: '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]',
    }),
    second: requestWith({
      url,
      headers: { [header]: "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900" },
      body: '{"example_field":"example_value"}',
    }),
    get: {
      ...requestWith({ url, headers: { [header]: "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e" } }),
      method: "GET",
    },
  };

  test("HubSpot's first version", async () => {
    expect(await outcomeOf(first, vectors.first, [secret])).toBe("accepted");
    expect(await outcomeOf(first, vectors.first, ["another secret", "", secret])).toBe("accepted");
    expect(await outcomeOf(first, vectors.first, ["another secret", ""])).toBe("mismatch");
    expect(await outcomeOf(first, { ...vectors.first, body: utf8Bytes("[]") }, [secret])).toBe("mismatch");
    expect(await outcomeOf(first, withHeaders(vectors.first, { [header]: null }), [secret])).toBe("missing");
    expect(await outcomeOf(first, withHeaders(vectors.first, { [header]: "00" }), [secret])).toBe("malformed");
  });

  test("HubSpot's second version", async () => {
    expect(await outcomeOf(second, vectors.second, [secret])).toBe("accepted");
    expect(await outcomeOf(second, vectors.get, [secret])).toBe("accepted");
    expect(await outcomeOf(second, { ...vectors.second, url: `${url}?` }, [secret])).toBe("mismatch");
    expect(await outcomeOf(second, { ...vectors.second, method: "PUT" }, [secret])).toBe("mismatch");
    expect(await outcomeOf(second, { ...vectors.second, url: "" }, [secret])).toBe("malformed");
    expect(await outcomeOf(first, vectors.second, [secret])).toBe("mismatch");
    expect(second.signsUrl).toBe(true);
  });

  test("what is signed is verified", async () => {
    const secrets = fc.string({ minLength: 1, unit: "binary" });
    await fc.assert(
      fc.asyncProperty(fc.string(), secrets, async (body, any) => {
        const signed = await first.sign(requestWith({ body }), any, NOW);
        expect(await outcomeOf(first, signed, [any])).toBe("accepted");
        expect(await outcomeOf(first, signed, [`${any}x`])).toBe("mismatch");
      }),
      { numRuns: 20 },
    );
    await expect(first.sign(requestWith({}), "", NOW)).rejects.toThrow("cannot sign");
    expect(first.unusable("short")).toMatch(/characters/);
  });

  test("has to hold the secret", () => {
    expect(() => digest({ ...sha256Hex, header, message: ({ body }) => [body] })).toThrow("the secret");
  });
});

test("HubSpot's third version: method, URL, body and milliseconds", async () => {
  const third = hmac({
    ...sha256Hex,
    encoding: "base64",
    header: "x-hubspot-signature-v3",
    timestamp: { header: "x-hubspot-request-timestamp" },
    unit: "milliseconds",
    tolerance: 300,
    message: ({ method, url, body, timestamp }) => [method, url, body, timestamp],
  });
  const [secret, url, body] = ["yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", "https://www.example.com/webhook_uri", "{}"];
  const key = await crypto.subtle.importKey("raw", utf8Bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, utf8Bytes(`POST${url}${body}${NOW}`));
  const headers = {
    "x-hubspot-signature-v3": encode(new Uint8Array(signature), "base64"),
    "x-hubspot-request-timestamp": String(NOW),
  };
  const request = requestWith({ url, headers, body });
  expect(await outcomeOf(third, request, [secret])).toBe("accepted");
  expect(await outcomeOf(third, { ...request, method: "PUT" }, [secret])).toBe("mismatch");
  expect(await outcomeOf(third, request, [secret], NOW + 300_001)).toBe("stale");
});

// https://github.com/twilio/twilio-node spec/validation.spec.js
test.each([
  ["a port, and was signed without it", "https://mycompany.com:1234", "RSOYDt4T1cUTdK1PDd93/VVr8B8="],
  ["a port, and was signed with it", "https://mycompany.com:1234", "CYn1h0gLBdNxDGkKJg6hYohgeD8="],
  ["none, and was signed with the usual one", "https://mycompany.com", "kvajT1Ptam85bY51eRf/AJRuM3w="],
])("a URL of Twilio's that has %s", async (_, origin, signature) => {
  const { verifier } = configured(twilio);
  const body = "Digits=1234&CallSid=CA1234567890ABCDE&To=%2B18005551212&Caller=%2B14158675309&From=%2B14158675309";
  const signed = { url: `${origin}/myapp.php?foo=1&bar=2`, headers: { "x-twilio-signature": signature }, body };
  const request = requestWith(signed);
  expect(await outcomeOf(verifier, request, ["12345"])).toBe("accepted");
  for (const other of ["http://mycompany.com", "https://mycompany.com.example", "https://mycompany.co:1234"])
    expect(await outcomeOf(verifier, { ...request, url: `${other}/myapp.php?foo=1&bar=2` }, ["12345"])).toBe("mismatch");
});

describe("a URL that holds the hash of the body, where forms come too", () => {
  const { verifier } = configured(twilio);
  const TOKEN = "12345";
  const ADDRESS = "https://mycompany.com/myapp.php";
  const toRequest = (search: string, signature: string, body: string, address = ADDRESS) =>
    requestWith({
      url: search === "" ? address : `${address}?${search}`,
      query: new URLSearchParams(search),
      headers: { "x-twilio-signature": signature },
      body,
    });
  /** What Twilio signs is one text, and whoever has seen it signed may send it cut elsewhere. */
  const signatureOf = async (text: string) => {
    const key = await crypto.subtle.importKey("raw", utf8Bytes(TOKEN), { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
    return encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8Bytes(text))), "base64");
  };
  const hashOf = async (body: string) => encode(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8Bytes(body))), "hex");
  /** The request with a genuine signature of this text. */
  const outcome = async (text: string, search: string, body: string) =>
    outcomeOf(verifier, toRequest(search, await signatureOf(text), body), [TOKEN]);

  // https://github.com/twilio/twilio-node spec/validation.spec.js
  const hash = "bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
  const json = '{"property": "value", "boolean": true}';
  test.each<[string, string, string, string]>([
    ["JSON", `foo=1&bar=2&${hash}`, "a9nBmqA0ju/hNViExpshrM61xv4=", json],
    ["JSON, with the hash alone", hash, "y77kIzt2vzLz71DgmJGsen2scGs=", json],
    [
      "empty JSON, which names the port",
      "foo=1&bar=2&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      "Ldidvp12m26NI7eqEvxnEpkd9Hc=",
      "{}",
    ],
    [
      "a form of several values",
      "foo=1&bar=2",
      "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
      "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
    ],
    [
      "a form",
      "foo=1&bar=2",
      "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
      "Digits=1234&CallSid=CA1234567890ABCDE&To=%2B18005551212&Caller=%2B14158675309&From=%2B14158675309",
    ],
  ])("Twilio's, %s", async (_, search, signature, body) => {
    const request = toRequest(search, signature, body);
    expect(await outcomeOf(verifier, request, [TOKEN])).toBe("accepted");
    expect(await outcomeOf(verifier, request, ["12346"])).toBe("mismatch");
    expect(await outcomeOf(verifier, { ...request, body: utf8Bytes(`${body} `) }, [TOKEN])).toBe("mismatch");
    expect(await outcomeOf(verifier, toRequest(`${search}x`, signature, body), [TOKEN])).toBe("mismatch");
    expect(await outcomeOf(verifier, { ...request, url: "" }, [TOKEN])).not.toBe("accepted");
    expect(await outcomeOf(verifier, await verifier.sign(request, TOKEN, NOW), [TOKEN])).toBe("accepted");
  });

  test("a form's signature is none of JSON, nor the other way round", async () => {
    expect(await outcomeOf(verifier, toRequest("foo=1&bar=2", "a9nBmqA0ju/hNViExpshrM61xv4=", json), [TOKEN])).toBe("mismatch");
    expect(await outcomeOf(verifier, toRequest(`foo=1&bar=2&${hash}`, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", json), [TOKEN])).toBe(
      "mismatch",
    );
  });

  test.each([json, "[]", ` \r\n\t[{"a":"&b=c"}]`, `\ufeff${json}`])(
    "JSON needs its hash, though its text was signed: %s",
    async (body) => {
      const asForm = Array.from(new URLSearchParams(body), ([name, value]) => name + value)
        .sort()
        .join("");
      expect(await outcome(`${ADDRESS}${asForm}`, "", body)).toBe("mismatch");
      const own = `bodySHA256=${await hashOf(body)}`;
      expect(await outcome(`${ADDRESS}?${own}${asForm}`, own, body)).toBe("mismatch");
      expect(await outcome(`${ADDRESS}?${own}`, own, body)).toBe("accepted");
    },
  );

  test("the signed URL of JSON carries no other body, and no form, cut wherever it may be", async () => {
    const text = `${ADDRESS}?foo=1&${hash}`;
    const other = '[{"type":"com.twilio.messaging.message.delivered"}]';
    for (const body of [other, "", "&", "=", "&&=&=", "MessageSid=SM1&MessageStatus=delivered"])
      expect(await outcome(text, `foo=1&${hash}`, body), body).not.toBe("accepted");
    for (let cut = ADDRESS.length; cut < text.length; cut += 1) {
      const [name, value] = [text.slice(cut, cut + 9), text.slice(cut + 9)];
      for (const form of [{ [name]: value }, { [text.slice(cut)]: "" }]) {
        const body = new URLSearchParams(form).toString();
        expect(await outcome(text, text.slice(ADDRESS.length + 1, cut), body), `${cut}`).not.toBe("accepted");
      }
    }
  });

  test("a hash that somebody wrote into a message, whose form was signed, is none at the end of a URL", async () => {
    const forged = '[{"type":"com.twilio.messaging.inbound-message.received"}]';
    const written = `&bodySHA256=${await hashOf(forged)}&`;
    const values = `AccountSidAC1Body${written}From+15550100001MessageSidSM1`;
    const form = new URLSearchParams({ AccountSid: "AC1", Body: written, From: "+15550100001", MessageSid: "SM1" }).toString();
    expect(await outcome(`${ADDRESS}?foo=1${values}`, "foo=1", form)).toBe("accepted");
    expect(await outcome(`${ADDRESS}?foo=1${values}`, `foo=1${values}`, forged)).toBe("mismatch");
  });

  test("of two hashes neither counts", async () => {
    const [own, other] = [`bodySHA256=${await hashOf(json)}`, `bodySHA256=${"0".repeat(64)}`];
    for (const search of [`${own}&${other}`, `${other}&${own}`, `${own}&${own}`])
      expect(await outcome(`${ADDRESS}?${search}`, search, json), search).toBe("mismatch");
  });

  test("signing puts the hash where it belongs, also in the place of another", async () => {
    const unsigned = toRequest(`${hash}&foo=1`, "", "[1]");
    const signed = await verifier.sign(unsigned, TOKEN, NOW);
    expect(signed.query.toString()).toBe(`foo=1&bodySHA256=${await hashOf("[1]")}`);
    expect(signed.url).toBe(`${ADDRESS}?${signed.query}`);
    expect(await outcomeOf(verifier, signed, [TOKEN])).toBe("accepted");
    expect((await verifier.sign(toRequest("foo=1", "", "a=1"), TOKEN, NOW)).url).toBe(`${ADDRESS}?foo=1`);
    await expect(verifier.sign({ ...unsigned, url: "" }, TOKEN, NOW)).rejects.toThrow("lacks what is signed");
  });
});

describe("a key that is the hash of the secret, over a form's field", () => {
  const SECRET = "integration_private_key";
  const verifier = hmac({
    hash: "SHA-1",
    field: "bt_signature",
    encoding: "hex",
    covers: "body",
    layout: listed("integration_public_key|", "&"),
    key: hashed("SHA-1"),
    format: "form",
    message: ({ content }) => [content("bt_payload")],
  });
  const requestOf = (signature: string, payload: string) =>
    requestWith({ body: new URLSearchParams({ bt_signature: signature, bt_payload: payload }).toString() });

  // https://github.com/braintree/braintree_node test/unit/braintree/webhook_notification_gateway_spec.js
  const challenge = "20f9f8ed05f77439fe955c977e4c8a53";
  const answer = "d9b899556c966b3f06945ec21311865d35df3ce4";

  test.each([
    `integration_public_key|${answer}`,
    `another_key|${"0".repeat(40)}&integration_public_key|${answer}`,
    `integration_public_key|${"0".repeat(40)}&integration_public_key|${answer}`,
  ])("Braintree's: %s", async (signature) => {
    expect(await outcomeOf(verifier, requestOf(signature, challenge), [SECRET])).toBe("accepted");
    expect(await outcomeOf(verifier, requestOf(signature, `${challenge}0`), [SECRET])).toBe("mismatch");
    expect(await outcomeOf(verifier, requestOf(signature, challenge), ["another_private_key"])).toBe("mismatch");
  });

  test.each([
    answer,
    `another_key|${answer}`,
    `integration_public_key|${answer}|`,
    `integration_public_key|`,
    `integration_public_key${answer}`,
    "&",
  ])("is not written so: %s", async (signature) => {
    expect(await outcomeOf(verifier, requestOf(signature, challenge), [SECRET])).toBe("malformed");
  });

  test("needs the field", async () => {
    const without = requestWith({ body: `bt_signature=integration_public_key|${answer}` });
    expect(await outcomeOf(verifier, without, [SECRET])).toBe("malformed");
    expect(await outcomeOf(verifier, requestWith({ body: `bt_payload=${challenge}` }), [SECRET])).toBe("missing");
    await expect(verifier.sign(requestWith({}), SECRET, NOW)).rejects.toThrow("lacks what is signed");
  });

  test("signs as it verifies", async () => {
    const signed = await verifier.sign(requestOf("", "PG5vdGlmaWNhdGlvbi8+\n"), SECRET, NOW);
    expect(await outcomeOf(verifier, signed, [SECRET])).toBe("accepted");
    expect(verifier.unusable("short")).toMatch(/characters/);
  });
});

describe("CRC-32", () => {
  test.each<[number, string]>([
    [0, ""],
    [0xcbf43926, "123456789"],
    [0x414fa339, "The quick brown fox jumps over the lazy dog"],
  ])("%i", (value, text) => expect(crc32(utf8Bytes(text))).toBe(value));

  test("is that of taking one bit after the other, wherever the bytes lie", () => {
    const bitByBit = (bytes: Uint8Array) => {
      let value = 0xffffffff;
      for (const byte of bytes) {
        value ^= byte;
        for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
      }
      return (value ^ 0xffffffff) >>> 0;
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(9), (bytes, start) => {
        const part = bytes.subarray(start);
        expect(crc32(part)).toBe(bitByBit(part));
      }),
    );
  });

  // https://github.com/paypal/PayPal-Ruby-SDK spec/webhooks_examples_spec.rb
  const body =
    '{"id":"WH-0G2756385H040842W-5Y612302CV158622M","create_time":"2015-05-18T15:45:13Z","resource_type":"sale","event_type":"PAYMENT.SALE.COMPLETED","summary":"Payment completed for $ 20.0 USD","resource":{"id":"4EU7004268015634R","create_time":"2015-05-18T15:44:02Z","update_time":"2015-05-18T15:44:21Z","amount":{"total":"20.00","currency":"USD"},"payment_mode":"INSTANT_TRANSFER","state":"completed","protection_eligibility":"ELIGIBLE","protection_eligibility_type":"ITEM_NOT_RECEIVED_ELIGIBLE,UNAUTHORIZED_PAYMENT_ELIGIBLE","parent_payment":"PAY-86C81811X5228590KKVNARQQ","transaction_fee":{"value":"0.88","currency":"USD"},"links":[{"href":"https://api.sandbox.paypal.com/v1/payments/sale/4EU7004268015634R","rel":"self","method":"GET"},{"href":"https://api.sandbox.paypal.com/v1/payments/sale/4EU7004268015634R/refund","rel":"refund","method":"POST"},{"href":"https://api.sandbox.paypal.com/v1/payments/payment/PAY-86C81811X5228590KKVNARQQ","rel":"parent_payment","method":"GET"}]},"links":[{"href":"https://api.sandbox.paypal.com/v1/notifications/webhooks-events/WH-0G2756385H040842W-5Y612302CV158622M","rel":"self","method":"GET"},{"href":"https://api.sandbox.paypal.com/v1/notifications/webhooks-events/WH-0G2756385H040842W-5Y612302CV158622M/resend","rel":"resend","method":"POST"}]}';

  test("PayPal's", () => expect(crc32(utf8Bytes(body))).toBe(2771810304));

  test("PayPal's signed text", async () => {
    const signedBy = (request: SignedRequest) => request.headers.get("paypal-transmission-sig");
    const [webhook, id, time] = ["TRIBUTARYDEMO0000", "dfb3be50-fd74-11e4-8bf3-77339302725b", "2015-05-18T15:45:13Z"];
    const at = Date.parse(time);
    const verifier = asymmetric({
      algorithm: "RS256",
      header: "paypal-transmission-sig",
      encoding: "base64",
      covers: "nonce",
      layout: bare(),
      id: { header: "paypal-transmission-id" },
      timestamp: { header: "paypal-transmission-time" },
      unit: "iso",
      tolerance: 300,
      message: (p) => [p.id, "|", p.timestamp, "|", p.secret, "|", String(crc32(p.body))],
      certificate: {
        url: { header: "paypal-cert-url" },
        hosts: ["api.paypal.com", "api.sandbox.paypal.com"],
        path: /^\/v1\/notifications\/certs\/CERT-[\w-]{1,80}$/,
        commonName: /^[\w.-]+\.paypal\.com$/,
        demo: webhook,
      },
    });
    const url = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77";
    const headers = { "paypal-cert-url": url, "paypal-transmission-id": id };
    const signed = await verifier.sign(requestWith({ headers, body }), webhook, at);
    expect(await verifier.verify(signed, [webhook], at)).toEqual({ ok: true, nonce: id });
    expect(await outcomeOf(verifier, { ...signed, body: utf8Bytes(`${body} `) }, [webhook], at)).toBe("mismatch");
    expect(await outcomeOf(verifier, withHeaders(signed, { "paypal-transmission-id": "another" }), [webhook], at)).toBe(
      "mismatch",
    );

    const reference = asymmetric({
      algorithm: "RS256",
      key: "base64",
      header: "paypal-transmission-sig",
      encoding: "base64",
      covers: "body",
      layout: bare(),
      message: (p) => [p.body],
    });
    const text = utf8Bytes(`${id}|2015-05-18T15:45:13.000Z|${webhook}|2771810304`);
    const expected = await reference.sign(requestWith({ body: text }), reference.demoSecret ?? "", at);
    expect(signedBy(signed)).toBe(signedBy(expected));
  });
});
