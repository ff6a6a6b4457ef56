import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asymmetric } from "../../src/contract/verify/asymmetric.ts";
import { demoPublicKey, demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { decode, encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { bare } from "../../src/contract/verify/layouts.ts";
import type { Parts } from "../../src/contract/verify/message.ts";
import type { PublicKeyAlgorithm } from "../../src/contract/verify/public-keys.ts";
import type { RemoteKeys } from "../../src/contract/verify/verifier.ts";
import { certificateOf, der, OPENSSL_CERTIFICATE, pem, time } from "./certificates.ts";
import { NOW, outcomeOf, requestWith, withHeaders } from "./verify-requests.ts";

const timed = {
  header: "x-signature",
  encoding: "base64",
  covers: "body",
  layout: bare(),
  timestamp: { header: "x-timestamp" },
  tolerance: 300,
  message: ({ timestamp, body }: Parts) => [timestamp, body],
} as const;

/** What the vendors of the family do. */
const discord = asymmetric({
  ...timed,
  algorithm: "Ed25519",
  key: "hex",
  encoding: "hex",
  header: "x-signature-ed25519",
  timestamp: { header: "x-signature-timestamp" },
});

const sendgrid = asymmetric({
  ...timed,
  algorithm: "ES256",
  key: "base64",
  header: "x-twilio-email-event-webhook-signature",
  timestamp: { header: "x-twilio-email-event-webhook-timestamp" },
});

const ALGORITHMS: readonly PublicKeyAlgorithm[] = ["Ed25519", "ES256", "RS256", "RS1"];

describe.each(ALGORITHMS)("%s", (algorithm) => {
  const verifier = asymmetric({ ...timed, algorithm, key: "base64" });
  const secret = demoPublicKey(algorithm, "base64");
  const signed = (body = "{}") => verifier.sign(requestWith({ body }), secret, NOW);

  test("what the demo's key signs is verified, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(), async (body, at) => {
        const request = await verifier.sign(requestWith({ body: Uint8Array.from(body) }), secret, NOW);
        expect(await outcomeOf(verifier, request, ["another", secret])).toBe("accepted");
        const other = Uint8Array.from([...body, 0]);
        other[at % other.length] = (other[at % other.length] ?? 0) ^ 1;
        expect(await outcomeOf(verifier, { ...request, body: other }, [secret])).toBe("mismatch");
      }),
      { numRuns: 10 },
    );
  });

  test("refuses another time, an old one, and another signature", async () => {
    const request = await signed();
    const other = await signed("[]");
    expect(await outcomeOf(verifier, withHeaders(request, { "x-timestamp": "1699999999" }), [secret])).toBe("mismatch");
    expect(await outcomeOf(verifier, request, [secret], NOW + 301_000)).toBe("stale");
    expect(await outcomeOf(verifier, withHeaders(request, { "x-signature": other.headers.get("x-signature") }), [secret])).toBe(
      "mismatch",
    );
    expect(await outcomeOf(verifier, withHeaders(request, { "x-signature": null }), [secret])).toBe("missing");
    expect(await outcomeOf(verifier, withHeaders(request, { "x-signature": "AAAA" }), [secret])).toBe("malformed");
    expect(await outcomeOf(verifier, request, [])).toBe("mismatch");
  });

  test("speaks for no secret but the demo's", async () => {
    expect(verifier.demoSecret).toBe(secret);
    await expect(verifier.sign(requestWith({}), `${secret} `, NOW)).rejects.toThrow("cannot sign");
  });

  test("says which secrets are no keys", () => {
    expect(verifier.unusable(secret)).toBeNull();
    for (const wrong of ["", "AAAA", "no base64!", encode(demoPublicKeyBytes(algorithm).slice(1), "base64")]) {
      expect(verifier.unusable(wrong)).toMatch(/public key/);
    }
  });

  test("a key of another kind is none", async () => {
    const request = await signed();
    for (const other of ALGORITHMS.filter((name) => name.slice(0, 2) !== algorithm.slice(0, 2))) {
      expect(await outcomeOf(verifier, request, [demoPublicKey(other, "base64")])).toBe("mismatch");
    }
  });
});

