/**
 * Public keys: how they are read and checked with, and the one pair of each kind whose private key everybody knows.
 */
import * as z from "zod";
import { decode, encode, utf8Bytes } from "./encoding.ts";
import { importedOnce } from "./keys.ts";

/** Ed25519 (RFC 8032), ECDSA on P-256 with SHA-256, RSASSA-PKCS1-v1_5 with SHA-256 or, for old vendors, SHA-1. */
export type PublicKeyAlgorithm = "Ed25519" | "ES256" | "RS256" | "RS1";

/** What the platform has to be told. */
interface Parameters {
  readonly import:
    | string
    | { readonly name: string; readonly namedCurve: string }
    | { readonly name: string; readonly hash: string };
  readonly use: string | { readonly name: string; readonly hash: string };
  /** The form of a key that is given as bytes, and how many there are at least. */
  readonly form: "raw" | "spki";
  readonly shortest: number;
}

// 292 bytes: RSA keys of 2,048 bits, the shortest that are still trusted.
const RSA = { use: "RSASSA-PKCS1-v1_5", form: "spki", shortest: 292 } as const;

const PARAMETERS: Readonly<Record<PublicKeyAlgorithm, Parameters>> = {
  Ed25519: { import: "Ed25519", use: "Ed25519", form: "raw", shortest: 32 },
  ES256: { import: { name: "ECDSA", namedCurve: "P-256" }, use: { name: "ECDSA", hash: "SHA-256" }, form: "spki", shortest: 91 },
  RS256: { import: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, ...RSA },
  RS1: { import: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-1" }, ...RSA },
};

/** Characters of an RSA modulus of 2,048 bits, base64url. */
const SHORTEST_MODULUS = 342;

const jwkSchema = z.discriminatedUnion("kty", [
  z.object({ kty: z.literal("RSA"), n: z.string().min(SHORTEST_MODULUS), e: z.string() }),
  z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: z.string(), y: z.string() }),
]);

/** What tells the keys of a set apart (RFC 7517 §4). */
const namedJwkSchema = z.looseObject({
  kty: z.string(),
  kid: z.string().nullish(),
  use: z.literal("sig").nullish(),
  alg: z.string().nullish(),
});

const jwksSchema = z.object({ keys: z.array(z.unknown()).max(100) });

/** Why these bytes are no public key of this kind; `null` when they may be. */
export function unusablePublicKey(algorithm: PublicKeyAlgorithm, bytes: Uint8Array | null): string | null {
  if (bytes === null) return "is not a public key as the vendor shows it";
  const { form, shortest } = PARAMETERS[algorithm];
  const fits = form === "raw" ? bytes.length === shortest : bytes.length >= shortest && bytes[0] === 0x30;
  return fits ? null : `is no public key for ${algorithm}, or too short a one`;
}

