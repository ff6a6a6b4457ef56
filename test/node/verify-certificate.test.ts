/**
 * What the Worker reads by `node:crypto` the command line reads in Node, to the same end.
 */
import { expect, test } from "vitest";
import { readCertificate } from "../../src/contract/verify/certificate.ts";
import { demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { demoPrivateKeyBytes } from "../../src/contract/verify/demo-private-keys.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { importPublicKey, isSignedBy, type PublicKeyAlgorithm, signWith } from "../../src/contract/verify/public-keys.ts";
import { certificateOf, OPENSSL_CERTIFICATE, otherSpellings, pem } from "../contract/certificates.ts";

const MESSAGE = utf8Bytes("what is signed");

test("a certificate", async () => {
  const found = await readCertificate(OPENSSL_CERTIFICATE);
  expect(found).toMatchObject({
    notBefore: Date.UTC(2026, 10, 23, 15, 25, 53),
    notAfter: Date.UTC(2126, 9, 30, 15, 25, 53),
    commonName: "signing.example.com",
  });
  expect(encode(found?.publicKey.export({ type: "spki", format: "der" }) ?? new Uint8Array(), "hex")).toBe(
    encode(demoPublicKeyBytes("RS256"), "hex"),
  );
  for (const names of [[], ["one", "two"]]) {
    expect(await readCertificate(pem(certificateOf({ names })))).toMatchObject({ commonName: null });
  }
  expect(await readCertificate(pem(Uint8Array.from([...certificateOf(), 0])))).toBeNull();
  expect(await readCertificate(pem(demoPublicKeyBytes("RS256")))).toBeNull();
});

test.each<PublicKeyAlgorithm>(["Ed25519", "ES256", "RS256", "RS1"])(
  "a signature by %s, in its one spelling",
  async (algorithm) => {
    const key = await importPublicKey(algorithm, demoPublicKeyBytes(algorithm));
    if (key === null) throw new TypeError("the demo's public key is none");
    const signature = await signWith(algorithm, demoPrivateKeyBytes(algorithm), MESSAGE);
    expect(await isSignedBy(algorithm, key, signature, MESSAGE)).toBe(true);
    expect(await isSignedBy(algorithm, key, signature, utf8Bytes("another"))).toBe(false);
    expect(await isSignedBy(algorithm, key, Uint8Array.from([...signature, 0]), MESSAGE)).toBe(false);
    if (algorithm !== "ES256") return;
    for (const [spelling, bytes] of otherSpellings(signature)) {
      expect(await isSignedBy(algorithm, key, bytes, MESSAGE), spelling).toBe(false);
    }
  },
);
