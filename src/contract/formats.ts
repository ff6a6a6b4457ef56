/**
 * Which of several formats a body has, where an adapter takes more than one.
 *
 * Content-Type is unsigned: it could turn a text inside JSON into fields of a form. So the signed bytes decide, in verifying, mapping and
 * replaying alike, and a contradicting Content-Type is refused.
 */

/**
 * How the bytes of a body become a value: JSON; JSON Lines, as the list of their values; a URL-encoded form, or one whose named
 * field is JSON; the claims of a JWT, whose signature the verifier has checked; or plain text.
 */
export type BodyFormat = "json" | "json-lines" | "form" | { readonly form: string } | "jwt" | "text";

/** How an adapter's bodies are read: all in one way, or each in one of several, whichever it is by its bytes (`formatOf`). */
export type AdapterFormat = BodyFormat | readonly BodyFormat[];

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;

/** Space, tab and ends of line, which may stand ahead of JSON, and the bytes of a byte order mark. */
const AHEAD: ReadonlySet<number> = new Set([SPACE, TAB, LINE_FEED, CARRIAGE_RETURN, 0xef, 0xbb, 0xbf]);

/** What vendors write into Content-Type. */
const MEDIA_TYPES = {
  form: /^application\/x-www-form-urlencoded$/i,
  json: /^application\/([\w.-]+\+)?json$/i,
} as const;

/** Formats that the bytes alone distinguish. */
type Shape = "json" | "json-lines" | "form";

/**
 * How this body is read. JSON begins with a bracket or a brace, which forms escape. Of JSON Lines, one object ends a line and another begins the
 * next, where within one value a comma would stand between them, and a text would have its line feed escaped; a single line is plain JSON.
 * @returns of several formats the one that has the body's shape, the first where none has
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
 * Does Content-Type name the format that the body has? Asked only where a form may be meant, which is what one text could be read as in two
 * ways: elsewhere it plays no part.
 * @param contentType as received, perhaps with parameters
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

/** Does an object end where a line does, and another begin with the next one? */
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
