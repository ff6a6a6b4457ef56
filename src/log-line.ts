/**
 * Where lines leave the Worker, and how much of a vendor's text they may hold: no payload, no secret, no address.
 */
import { encode, utf8Bytes } from "./contract/verify/encoding.ts";

/** How loud a line is. */
export type Level = "debug" | "info" | "warn" | "error";

/** Takes one finished line. */
export type WriteLine = (level: Level, line: string) => void;

/** Longest text of a vendor in a line, characters. */
const LONGEST_NAME = 64;

/** Writes a line with the console's method of its level. */
// biome-ignore lint/suspicious/noConsole: the one place where lines leave the Worker
export const toConsole: WriteLine = (level, line) => console[level](line);

/** A vendor's text as far as a line may hold it: 64 printable characters, or the hash of what may be an address. */
export async function loggable(text: string): Promise<string> {
  if (!/@|%40/i.test(text)) return printable(text);
  const hash = await crypto.subtle.digest("SHA-256", utf8Bytes(text));
  return `sha256:${encode(new Uint8Array(hash), "hex")}`.slice(0, LONGEST_NAME);
}

/** The first 64 characters, those that cannot be printed as question marks. */
export function printable(text: string): string {
  return text.slice(0, LONGEST_NAME).replace(/[^\x20-\x7e]/g, "?");
}
