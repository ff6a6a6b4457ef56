/**
 * Verifies HMAC signatures.
 */
import { isOneOf } from "./equality.ts";
import { type Hash, hmacKey, type KeyDecoding, utf8 } from "./keys.ts";
import { type FoundKey, type SigningScheme, signing } from "./signing.ts";
import type { Verifier } from "./verifier.ts";

/** How a vendor signs with a shared key. */
export type HmacScheme = SigningScheme & {
  readonly hash: Hash;
  /** How the secret becomes the key. Default: its UTF-8 bytes. */
  readonly key?: KeyDecoding;
};

const DIGEST_LENGTHS: Readonly<Record<Hash, number>> = { "SHA-1": 20, "SHA-256": 32, "SHA-512": 64 };

/**
 * A signature made with a shared key (RFC 2104).
 * @throws TypeError if the scheme contradicts itself: a time or id that is not signed, a time without tolerance, a body that is not covered
 */
export function hmac(scheme: HmacScheme): Verifier {
  const { hash, key = utf8() } = scheme;
  return signing<CryptoKey>(scheme, {
    name: "hmac",
    isSignature: ({ length }) => length === DIGEST_LENGTHS[hash],
    unusable: key.unusable,
    keyOf: (secret) => {
      const known = hmacKey(hash, key, secret);
      return known instanceof Promise ? known.then(foundKey) : foundKey(known);
    },
    // The message is hashed once, however many signatures the request lists.
    verify: async (found, signatures, message) => isOneOf(await crypto.subtle.sign("HMAC", found, message), signatures),
    sign: async (secret, message) => {
      const found = await hmacKey(hash, key, secret);
      return found === null ? null : new Uint8Array(await crypto.subtle.sign("HMAC", found, message));
    },
  });
}

function foundKey(key: CryptoKey | null): FoundKey<CryptoKey> {
  return key === null ? { ok: false, refusal: "mismatch" } : { ok: true, key };
}