describe("published vectors", () => {
  // https://github.com/sendgrid/sendgrid-nodejs packages/eventwebhook/src/eventwebhook.spec.js
  const vector = {
    secret:
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==",
    other:
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==",
    signature: "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=",
    spoilt: "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0=",
    timestamp: "1588788367",
    body: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
  };
  const at = Number(vector.timestamp) * 1000;
  const request = (signature: string, timestamp = vector.timestamp, body = vector.body) =>
    requestWith({
      headers: { "x-twilio-email-event-webhook-signature": signature, "x-twilio-email-event-webhook-timestamp": timestamp },
      body,
    });

  test("SendGrid's", async () => {
    expect(await outcomeOf(sendgrid, request(vector.signature), [vector.secret], at)).toBe("accepted");
    expect(await outcomeOf(sendgrid, request(vector.signature), [vector.other], at)).toBe("mismatch");
    expect(await outcomeOf(sendgrid, request(vector.spoilt), [vector.secret], at)).toBe("mismatch");
    expect(await outcomeOf(sendgrid, request(vector.signature, "timestamp"), [vector.secret], at)).toBe("malformed");
    expect(await outcomeOf(sendgrid, request(vector.signature, vector.timestamp, "payload"), [vector.secret], at)).toBe(
      "mismatch",
    );
  });

  test("RFC 8032's, section 7.1, test 3", async () => {
    const ofBody = asymmetric({
      algorithm: "Ed25519",
      key: "hex",
      header: "x-signature",
      encoding: "hex",
      covers: "body",
      layout: bare(),
      message: ({ body }) => [body],
    });
    const secret = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
    const signature =
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";
    const request = requestWith({ headers: { "x-signature": signature }, body: Uint8Array.of(0xaf, 0x82) });
    expect(await outcomeOf(ofBody, request, [secret])).toBe("accepted");
    expect(await outcomeOf(ofBody, { ...request, body: Uint8Array.of(0xaf, 0x83) }, [secret])).toBe("mismatch");
  });

  test("Discord's scheme, with any other pair of keys", async () => {
    const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
    const keys = "publicKey" in pair ? pair : null;
    if (keys === null) throw new TypeError("no pair of keys");
    const { x = "" } = await exportJwk(keys.publicKey);
    const secret = encode(decode(x, "base64url") ?? new Uint8Array(), "hex");
    const signature = await crypto.subtle.sign("Ed25519", keys.privateKey, utf8Bytes('1700000000{"type":0}'));
    const headers = { "x-signature-ed25519": encode(new Uint8Array(signature), "hex"), "x-signature-timestamp": "1700000000" };
    const ping = requestWith({ headers, body: '{"type":0}' });
    expect(await outcomeOf(discord, ping, [secret])).toBe("accepted");
    expect(await outcomeOf(discord, ping, [demoPublicKey("Ed25519", "hex")])).toBe("mismatch");
    expect(await outcomeOf(discord, { ...ping, body: utf8Bytes('{"type":1}') }, [secret])).toBe("mismatch");
  });
});

async function exportJwk(key: CryptoKey): Promise<JsonWebKey> {
  const exported = await crypto.subtle.exportKey("jwk", key);
  if (exported instanceof ArrayBuffer) throw new TypeError("no JWK");
  return exported;
}

