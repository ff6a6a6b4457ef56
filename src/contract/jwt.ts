/**
 * The parts of a signed token in compact form (RFC 7515 §7.1). Splitting a token verifies nothing.
 */
import { decode } from "./verify/encoding.ts";

/** A token split into its parts. */
export interface Jwt {
  /** JSON, as bytes. */
  readonly header: Uint8Array<ArrayBuffer>;
  readonly claims: Uint8Array<ArrayBuffer>;
  /** The signed text: the first two parts as received. */
  readonly signed: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Splits a token; `null` if the text is not a token or has no signature. */
export function splitJwt(text: string): Jwt | null {
  const [header, claims, signature, ...more] = text.split(".", 4).map((part) => decode(part, "base64url"));
  if (!header || !claims || !signature || signature.length === 0 || more.length > 0) return null;
  return { header, claims, signed: text.slice(0, text.lastIndexOf(".")), signature };
}
