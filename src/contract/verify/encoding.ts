/** Text encodings of signatures and keys. */
export type Encoding = "hex" | "base64" | "base64url";

/** The UTF-8 bytes of a text. */
export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Encodes bytes as text: lower-case hex, padded base64, or unpadded base64url (RFC 4648 §5). */
export function encode(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === "hex") return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  let characters = "";
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return fromStandardAlphabet(btoa(characters), encoding);
}

/** Decodes exactly what `encode` writes (hex in either case), otherwise `null`: no other spelling is accepted and nothing is skipped. */
export function decode(text: string, encoding: Encoding): Uint8Array<ArrayBuffer> | null {
  return encoding === "hex" ? fromHex(text.toLowerCase()) : fromBase64(text, encoding);
}

function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return encode(bytes, "hex") === text ? bytes : null;
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
