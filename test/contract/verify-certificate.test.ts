/**
 * Certificates and the signatures of ES256, read by the runtime's own `node:crypto`. `test/node/verify-certificate.test.ts` holds the same in Node.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCertificate } from "../../src/contract/verify/certificate.ts";
import { demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { demoPrivateKeyBytes } from "../../src/contract/verify/demo-private-keys.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { importPublicKey, isKeyFor, isSignedBy, signWith } from "../../src/contract/verify/public-keys.ts";
import { certificateOf, der, OPENSSL_CERTIFICATE, otherSpellings, pem, time } from "./certificates.ts";

const KEY = demoPublicKeyBytes("RS256");

/** What a certificate says, its key as bytes. */
async function read(text: string) {
  const found = await readCertificate(text);
  return found && { ...found, publicKey: Uint8Array.from(found.publicKey.export({ type: "spki", format: "der" })) };
}

describe("a certificate", () => {
  test("that OpenSSL made", async () => {
    expect(await read(OPENSSL_CERTIFICATE)).toEqual({
      publicKey: KEY,
      notBefore: Date.UTC(2026, 10, 23, 15, 25, 53),
      notAfter: Date.UTC(2126, 9, 30, 15, 25, 53),
      commonName: "signing.example.com",
    });
  });

  test("of the first version, which does not say so", async () => {
    expect(await read(pem(certificateOf({ version: 1 })))).toMatchObject({ publicKey: KEY, commonName: "signing.example.com" });
  });

  test("the first of several", async () => {
    const several = OPENSSL_CERTIFICATE + pem(certificateOf({ names: ["another"] }));
    expect((await read(several))?.commonName).toBe("signing.example.com");
  });

  test("without a common name, or with two, has none", async () => {
    expect(await read(pem(certificateOf({ names: [] })))).toMatchObject({ commonName: null });
    expect(await read(pem(certificateOf({ names: ["one", "two"] })))).toMatchObject({ commonName: null });
  });

  test("has the whole of its common name, whatever that holds", async () => {
    for (const name of [
      "a\nCN=signing.example.com",
      "signing.example.com\0.evil.example",
      "a, CN=signing.example.com",
      "é ✓",
      " a ",
    ])
      expect(await read(pem(certificateOf({ names: [name] })))).toMatchObject({ commonName: name });
  });

  test("tells its times in this century and the last, and in four digits", async () => {
    const times = async (notBefore: string, notAfter: string) => {
      const found = await read(pem(certificateOf({ notBefore: time(notBefore), notAfter: time(notAfter) })));
      return found && [new Date(found.notBefore).toISOString(), new Date(found.notAfter).toISOString()];
    };
    expect(await times("500101000000Z", "491231235959Z")).toEqual(["1950-01-01T00:00:00.000Z", "2049-12-31T23:59:59.000Z"]);
    expect(await times("20500101000000Z", "99991231235959Z")).toEqual(["2050-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"]);
    expect(await times("201301000000Z", "491231235959Z")).toBeNull();
    expect(await times("200101000000", "491231235959Z")).toBeNull();
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["no PEM", "hello"],
    ["no certificate", OPENSSL_CERTIFICATE.replaceAll("CERTIFICATE", "PUBLIC KEY")],
    ["no base64", "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----"],
    ["another value", pem(KEY)],
    ["an empty sequence", pem(der(0x30))],
    ["two values", pem(Uint8Array.from([...certificateOf(), ...der(0x05)]))],
    ["a key that is no sequence", pem(certificateOf({ publicKey: der(0x04, [1]) }))],
    ["a key of no known kind", pem(certificateOf({ publicKey: der(0x30, der(0x30, der(0x06, [1, 2])), der(0x03, [0, 1])) }))],
    ["a time of another kind", pem(certificateOf({ notAfter: der(0x0c, [0x32]) }))],
  ])("is not in %s", async (_, text) => expect(await readCertificate(text)).toBeNull());

  test("whatever the bytes are, it is read or not, and never throws", async () => {
    const certificate = certificateOf();
    await fc.assert(
      fc.asyncProperty(fc.nat(certificate.length - 1), fc.nat(255), async (at, byte) => {
        const found = await read(pem(certificate.with(at, byte)));
        expect(found === null || found.publicKey.length > 0).toBe(true);
        expect(await readCertificate(pem(certificate.slice(0, at)))).toBeNull();
      }),
    );
  });
});

describe("a public key", () => {
  test.each<[string, Uint8Array<ArrayBuffer>]>([
    ["with something behind it", Uint8Array.from([...demoPublicKeyBytes("ES256"), 0])],
    ["without its end", demoPublicKeyBytes("ES256").slice(0, -1)],
    ["off its curve", demoPublicKeyBytes("ES256").fill(1, 60)],
    ["of another kind", demoPublicKeyBytes("RS256")],
  ])("%s is none", async (_, bytes) => expect(await importPublicKey("ES256", bytes)).toBeNull());

  test("is one for its own algorithm alone", async () => {
    const key = await importPublicKey("RS256", KEY);
    expect(key && (["RS256", "RS1", "ES256", "Ed25519"] as const).map((algorithm) => isKeyFor(algorithm, key))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    { asymmetricKeyType: "rsa", asymmetricKeyDetails: { modulusLength: 2047 } },
    { asymmetricKeyType: "rsa" },
    { asymmetricKeyType: "rsa-pss", asymmetricKeyDetails: { modulusLength: 2048 } },
    { asymmetricKeyType: "ec", asymmetricKeyDetails: { namedCurve: "secp256k1" } },
    { asymmetricKeyType: "ed448" },
    {},
  ])("%j does not count", (key) => {
    for (const algorithm of ["RS256", "RS1", "ES256", "Ed25519"] as const)
      expect(isKeyFor(algorithm, { ...key, export: () => new Uint8Array() })).toBe(false);
  });
});

describe("a signature of ES256", () => {
  const message = utf8Bytes("what is signed");
  const sign = (text = message) => signWith("ES256", demoPrivateKeyBytes("ES256"), text);
  const isGood = async (signature: Uint8Array<ArrayBuffer>, text = message) => {
    const key = await importPublicKey("ES256", demoPublicKeyBytes("ES256"));
    return key !== null && isSignedBy("ES256", key, signature, text);
  };

  test("is good for what was signed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const text = Uint8Array.from(bytes);
        expect(await isGood(await sign(text), text)).toBe(true);
        expect(await isGood(await sign(text), Uint8Array.from([...bytes, 0]))).toBe(false);
      }),
    );
  });

  test("has one spelling: no byte of it can be altered, left out or added", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(71), fc.nat(255), async (place, byte) => {
        const signature = await sign();
        const at = place % signature.length;
        fc.pre(signature[at] !== byte);
        expect(await isGood(signature.with(at, byte))).toBe(false);
        expect(await isGood(signature.slice(0, at))).toBe(false);
        expect(await isGood(Uint8Array.from([...signature.slice(0, at), byte, ...signature.slice(at)]))).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test("has no other spelling", async () => {
    // Signatures differ from each other: some have a number with a leading zero, some do not.
    for (let round = 0; round < 20; round += 1) {
      const signature = await sign();
      expect(await isGood(signature)).toBe(true);
      for (const [spelling, bytes] of otherSpellings(signature)) expect(await isGood(bytes), spelling).toBe(false);
    }
  });
});
