/** Text encodings of signatures and keys. */
export type Encoding = "hex" | "base64" | "base64url";

const encoder = new TextEncoder();

/** Each byte as two hex digits. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The value of each hex digit, by its character code; of other characters 16. */
const DIGITS: readonly number[] = Array.from({ length: 128 }, (_, code) => {
  const value = "0123456789abcdef".indexOf(String.fromCharCode(code));
  return value === -1 ? 16 : value;
});

/** The UTF-8 bytes of a text. */
export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes: Uint8Array = encoder.encode(text);
  return isWhole(bytes) ? bytes : new Uint8Array(bytes);
}

/** Whether bytes are all of their own memory. */
function isWhole(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.byteLength;
}

/** Encodes bytes as text: lower-case hex, padded base64, or unpadded base64url (RFC 4648 §5). */
export function encode(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === "hex") return toHex(bytes);
  let characters = "";
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return fromStandardAlphabet(btoa(characters), encoding);
}

/** Decodes exactly what `encode` writes (hex in either case), otherwise `null`: no other spelling is accepted and nothing is skipped. */
export function decode(text: string, encoding: Encoding): Uint8Array<ArrayBuffer> | null {
  return encoding === "hex" ? fromHex(text.toLowerCase()) : fromBase64(text, encoding);
}

function toHex(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 1) text += HEX[bytes[index] ?? 0];
  return text;
}

function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 2 === 1) return null;
  const length = text.length / 2;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) {
    const high = DIGITS[text.charCodeAt(2 * index)] ?? 16;
    const low = DIGITS[text.charCodeAt(2 * index + 1)] ?? 16;
    if (high === 16 || low === 16) return null;
    bytes[index] = 16 * high + low;
  }
  return bytes;
}

/** Without a callback per character: bodies may be unverified tokens of many thousands of characters. */
function fromBase64(text: string, alphabet: "base64" | "base64url"): Uint8Array<ArrayBuffer> | null {
  const characters = readBase64(alphabet === "base64url" ? text.replaceAll("-", "+").replaceAll("_", "/") : text);
  if (characters === null || fromStandardAlphabet(btoa(characters), alphabet) !== text) return null;
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < characters.length; index += 1) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

function readBase64(text: string): string | null {
  try {
    return atob(text);
  } catch {
    return null;
  }
}

function fromStandardAlphabet(base64: string, alphabet: "base64" | "base64url"): string {
  return alphabet === "base64" ? base64 : base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
