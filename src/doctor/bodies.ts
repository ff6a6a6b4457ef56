/**
 * Guesses how a proxy may have changed a body before it arrived.
 */
import { utf8Bytes } from "../contract/verify/encoding.ts";
import type { Finding } from "../ingest/diagnosis.ts";

const REWRITTEN: Finding = {
  cause: "body_rewritten",
  advice: "The body was changed after it was signed, for example by a proxy that parses JSON: let it pass the bytes unchanged.",
};

/** Longest body that is serialised again, bytes. */
const LONGEST = 65_536;

/** The body as it may have been before a proxy changed it. */
export function otherBodies(
  body: Uint8Array<ArrayBuffer>,
): readonly { readonly finding: Finding; readonly body: Uint8Array<ArrayBuffer> }[] {
  if (body.length > LONGEST) return [];
  const text = new TextDecoder().decode(body);
  const written = [text, text.replaceAll("\r\n", "\n"), text.replaceAll(/\r?\n/g, "\r\n"), ...serialisations(text)];
  const ended = written.flatMap((one) => [one, one.trimEnd(), `${one}\n`]);
  return [...new Set(ended)].filter((one) => one !== text).map((one) => ({ finding: REWRITTEN, body: utf8Bytes(one) }));
}

/** Common serialisations of the same JSON. */
function serialisations(text: string): readonly string[] {
  try {
    return writings(JSON.parse(text));
  } catch {
    // Not JSON, or nested too deeply to be serialised.
    return [];
  }
}

function writings(value: unknown): readonly string[] {
  const compact = JSON.stringify(value);
  const layouts = [
    ...[value, sorted(value)].flatMap((one) => [JSON.stringify(one), spaced(one)]),
    ...[2, 4, "\t"].map((indent) => JSON.stringify(value, null, indent)),
  ];
  // PHP also escapes slashes.
  return [...layouts, ...layouts.map(toAscii), ...[compact, toAscii(compact)].map((json) => json.replaceAll("/", "\\/"))];
}

/** The same with the keys of every object sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

/** With a space after each colon and comma, as Python writes it. */
function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replace(/,\n\s*/g, ", ")
    .replace(/\n\s*/g, "");
}

function toAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
