/**
 * The parts of a signed token in compact form (RFC 7515 §7.1). To take it apart proves nothing.
 */
import { decode } from "./verify/encoding.ts";

/** A token taken apart. */
export interface Jwt {
  /** JSON, as bytes. */
  readonly header: Uint8Array<ArrayBuffer>;
  readonly claims: Uint8Array<ArrayBuffer>;
  /** What is signed: the first two parts as they stand. */
  readonly signed: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** The three parts; `null` where the text is no token, or carries no signature. */
export function splitJwt(text: string): Jwt | null {
  const [header, claims, signature, ...more] = text.split(".", 4).map((part) => decode(part, "base64url"));
  if (!header || !claims || !signature || signature.length === 0 || more.length > 0) return null;
  return { header, claims, signed: text.slice(0, text.lastIndexOf(".")), signature };
}
