/**
 * Guesses other encodings and formats of a signature.
 */
import type { Source } from "../config/model.ts";
import { decode, encode } from "../contract/verify/encoding.ts";
import type { SignedRequest, Verifier } from "../contract/verify/verifier.ts";
import type { Finding } from "../ingest/diagnosis.ts";

const ENCODING: Finding = {
  cause: "signature_encoding",
  advice:
    "The signature is correct but in another encoding (hex, base64) than this source expects: make the sender use the vendor's encoding.",
};
const PREFIX: Finding = {
  cause: "signature_prefix",
  advice:
    "The signature is correct but the text around it is not what this source expects: make the sender use the vendor's header format.",
};

const ENCODINGS = ["hex", "base64", "base64url"] as const;

/** A possible encoded signature: at least the 20 bytes of SHA-1. */
const DIGITS = /[A-Za-z0-9+/_-]{27,}={0,2}/;

/** The headers with the same signature in other encodings and formats. */
export async function otherSignatures(
  request: SignedRequest,
  { configured: { verifier }, secrets }: Source,
  now: number,
): Promise<readonly { readonly finding: Finding; readonly headers: Headers }[]> {
  const template = await templateOf(request, verifier, secrets[0] ?? "", now);
  return verifier.sensitive.headers.flatMap((name) => {
    const sent = request.headers.get(name) ?? "";
    const digits = DIGITS.exec(sent)?.[0];
    if (digits === undefined) return [];
    const frames = [sent, template?.get(name) ?? sent];
    const written = (finding: Finding, spelling: string) =>
      frames.map((frame) => {
        const headers = new Headers(request.headers);
        headers.set(
          name,
          frame.replace(DIGITS, () => spelling),
        );
        return { finding, headers };
      });
    return [...written(PREFIX, digits), ...spellingsOf(digits).flatMap((spelling) => written(ENCODING, spelling))];
  });
}

/** Headers in the right format, signed with another secret so that they cannot verify. */
async function templateOf(request: SignedRequest, verifier: Verifier, secret: string, now: number): Promise<Headers | null> {
  const middle = Math.floor(secret.length / 2);
  const stranger = secret.slice(0, middle) + (secret[middle] === "a" ? "b" : "a") + secret.slice(middle + 1);
  try {
    return (await verifier.sign(request, stranger, now)).headers;
  } catch {
    // A public key cannot sign, and a body without the signed fields cannot be signed.
    return null;
  }
}

function spellingsOf(digits: string): readonly string[] {
  // Base64 without padding is decoded as base64url, which has none.
  const unpadded = digits.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const readings = [decode(digits, "hex"), decode(unpadded, "base64url")].filter((bytes) => bytes !== null);
  const spellings = readings.flatMap((bytes) => ENCODINGS.map((encoding) => encode(bytes, encoding)));
  return [...new Set(spellings)].filter((spelling) => spelling !== digits);
}
