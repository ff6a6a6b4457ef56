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
  const candidates: Uint8Array<ArrayBuffer>[] = [];
  let timestamp: string | null | undefined;
  let written = 0;
  for (const text of texts) {
    if (typeof text !== "string" || text === "") continue;
    const stamp = text.length > LONGEST_TEXT ? null : layout.read(text);
    if (stamp === null || (timestamp !== undefined && timestamp !== stamp.timestamp)) return "malformed";
    timestamp = stamp.timestamp;
    written += stamp.signatures.length;
    if (written > mostSignatures) return "malformed";
    for (const signature of stamp.signatures) {
      const bytes = decode(signature, encoding);
      if (bytes !== null && isSignature(bytes)) candidates.push(bytes);
    }
  }
  if (timestamp === undefined) return "missing";
  return candidates.length === 0 ? "malformed" : { candidates, timestamp };
}
