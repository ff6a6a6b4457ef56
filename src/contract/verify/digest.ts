/**
 * Verifies a plain hash over secret and message.
 */
import { isOneOf } from "./equality.ts";
import { tooShort } from "./keys.ts";
import { partsRead } from "./message.ts";
import { type SigningScheme, signing } from "./signing.ts";
import type { Verifier } from "./verifier.ts";

/**
 * A plain SHA-256 of a text that begins with the secret, for vendors without HMAC. Such a hash allows length extension, but the appended text
 * then begins with bytes that are not valid UTF-8, which parsing refuses.
 * @throws TypeError if the scheme contradicts itself, or does not sign the secret
 */
export function digest(scheme: SigningScheme): Verifier {
  if (!partsRead(scheme.message).has("secret")) throw new TypeError("digest: the secret is not in the signed text");
  const sha256 = async (message: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest("SHA-256", message));
  return signing<string>(scheme, {
    name: "digest",
    isSignature: ({ length }) => length === 32,
    unusable: tooShort,
    keyOf: async (secret) => (secret === "" ? { ok: false, refusal: "mismatch" } : { ok: true, key: secret }),
    verify: async (_key, signatures, message) => isOneOf((await sha256(message)).buffer, signatures),
    sign: async (secret, message) => (secret === "" ? null : sha256(message)),
  });
}