describe("a certificate that the request names", () => {
  const DEMO = "TRIBUTARYDEMO0000";
  const ADDRESS = "https://keys.example.com/certs/CERT-1";
  const AT = Date.UTC(2027, 0, 1);
  const verifier = asymmetric({
    ...timed,
    algorithm: "RS256",
    unit: "iso",
    message: ({ timestamp, secret, body }) => [timestamp, "|", secret, "|", body],
    certificate: {
      url: { header: "x-cert-url" },
      hosts: ["keys.example.com", "keys.sandbox.example.com"],
      path: /^\/certs\/CERT-\w{1,40}$/,
      commonName: /^signing\.example\.com$/,
      demo: DEMO,
    },
  });

  /** Keys of a vendor whose certificates are these, by address. */
  const published = (texts: Readonly<Record<string, string>>): RemoteKeys & { readonly asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      read: async () => null,
      readNamed: async (url) => {
        asked.push(url);
        return texts[url] ?? null;
      },
    };
  };

  const request = async (url: string | null, body = "{}") => {
    const headers: Record<string, string> = url === null ? {} : { "x-cert-url": url };
    return verifier.sign(requestWith({ headers, body }), DEMO, AT);
  };

  /** The end of verifying for a source whose secret this is: the demo's pair of keys is the vendor's here. */
  const outcome = async (keys: RemoteKeys | undefined, secret: string, signed = request(ADDRESS)) => {
    const verdict = await verifier.verify(await signed, [secret], AT, keys);
    return verdict.ok ? "accepted" : verdict.refusal;
  };

  // What is signed holds the secret, so a request for another secret than the demo's is made by hand.
  const SECRET = "8XY0000000000000A";
  const genuine = async (url = ADDRESS) => {
    const message = ({ timestamp, body }: { readonly timestamp: string; readonly body: Uint8Array<ArrayBuffer> }) => [
      timestamp,
      `|${SECRET}|`,
      body,
    ];
    const vendor = asymmetric({ ...timed, unit: "iso", algorithm: "RS256", key: "base64", message });
    return vendor.sign(requestWith({ headers: { "x-cert-url": url }, body: "{}" }), demoPublicKey("RS256", "base64"), AT);
  };

  test("is fetched, and its key checks", async () => {
    const keys = published({ [ADDRESS]: OPENSSL_CERTIFICATE });
    expect(await outcome(keys, SECRET, genuine())).toBe("accepted");
    expect(await outcome(keys, "8XY0000000000000B", genuine())).toBe("mismatch");
    expect(keys.asked).toEqual([ADDRESS, ADDRESS]);
  });

  test("may lie on each of the hosts", async () => {
    const url = "https://keys.sandbox.example.com/certs/CERT-2";
    expect(await outcome(published({ [url]: OPENSSL_CERTIFICATE }), SECRET, genuine(url))).toBe("accepted");
  });

  test("that cannot be had says nothing of the request", async () => {
    expect(await outcome(published({}), SECRET, genuine())).toBe("no_key");
    expect(await outcome(undefined, SECRET, genuine())).toBe("no_key");
  });

  test.each<[string, string]>([
    ["no certificate", "hello"],
    ["not good yet", pem(certificateOf({ notBefore: time("270101000001Z") }))],
    ["good no more", pem(certificateOf({ notAfter: time("261231235959Z") }))],
    ["somebody else's", pem(certificateOf({ names: ["signing.example.com.evil.example"] }))],
    ["nobody's", pem(certificateOf({ names: [] }))],
    ["of a weak key", pem(certificateOf({ publicKey: weakKey() }))],
    ["of a key of another kind", pem(certificateOf({ publicKey: demoPublicKeyBytes("ES256") }))],
  ])("%s does not count", async (_, text) => {
    expect(await outcome(published({ [ADDRESS]: text }), SECRET, genuine())).toBe("mismatch");
  });

  test.each([
    "http://keys.example.com/certs/CERT-1",
    "https://evil.example/certs/CERT-1",
    "https://keys.example.com.evil.example/certs/CERT-1",
    "https://keys.example.com@evil.example/certs/CERT-1",
    "https://evil.example/https://keys.example.com/certs/CERT-1",
    "https://user:password@keys.example.com/certs/CERT-1",
    "https://keys.example.com:8443/certs/CERT-1",
    "https://keys.example.com/certs/CERT-1?x=1",
    "https://keys.example.com/certs/CERT-1#x",
    "https://keys.example.com/certs/../upload/CERT-1",
    "https://keys.example.com/certs/%2e%2e/CERT-1",
    "https://keys.example.com/other/certs/CERT-1",
    "https://keys.example.com\\certs\\CERT-1",
    "https://KEYS.example.com/certs/CERT-1",
    "//keys.example.com/certs/CERT-1",
    "not an address",
  ])("is not looked for at %s", async (url) => {
    const keys = published({ [url]: OPENSSL_CERTIFICATE });
    const head = verifier.precheck(await genuine(url), AT);
    expect(head).toEqual({ ok: false, refusal: "malformed" });
    expect(await outcome(keys, SECRET, genuine(url))).toBe("malformed");
    expect(keys.asked).toEqual([]);
  });

  test("has to be named", async () => {
    const unnamed = request(null);
    expect(verifier.precheck(await unnamed, AT)).toEqual({ ok: false, refusal: "missing" });
    expect(await outcome(published({}), DEMO, unnamed)).toBe("missing");
  });

  test("of the demo is not fetched, and stands for no other secret's", async () => {
    const keys = published({});
    expect(await outcome(keys, DEMO)).toBe("accepted");
    expect(await outcome(keys, SECRET)).toBe("no_key");
    expect(keys.asked).toEqual([ADDRESS]);
    expect(verifier.demoSecret).toBe(DEMO);
    await expect(verifier.sign(requestWith({}), SECRET, AT)).rejects.toThrow("cannot sign");
  });

  test("needs a pattern for the whole path", () => {
    const declare = (path: RegExp) => () =>
      asymmetric({
        ...timed,
        algorithm: "RS256",
        certificate: { url: { header: "x" }, hosts: ["example.com"], path, demo: DEMO },
      });
    expect(declare(/^\/certs\/\w+/)).toThrow("path");
    expect(declare(/\/certs\/\w+$/)).toThrow("path");
    expect(declare(/^\/a$|\/b$/)).toThrow("path");
  });
});

/** An RSA key of 1,024 bits. */
function weakKey(): Uint8Array<ArrayBuffer> {
  const bits = der(0x30, der(0x02, [0, ...new Array<number>(128).fill(0xc1)]), der(0x02, [1, 0, 1]));
  const algorithm = der(0x30, der(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]), der(0x05));
  return der(0x30, algorithm, der(0x03, [0], bits));
}