/** The key in these bytes: raw for Ed25519, SubjectPublicKeyInfo for the others. `null` where they are none, or too weak a one. */
export function importPublicKey(algorithm: PublicKeyAlgorithm, bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey | null> {
  const parameters = PARAMETERS[algorithm];
  if (unusablePublicKey(algorithm, bytes) !== null) return Promise.resolve(null);
  return importedOnce(["public", algorithm, encode(bytes, "base64")], () =>
    orNull(crypto.subtle.importKey(parameters.form, bytes, parameters.import, false, ["verify"])),
  );
}

/**
 * The key of this id in a set of them (RFC 7517), for this algorithm alone.
 * @param id `null` where the token names none: there must then be one key only
 * @returns `null` where the set has no such key
 */
export async function importJwk(algorithm: "ES256" | "RS256", jwks: string, id: string | null): Promise<CryptoKey | null> {
  const set = jwksSchema.safeParse(parseJson(jwks));
  const kind = algorithm === "ES256" ? "EC" : "RSA";
  const candidates = (set.success ? set.data.keys : []).filter((key) => {
    const named = namedJwkSchema.safeParse(key);
    if (!named.success || named.data.kty !== kind || (named.data.alg ?? algorithm) !== algorithm) return false;
    return id === null || named.data.kid === id;
  });
  const jwk = jwkSchema.safeParse(candidates[0]);
  if (!jwk.success || candidates.length > 1) return null;
  return importedOnce(["jwk", algorithm, JSON.stringify(jwk.data)], () =>
    orNull(crypto.subtle.importKey("jwk", jwk.data, PARAMETERS[algorithm].import, false, ["verify"])),
  );
}

/** Does the signature hold? That of ES256 as r and s, one after the other. */
export function isSignedBy(
  algorithm: PublicKeyAlgorithm,
  key: CryptoKey,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return crypto.subtle.verify(PARAMETERS[algorithm].use, key, signature, message);
}

/** Signs with the demo's private key. */
export async function signForDemo(
  algorithm: PublicKeyAlgorithm,
  message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { import: parameters, use } = PARAMETERS[algorithm];
  const key = await importedOnce(["demo", algorithm], () =>
    crypto.subtle.importKey("pkcs8", DEMO_PAIRS[algorithm].privateKey(), parameters, false, ["sign"]),
  );
  if (key === null) throw new TypeError("the demo's private key is none");
  return new Uint8Array(await crypto.subtle.sign(use, key, message));
}

/** The demo's public key as an operator would set it: everybody knows its private key, so it is refused outside of local runs. */
export function demoPublicKey(algorithm: PublicKeyAlgorithm, encoding: "hex" | "base64"): string {
  return encode(demoPublicKeyBytes(algorithm), encoding);
}

/** The demo's public key: raw for Ed25519, SubjectPublicKeyInfo for the others. */
export function demoPublicKeyBytes(algorithm: PublicKeyAlgorithm): Uint8Array<ArrayBuffer> {
  return bytesOf(DEMO_PAIRS[algorithm].publicKey);
}

const DEMO_RSA = {
  publicKey:
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoQ6jecnV0cwNsaWSDHQGNd7dKLhhk0mRe/g+N5SpKO9Q/N6pleNl67Bli4j5f8FfrhPxAZLwQjt3a/oRqy7GVqiHrsAoRxJnOLEygNejnatkoMVvh3/cVTwfSYpt8xUr17cgngKOvrijVoC5hF6YA3zEp4AQx1mTTDlpi5pPg49QNtd/rLY2J7+br1/vwxk/4cZvpXWirn+NyTJ/lhD/X6/G/cw1XfYjJYRgpJejO00Pwf323iZYmBOwmCyONlHE04571jhyH32MMwhW3ZFyQemAZ47S+4QrZgLfBbOqYMXJm1ieIYdSXl5BwriwYXVbXN86xS0s4AEI++UTVfsslwIDAQAB",
  privateKey: () =>
    bytesOf(
      "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQChDqN5ydXRzA2xpZIMdAY13t0ouGGTSZF7+D43lKko71D83qmV42XrsGWLiPl/wV+uE/EBkvBCO3dr+hGrLsZWqIeuwChHEmc4sTKA16Odq2SgxW+Hf9xVPB9Jim3zFSvXtyCeAo6+uKNWgLmEXpgDfMSngBDHWZNMOWmLmk+Dj1A213+stjYnv5uvX+/DGT/hxm+ldaKuf43JMn+WEP9fr8b9zDVd9iMlhGCkl6M7TQ/B/fbeJliYE7CYLI42UcTTjnvWOHIffYwzCFbdkXJB6YBnjtL7hCtmAt8Fs6pgxcmbWJ4hh1JeXkHCuLBhdVtc3zrFLSzgAQj75RNV+yyXAgMBAAECggEACzlLxNvUe1Dm7rzfnzTiDpSv6+ZhjRP2QAyY5WMGS4nV+9wBNyay6R27YzcnUAhoBGfJBreN58e2IaplMH1LftQy1HJOvEPjjqIGp3pKTDLFX1Dds18tOda9RXDmCv0sN4BrFP06Tmnr9Bt3Z5VMrwgzD4s6CsfKyefsW465lizlIfYb2NTLjbCfwwF0XNGthVy9WT96h3s8yhS/T8L7AX3gXzDriUcN18+Y/98DjBx0tgRp9BjvL4v9GQR0FOjoFvIQzsc4VqgNctlyD006YDeJtQPDWU0IV1L7agwbxtAdHfx5aE2cvtPmbotFUOyMgqrJgD1npKSsfbQYYjHN5QKBgQDO1B1iDntDaLSUI3XGZVN9uDEabQi5sxPTXC8eoiMtbZr6US60itbU+/gPVCkhk68uLpSlQQiiuu57p61WQnxGirVzZ+fpkzD3ZNPtkWysBBumDnZfqXpFsXagZesC019s2n1UJj9fyoFwicTWp+WcV7X9oU/tSn/RBmHjt33LVQKBgQDHWM+YLgF0VKCUYUGSuEkIT0Eomn+gFqDqfdFGJmgG7QinNXp+xIjHkdiT+K5dKGC/WRwsgaqEOKZ0h8d0fLugDhPfpJmBw2eVTl1j/vi53cXSsaaA/l5ekkD2YWfctCD21dyaU4ZeTdX238CxJDVf+xVBkRP4pa0/3CTawigQOwKBgE0MW73Roz2jXdHpu9Aiow2sdi5f++Yhvfr41lzVDcG4mQkzAPEk348MJoafVYs6lwHfPGSra2ojtP+/oSUHM4Cb36iURqKOwKkImKJhkFgsV5huvs44NmKMD6MFFJ1C3MOSSSn17ZnjuICR8g/9D95EFnnbhAjjveXCOOk5y9TZAoGAMWXgi2VbFuihoiM3jJP+BQEetGEUnyb8WR80bJ23yX+TVVv7Ls6k1k9dy80j6BHJZ6E9SgoXpwwis12yHzuJgu/6HME9CNrTIDx7B/x2xhgenUdIa06dM/IqBuO8SQSZ5pC4ScXI1jWTf8mShlLipxYg/k5lFIh5lgmHWG4kX2ECgYBq8Gs4tZRfNn3M046osM2gATH4DAhmhF5EbbCJPYLEZjZ13NzMPGAq73nushdUuKM0KkM1Lt8c7i5ObWTKDoWGYAcAhYiEjTauSuxl8d+oeuKyRQwoNRTXNW4Nobflp8DphLcfSY+20gMWsF21jAquTVjmODNZXK6kM7evfIaIWA==",
    ),
};

// A private key on a curve is 32 bytes of our choice, behind what says which curve.
const DEMO_PAIRS: Readonly<Record<PublicKeyAlgorithm, { readonly publicKey: string; privateKey(): Uint8Array<ArrayBuffer> }>> = {
  Ed25519: {
    publicKey: "iRzjFjRX8P9SWfjIl8+2ufYr/iruue5LZI2tCGwJ6io=",
    privateKey: () => Uint8Array.from([...bytesOf("MC4CAQAwBQYDK2VwBCIEIA=="), ...utf8Bytes("tributary_demo_ed25519_key_00000")]),
  },
  ES256: {
    publicKey:
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjdttl4LwhS4EbUFkOhzjqQnpRHgfTJlP2d+qZBZc4QegHjyfhC5Z7LELoPZsHQQF4YN01aVFTlyXII8sufoA5A==",
    privateKey: () =>
      Uint8Array.from([
        ...bytesOf("MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCA="),
        ...utf8Bytes("tributary_demo_p256_key_00000000"),
      ]),
  },
  RS256: DEMO_RSA,
  RS1: DEMO_RSA,
};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = decode(base64, "base64");
  if (bytes === null) throw new TypeError("a demo key is not base64");
  return bytes;
}

async function orNull(key: Promise<CryptoKey>): Promise<CryptoKey | null> {
  try {
    return await key;
  } catch {
    return null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
