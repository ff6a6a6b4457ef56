/**
 * Guesses how a secret may have been copied wrongly.
 */
import { decode, encode, utf8Bytes } from "../contract/verify/encoding.ts";
import type { Finding } from "../ingest/diagnosis.ts";

const LINE_BREAK: Finding = {
  cause: "secret_line_break",
  advice: "The sender's secret ends with a line break: enter it there again without one.",
};
const QUOTES_HERE: Finding = {
  cause: "secret_quotes",
  advice: "This source's secret is in quotation marks: set it again without them.",
};
const QUOTES_THERE: Finding = {
  cause: "secret_quotes",
  advice: "The sender's secret is in quotation marks: enter it there again without them.",
};
const PREFIX: Finding = {
  cause: "secret_prefix",
  advice:
    "The sender and this source disagree on whether the prefix of the secret is part of the key: follow the vendor's documentation on both sides.",
};
const KEY_ENCODING: Finding = {
  cause: "key_encoding",
  advice:
    "The sender and this source disagree on whether the secret is the key itself or the key in base64 or hex: follow the vendor's documentation on both sides.",
};

const ENCODINGS = ["base64", "base64url", "hex"] as const;

/** Common misspellings and misreadings of a secret. */
export function otherSecrets(secret: string): readonly { readonly finding: Finding; readonly secret: string }[] {
  const unquoted = /^(["'])(.+)\1$/.exec(secret)?.[2];
  const rests = behindPrefixes(secret);
  const texts = [secret, ...rests];
  const all = (finding: Finding, secrets: readonly string[]) => secrets.map((text) => ({ finding, secret: text }));
  return [
    ...all(LINE_BREAK, [`${secret}\n`, `${secret}\r\n`]),
    ...all(QUOTES_HERE, unquoted === undefined ? [] : [unquoted]),
    ...all(QUOTES_THERE, [`"${secret}"`, `'${secret}'`]),
    // The prefix twice: a verifier that removes one then keeps the other.
    ...all(
      PREFIX,
      rests.flatMap((rest) => [rest, secret.slice(0, -rest.length) + secret]),
    ),
    ...all(
      KEY_ENCODING,
      texts.flatMap((text) => [...encoded(text), ...decoded(text)]),
    ),
  ];
}

/** The rest after a prefix such as `whsec_`, or after two. */
function behindPrefixes(secret: string): readonly string[] {
  const parts = secret.split("_");
  return [1, 2].map((count) => parts.slice(count).join("_")).filter((rest) => rest !== "");
}

/** Texts that a decoding verifier decodes to this text. */
function encoded(text: string): readonly string[] {
  return ENCODINGS.map((encoding) => encode(utf8Bytes(text), encoding));
}

/** Decodings, for a verifier that does not decode. Secrets are texts, so a key that is not UTF-8 cannot be tried. */
function decoded(text: string): readonly string[] {
  const keys = ENCODINGS.map((encoding) => decode(text, encoding)).filter((bytes) => bytes !== null);
  return keys.map((bytes) => new TextDecoder().decode(bytes));
}
