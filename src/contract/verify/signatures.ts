/**
 * Finds and decodes the signatures in a request's headers.
 */
import { decode, type Encoding } from "./encoding.ts";
import type { Layout } from "./layouts.ts";
import type { Refusal } from "./verifier.ts";

/** Longest text in which signatures are looked for, characters. */
const LONGEST_TEXT = 4096;

/** Signatures that are tried at the most. */
const MOST_SIGNATURES = 16;

/** What signatures of one kind are. */
export interface SignatureRules {
  /** Can these bytes be one? */
  isSignature(bytes: Uint8Array): boolean;
  /** 16 unless said otherwise. */
  readonly mostSignatures?: number;
}

/** The signatures of a request, decoded, and the time beside them, as received. */
export interface Signatures {
  readonly candidates: readonly Uint8Array<ArrayBuffer>[];
  readonly timestamp: string | null;
}

/**
 * Reads the signatures in the texts of one header or several. Each text has to be laid out well and all must name the same time; of several
 * signatures those are tried that are well-formed.
 * @param method says which bytes can be one, and how many are tried
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
