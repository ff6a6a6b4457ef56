/**
 * Which of both a body is, where an adapter takes forms and JSON.
 *
 * Content-Type says so too, but nobody signs it: a text that somebody typed reads as fields once its JSON is read as a form. So the signed bytes
 * decide, alike for verifying, mapping and replaying, and Content-Type may only agree.
 */
import type { AdapterFormat, BodyFormat } from "./define.ts";

/** Space, tab and ends of line, which may stand ahead of JSON, and the bytes of a byte order mark. */
const AHEAD: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

const BRACE = 0x7b;
const BRACKET = 0x5b;

/** What vendors write into Content-Type. */
const MEDIA_TYPES = {
  form: /^application\/x-www-form-urlencoded$/i,
  json: /^application\/([\w.-]+\+)?json$/i,
} as const;

/**
 * How this body is read. Of form and JSON it is JSON where it begins with a bracket or a brace, which forms escape.
 * @see https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set
 */
export function formatOf(format: AdapterFormat, body: Uint8Array): BodyFormat {
  return format === "form-or-json" ? shapeOf(body) : format;
}

/**
 * Does Content-Type name the format that the body has? Asked only where there is a choice: elsewhere it plays no part.
 * @param contentType as received, perhaps with parameters
 */
export function agreesWithType(format: AdapterFormat, body: Uint8Array, contentType: string | null): boolean {
  const [mediaType = ""] = (contentType ?? "").split(";");
  return format !== "form-or-json" || MEDIA_TYPES[shapeOf(body)].test(mediaType.trim());
}

function shapeOf(body: Uint8Array): "form" | "json" {
  const first = body.find((byte) => !AHEAD.has(byte));
  return first === BRACE || first === BRACKET ? "json" : "form";
}
