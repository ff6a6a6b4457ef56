/**
 * Detects a body's format if an adapter accepts several.
 *
 * Content-Type is unsigned: a forged one could turn a text inside JSON into form fields. So the signed bytes decide, for verifying, mapping and
 * replaying alike, and a contradicting Content-Type is refused.
 */

/**
 * How a body is parsed: JSON; JSON Lines (a list of values); a URL-encoded form, or one whose named field holds JSON; a form
 * with parts (multipart/form-data); the claims of a JWT,
 * whose signature the verifier has checked; or plain text.
 */
export type BodyFormat = "json" | "json-lines" | "form" | { readonly form: string } | "multipart" | "jwt" | "text";

/** The format of an adapter's bodies, or several, of which `formatOf` detects one by the bytes. */
export type AdapterFormat = BodyFormat | readonly BodyFormat[];

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;

/** Bytes that may precede JSON: white space and the byte order mark. */
const AHEAD: ReadonlySet<number> = new Set([SPACE, TAB, LINE_FEED, CARRIAGE_RETURN, 0xef, 0xbb, 0xbf]);

/** Content-Type of each shape. */
const MEDIA_TYPES = {
  form: /^application\/x-www-form-urlencoded$/i,
  json: /^application\/([\w.-]+\+)?json$/i,
} as const;

/** Formats that can be told apart by the bytes. */
type Shape = "json" | "json-lines" | "form";

/**
 * The format of this body. JSON begins with a bracket or a brace, which forms escape. In JSON Lines, one object ends a line and the next line
 * begins with another; within one JSON value, a comma would separate them, and texts escape line feeds. A single line is plain JSON.
 * @returns the format with the body's shape; the first format if there is none
 * @see https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set
 * @see https://jsonlines.org/
 */
export function formatOf(format: AdapterFormat, body: Uint8Array): BodyFormat {
  if (!isChoice(format)) return format;
  const shape = shapeOf(body);
  const [first = "json"] = format;
  return format.find((one) => shapesOf(one).includes(shape)) ?? first;
}

/**
 * Does Content-Type agree with the body's shape? Always true unless forms are accepted: only then could one text be read in two ways.
 * @param contentType as received, may have parameters
 */
export function agreesWithType(format: AdapterFormat, body: Uint8Array, contentType: string | null): boolean {
  if (!isChoice(format) || !format.some((one) => shapesOf(one).includes("form"))) return true;
  const [mediaType = ""] = (contentType ?? "").split(";");
  return MEDIA_TYPES[shapeOf(body) === "form" ? "form" : "json"].test(mediaType.trim());
}

function isChoice(format: AdapterFormat): format is readonly BodyFormat[] {
  return Array.isArray(format);
}

function shapesOf(format: BodyFormat): readonly Shape[] {
  if (format === "json" || format === "json-lines" || format === "form") return [format];
  return typeof format === "object" ? ["form"] : [];
}

function shapeOf(body: Uint8Array): Shape {
  const first = body.find((byte) => !AHEAD.has(byte));
  if (first === OPENING_BRACE) return hasLines(body) ? "json-lines" : "json";
  return first === OPENING_BRACKET ? "json" : "form";
}

/** Does an object end one line and another begin the next? */
function hasLines(body: Uint8Array): boolean {
  for (let end = body.indexOf(CLOSING_BRACE); end !== -1; end = body.indexOf(CLOSING_BRACE, end + 1)) {
    let next = end + 1;
    let isNewLine = false;
    for (; next < body.length; next++) {
      const byte = body[next] ?? 0;
      if (byte === LINE_FEED) isNewLine = true;
      else if (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN) break;
    }
    if (isNewLine && body[next] === OPENING_BRACE) return true;
  }
  return false;
}
