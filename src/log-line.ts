/**
 * Writes log lines, and limits what they can contain of a vendor's text: no payload, no secret, no address.
 */
import { encode, utf8Bytes } from "./contract/verify/encoding.ts";

/** The level of a line. */
export type Level = "debug" | "info" | "warn" | "error";

/** Writes one line. */
export type WriteLine = (level: Level, line: string) => void;

/** Most characters of a vendor's text in a line. */
const LONGEST_NAME = 64;

/** Writes a line to the console, with the method of its level. */
// biome-ignore lint/suspicious/noConsole: the only place that writes to the console
export const toConsole: WriteLine = (level, line) => console[level](line);

/** Prepares a vendor's text for a line: the first 64 characters, printable, or the hash of a text that may contain an e-mail address. */
export async function loggable(text: string): Promise<string> {
  if (!/@|%40/i.test(text)) return printable(text);
  const hash = await crypto.subtle.digest("SHA-256", utf8Bytes(text));
  return `sha256:${encode(new Uint8Array(hash), "hex")}`.slice(0, LONGEST_NAME);
}

/** The first 64 characters, with question marks for those outside printable ASCII. */
export function printable(text: string): string {
  return text.slice(0, LONGEST_NAME).replace(/[^\x20-\x7e]/g, "?");
}
