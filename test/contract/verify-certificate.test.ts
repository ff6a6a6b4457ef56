import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCertificate } from "../../src/contract/verify/certificate.ts";
import { readDer, signatureFromDer, signatureToDer } from "../../src/contract/verify/der.ts";
import { demoPublicKeyBytes } from "../../src/contract/verify/public-keys.ts";
import { certificateOf, der, OPENSSL_CERTIFICATE, pem, time } from "./certificates.ts";

const KEY = demoPublicKeyBytes("RS256");

describe("a certificate", () => {
  test("that OpenSSL made", () => {
    expect(readCertificate(OPENSSL_CERTIFICATE)).toEqual({
      publicKey: KEY,
      notBefore: Date.UTC(2026, 10, 23, 15, 25, 53),
      notAfter: Date.UTC(2126, 9, 30, 15, 25, 53),
      commonName: "signing.example.com",
    });
  });

  test("of the first version, which does not say so", () => {
    expect(readCertificate(pem(certificateOf({ version: 1 })))).toMatchObject({
      publicKey: KEY,
      commonName: "signing.example.com",
    });
  });

  test("the first of several", () => {
    expect(readCertificate(OPENSSL_CERTIFICATE + pem(certificateOf({ names: ["another"] })))?.commonName).toBe(
      "signing.example.com",
    );
  });

  test("without a common name, or with two, has none", () => {
    expect(readCertificate(pem(certificateOf({ names: [] })))?.commonName).toBeNull();
    expect(readCertificate(pem(certificateOf({ names: ["one", "two"] })))?.commonName).toBeNull();
  });

  test("tells its times in this century and the last, and in four digits", () => {
    const read = (notBefore: string, notAfter: string) => {
      const found = readCertificate(pem(certificateOf({ notBefore: time(notBefore), notAfter: time(notAfter) })));
      return found && [new Date(found.notBefore).toISOString(), new Date(found.notAfter).toISOString()];
    };
    expect(read("500101000000Z", "491231235959Z")).toEqual(["1950-01-01T00:00:00.000Z", "2049-12-31T23:59:59.000Z"]);
    expect(read("20500101000000Z", "99991231235959Z")).toEqual(["2050-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"]);
    expect(read("201301000000Z", "491231235959Z")).toBeNull();
    expect(read("200101000000", "491231235959Z")).toBeNull();
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
    ["a time of another kind", pem(certificateOf({ notAfter: der(0x0c, [0x32]) }))],
  ])("is not in %s", (_, text) => expect(readCertificate(text)).toBeNull());

  test("whatever the bytes are, it is read or not, and never throws", () => {
    const certificate = certificateOf();
    fc.assert(
      fc.property(fc.nat(certificate.length - 1), fc.nat(255), (at, byte) => {
        const read = readCertificate(pem(certificate.with(at, byte)));
        expect(read === null || readDer(read.publicKey)?.length === 1).toBe(true);
        expect(readCertificate(pem(certificate.slice(0, at)))).toBeNull();
      }),
    );
  });
});

describe("DER", () => {
  test.each<[string, readonly number[]]>([
    ["a tag alone", [0x30]],
    ["less than it says", [0x04, 2, 1]],
    ["an indefinite length", [0x30, 0x80, 0, 0]],
    ["a length that could be shorter", [0x04, 0x81, 1, 1]],
    ["a length with a leading zero", [0x04, 0x82, 0, 0x80, ...new Array<number>(0x80).fill(1)]],
    ["a length of four bytes", [0x04, 0x84, 0, 0, 0, 1, 1]],
    ["a length that is cut off", [0x04, 0x82, 1]],
    ["a tag of two bytes", [0x1f, 0x81, 0]],
  ])("is not %s", (_, bytes) => expect(readDer(Uint8Array.from(bytes))).toBeNull());

  test("holds values of every length", () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65535, 65536]) {
      const long = [0x04, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
      const whole = length < 65536 ? der(0x04, new Uint8Array(length)) : Uint8Array.from([...long, ...new Uint8Array(length)]);
      expect(readDer(whole)?.map(({ content }) => content.length)).toEqual([length]);
    }
  });
});

describe("an ECDSA signature", () => {
  const halves = fc.uint8Array({ minLength: 64, maxLength: 64 });

  test("is the same after both ways", () => {
    fc.assert(
      fc.property(halves, (raw) => {
        expect(signatureFromDer(signatureToDer(raw))).toEqual(Uint8Array.from(raw));
      }),
    );
    const small = new Uint8Array(64).with(31, 1).with(63, 0x80);
    expect([...signatureToDer(small)]).toEqual([0x30, 7, 0x02, 1, 1, 0x02, 2, 0, 0x80]);
    expect(signatureFromDer(signatureToDer(new Uint8Array(64)))).toEqual(new Uint8Array(64));
  });

  test("has one spelling: whatever is read is written so", () => {
    const spoilt = fc.tuple(halves, fc.nat(71), fc.nat(255)).map(([raw, at, byte]) => {
      const signature = signatureToDer(raw);
      return signature.with(at % signature.length, byte);
    });
    fc.assert(
      fc.property(
        fc.oneof(
          spoilt,
          fc.uint8Array({ maxLength: 80 }).map((bytes) => Uint8Array.from(bytes)),
        ),
        (bytes) => {
          const raw = signatureFromDer(bytes);
          if (raw !== null) expect(signatureToDer(raw)).toEqual(bytes);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each<[string, Uint8Array<ArrayBuffer>]>([
    ["nothing", new Uint8Array()],
    ["r and s as they are", new Uint8Array(64)],
    ["another tag around it", der(0x31, der(0x02, [1]), der(0x02, [1]))],
    ["one number", der(0x30, der(0x02, [1]))],
    ["three numbers", der(0x30, der(0x02, [1]), der(0x02, [1]), der(0x02, [1]))],
    ["no number", der(0x30, der(0x02, [1]), der(0x04, [1]))],
    ["an empty number", der(0x30, der(0x02), der(0x02, [1]))],
    ["a negative number", der(0x30, der(0x02, [0x80]), der(0x02, [1]))],
    ["a zero that is not needed", der(0x30, der(0x02, [0, 1]), der(0x02, [1]))],
    ["a number of 33 bytes", der(0x30, der(0x02, new Uint8Array(33).fill(1)), der(0x02, [1]))],
    ["something behind it", Uint8Array.from([...der(0x30, der(0x02, [1]), der(0x02, [1])), 0])],
  ])("is not %s", (_, bytes) => expect(signatureFromDer(bytes)).toBeNull());
});
