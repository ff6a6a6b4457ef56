import { decode, encode, utf8Bytes } from "../contract/verify/encoding.ts";
import type { Finding } from "../ingest/diagnosis.ts";

const LINE_BREAK: Finding = {
  cause: "secret_line_break",
  advice: "The sender's secret ends in a line break: enter it there again without one.",
};
const QUOTES_HERE: Finding = {
  cause: "secret_quotes",
  advice: "This source's secret stands in quotation marks: set it again without them.",
};
const QUOTES_THERE: Finding = {
  cause: "secret_quotes",
  advice: "The sender's secret stands in quotation marks: enter it there again without them.",
};
const PREFIX: Finding = {
  cause: "secret_prefix",
  advice:
    "The sender and this source do not agree whether the prefix of the secret belongs to the key: do on both sides what the vendor's documentation says.",
};
const KEY_ENCODING: Finding = {
  cause: "key_encoding",
  advice:
    "The sender and this source do not agree whether the secret is the key itself or the key in base64 or hex: do on both sides what the vendor's documentation says.",
};

const ENCODINGS = ["base64", "base64url", "hex"] as const;

/** The secret as somebody may have entered or read it. */
export function otherSecrets(secret: string): readonly { readonly finding: Finding; readonly secret: string }[] {
  const unquoted = /^(["'])(.+)\1$/.exec(secret)?.[2];
  const rests = behindPrefixes(secret);
  const texts = [secret, ...rests];
  const all = (finding: Finding, secrets: readonly string[]) => secrets.map((text) => ({ finding, secret: text }));
  return [
    ...all(LINE_BREAK, [`${secret}\n`, `${secret}\r\n`]),
    ...all(QUOTES_HERE, unquoted === undefined ? [] : [unquoted]),
    ...all(QUOTES_THERE, [`"${secret}"`, `'${secret}'`]),
    // Twice the prefix: a verifier that leaves one out then keeps the other.
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

/** What follows a prefix such as `whsec_`, or two of them. */
function behindPrefixes(secret: string): readonly string[] {
  const parts = secret.split("_");
  return [1, 2].map((count) => parts.slice(count).join("_")).filter((rest) => rest !== "");
}

/** For a verifier that decodes: what it decodes to the text itself. */
function encoded(text: string): readonly string[] {
  return ENCODINGS.map((encoding) => encode(utf8Bytes(text), encoding));
}

/** For a verifier that does not decode. It takes texts, so that of a key that is none nothing can be said. */
function decoded(text: string): readonly string[] {
  const keys = ENCODINGS.map((encoding) => decode(text, encoding)).filter((bytes) => bytes !== null);
  return keys.map((bytes) => new TextDecoder().decode(bytes));
}
