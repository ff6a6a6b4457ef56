/**
 * The public keys of the demo's key pairs, one for each algorithm. Their private keys are public, so these are refused outside local runs.
 */
import { decode, encode } from "./encoding.ts";
import type { PublicKeyAlgorithm } from "./public-keys.ts";

/** The demo's public key as an operator would configure it. */
export function demoPublicKey(algorithm: PublicKeyAlgorithm, encoding: "hex" | "base64"): string {
  return encode(demoPublicKeyBytes(algorithm), encoding);
}

/** The demo's public key: raw for Ed25519, SubjectPublicKeyInfo for the others. */
export function demoPublicKeyBytes(algorithm: PublicKeyAlgorithm): Uint8Array<ArrayBuffer> {
  const bytes = decode(DEMO_PUBLIC_KEYS[algorithm], "base64");
  if (bytes === null) throw new TypeError("a demo key is not base64");
  return bytes;
}

const DEMO_RSA =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoQ6jecnV0cwNsaWSDHQGNd7dKLhhk0mRe/g+N5SpKO9Q/N6pleNl67Bli4j5f8FfrhPxAZLwQjt3a/oRqy7GVqiHrsAoRxJnOLEygNejnatkoMVvh3/cVTwfSYpt8xUr17cgngKOvrijVoC5hF6YA3zEp4AQx1mTTDlpi5pPg49QNtd/rLY2J7+br1/vwxk/4cZvpXWirn+NyTJ/lhD/X6/G/cw1XfYjJYRgpJejO00Pwf323iZYmBOwmCyONlHE04571jhyH32MMwhW3ZFyQemAZ47S+4QrZgLfBbOqYMXJm1ieIYdSXl5BwriwYXVbXN86xS0s4AEI++UTVfsslwIDAQAB";

const DEMO_PUBLIC_KEYS: Readonly<Record<PublicKeyAlgorithm, string>> = {
  Ed25519: "iRzjFjRX8P9SWfjIl8+2ufYr/iruue5LZI2tCGwJ6io=",
  ES256:
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjdttl4LwhS4EbUFkOhzjqQnpRHgfTJlP2d+qZBZc4QegHjyfhC5Z7LELoPZsHQQF4YN01aVFTlyXII8sufoA5A==",
  RS256: DEMO_RSA,
  RS1: DEMO_RSA,
};
