/**
 * Finds and decodes the signatures in a request's headers.
 */
import { decode, type Encoding } from "./encoding.ts";
import type { Layout } from "./layouts.ts";
import type { Refusal } from "./verifier.ts";

/** Maximum length of a text that is searched for signatures, characters. */
const LONGEST_TEXT = 4096;

/** Default maximum number of signatures tried. */
const MOST_SIGNATURES = 16;

/** What a signing method's signatures look like. */
export interface SignatureRules {
  /** Could these bytes be a signature? */
  isSignature(bytes: Uint8Array): boolean;
  /** Default: 16. */
  readonly mostSignatures?: number;
}

/** The decoded signatures of a request, and their timestamp as received. */
export interface Signatures {
  readonly candidates: readonly Uint8Array<ArrayBuffer>[];
  readonly timestamp: string | null;
}

/**
 * Reads the signatures in the texts of one or more headers. Every text must match the layout and all must name the same time. Malformed
 * signatures among several are skipped.
 * @param method which bytes can be a signature, and how many are tried
 */
export function readSignatures(
  texts: readonly (string | null | undefined)[],
  layout: Layout,
  encoding: Encoding,
  { isSignature, mostSignatures = MOST_SIGNATURES }: SignatureRules,
): Signatures | Refusal {
  const present = texts.filter((text): text is string => typeof text === "string" && text !== "");
  if (present.length === 0) return "missing";
  if (present.some((text) => text.length > LONGEST_TEXT)) return "malformed";
  const stamps = present.map((text) => layout.read(text)).filter((stamp) => stamp !== null);
  const [timestamp = null, ...otherTimestamps] = new Set(stamps.map((stamp) => stamp.timestamp));
  const written = stamps.flatMap((stamp) => stamp.signatures);
  if (stamps.length < present.length || otherTimestamps.length > 0 || written.length > mostSignatures) return "malformed";
  const candidates = written.map((text) => decode(text, encoding)).filter((bytes) => bytes !== null);
  const wellFormed = candidates.filter((bytes) => isSignature(bytes));
  return wellFormed.length === 0 ? "malformed" : { candidates: wellFormed, timestamp };
}
