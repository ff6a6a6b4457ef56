/** How a signature or a key is written as text. */
export type Encoding = "hex" | "base64" | "base64url";

/** The UTF-8 bytes of a text. */
export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Bytes as text: hex in lower case, base64 padded, base64url (RFC 4648 §5) not padded. */
export function encode(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === "hex") return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return encoding === "base64" ? base64 : base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes that `encode` writes as this text (hex in either case), or `null`: there is one spelling, and nothing is skipped. */
export function decode(text: string, encoding: Encoding): Uint8Array<ArrayBuffer> | null {
  const spelling = encoding === "hex" ? text.toLowerCase() : text;
  const bytes =
    encoding === "hex" ? fromHex(spelling) : fromBase64(encoding === "base64url" ? toStandardAlphabet(spelling) : spelling);
  return bytes !== null && encode(bytes, encoding) === spelling ? bytes : null;
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function toStandardAlphabet(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}
