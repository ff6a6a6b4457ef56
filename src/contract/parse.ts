/**
 * Parses bodies: JSON, JSON Lines and forms, within limits.
 */
import type { BodyFormat } from "./formats.ts";
import { jsonSourceAt } from "./json-field.ts";
import { splitJwt } from "./jwt.ts";
import { partsOfForm } from "./multipart.ts";

/** The result of parsing a body. The issue never names a value. */
export type ParseResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly issue: string };

/** Maximum nesting of a JSON body: far more than any vendor's, far less than what exhausts the stack. */
export const DEEPEST_NESTING = 200;

/** Maximum number of fields in a form. */
export const MOST_FIELDS = 1000;

const TOO_MANY_FIELDS = `the form has more than ${MOST_FIELDS} fields`;

// Skips a byte order mark; refuses bytes that are not UTF-8.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Parses the raw bytes of a body. Never throws.
 *
 * JSON: integers beyond 2^53 become text, digit for digit; a key named `__proto__` is a key like any other.
 * Form: a plain object of texts; a repeated field becomes a list, so that no value is silently preferred.
 * Multipart: the same as a form; files are left out.
 * JSON Lines: a list of values; a line that is not JSON stays text, so that only this line is refused.
 * JWT: its claims. The verifier checks the signature.
 */
export function parseBody(bytes: Uint8Array, format: BodyFormat): ParseResult {
  return parse(bytes, format, parseJson);
}

/**
 * Parses like `parseBody`, in a fraction of the time, but rounds integers beyond 2^53. For small unverified bodies that are not stored.
 */
export function parseUnproven(bytes: Uint8Array, format: BodyFormat): ParseResult {
  return parse(bytes, format, parseRoundedJson);
}

/**
 * Finds strings, numbers and booleans in an unverified body without parsing JSON, and gives them as text, as `parseBody` would read them.
 * A path is member names and element indexes joined by full stops. Nothing is read before the first call.
 * @returns `null` if there is no such value at the path; arbitrary for a body that cannot be parsed
 */
export function fieldsOf(bytes: Uint8Array, format: BodyFormat): (path: string) => string | null {
  const isJson = format === "json" || format === "jwt" || typeof format === "object";
  let read: ParseResult | null = null;
  return (path) => {
    // For JSON the text, for a form its fields.
    read ??= parse(bytes, format, (text) => ({ ok: true, value: text }));
    const names = path.split(".");
    const found = read.ok && isJson ? jsonField(String(read.value), names) : read;
    const value = !found.ok ? null : isJson ? found.value : names.reduce<unknown>(member, found.value);
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
  };
}

function jsonField(text: string, path: readonly string[]): ParseResult {
  const source = jsonSourceAt(text, path);
  const isScalar = source !== null && !source.startsWith("{") && !source.startsWith("[");
  if (!isScalar) return { ok: true, value: null };
  return source.startsWith('"') ? parseRoundedJson(source, "the field") : parseJson(source, "the field");
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : null;
}

/** Parses JSON. @param what subject of the issue on failure */
type ReadJson = (text: string, what: string) => ParseResult;

function parse(bytes: Uint8Array, format: BodyFormat, readJson: ReadJson): ParseResult {
  const text = decode(bytes);
  if (text === null) return { ok: false, issue: "the body is not UTF-8" };
  if (format === "text") return { ok: true, value: text };
  if (format === "json") return readJson(text, "the body");
  if (format === "json-lines") return { ok: true, value: parseLines(text, readJson) };
  if (format === "jwt") return parseJwt(text, readJson);
  if (format === "multipart") return fromForm(parseParts(text), null, readJson);
  return fromForm(parseForm(text), format === "form" ? null : format.form, readJson);
}

/** The fields of a form, by name. */
type Form = ReadonlyMap<string, string | readonly string[]>;

/** @param field the field that holds JSON; `null` for all fields as they are */
function fromForm(form: Form | string, field: string | null, readJson: ReadJson): ParseResult {
  if (typeof form === "string") return { ok: false, issue: form };
  if (field === null) return { ok: true, value: Object.fromEntries(form) };
  const value = form.get(field);
  if (typeof value !== "string") return { ok: false, issue: `the form needs one field "${field}"` };
  return readJson(value, `the field "${field}"`);
}

function parseJwt(text: string, readJson: ReadJson): ParseResult {
  const claims = decode(splitJwt(text)?.claims ?? new Uint8Array());
  return claims ? readJson(claims, "the token") : { ok: false, issue: "the body is not a token" };
}

function parseLines(text: string, readJson: ReadJson): readonly unknown[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const parsed = readJson(line, "the line");
    return parsed.ok ? parsed.value : line;
  });
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function parseJson(text: string, what: string): ParseResult {
  // A reviver makes parsing many times slower, so it is used only where there is a long number.
  return hasLongNumber(text) ? parseWith(exact, text, what) : parseRoundedJson(text, what);
}

function parseRoundedJson(text: string, what: string): ParseResult {
  return parseWith(undefined, text, what);
}

function parseWith(reviver: typeof exact | undefined, text: string, what: string): ParseResult {
  if (nestsTooDeep(text)) return { ok: false, issue: `${what} is nested more than ${DEEPEST_NESTING} deep` };
  try {
    return { ok: true, value: JSON.parse(text, reviver) };
  } catch {
    return { ok: false, issue: `${what} is not JSON` };
  }
}

/** Keeps an integer that a double cannot hold as the text that was sent. */
function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? source
    : value;
}

/** Digits of the shortest integer that a double may not hold. */
const LONG = 16;

/**
 * Whether a number may be that long. Looks at one character of so many: among as many digits there is one of them. Most long digits
 * are part of a text, where no white space, colon, comma or bracket is in front of them.
 */
function hasLongNumber(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text, at)) continue;
    let first = at;
    while (isDigit(text, first - 1)) first -= 1;
    while (isDigit(text, at + 1)) at += 1;
    if (at - first + 1 >= LONG && /(^|[\s:,[])-?$/.test(text.slice(Math.max(0, first - 2), first))) return true;
  }
  return false;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0x30 && code <= 0x39;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Counts brackets outside strings before the parser recurses into them. */
function nestsTooDeep(text: string): boolean {
  if (!mayNest(text, DEEPEST_NESTING)) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPENING_BRACKET || code === OPENING_BRACE) {
      if (++depth > DEEPEST_NESTING) return true;
    } else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) depth--;
  }
  return false;
}

/** Where the string that begins at a quote ends. */
function endOfString(text: string, begin: number): number {
  for (let index = begin + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index++;
  }
  return text.length;
}

/** Opening brackets that are looked at before all characters are. */
const MOST_BRACKETS = 10_000;

/**
 * Whether a text may nest deeper than that: counts opening brackets, in strings too. Not those that follow a closing one after a comma, as in a
 * list of objects: both are in the same string, or one takes back what the other adds. It is a tenth of the work of reading all characters.
 */
function mayNest(text: string, deepest: number): boolean {
  let seen = 0;
  let depth = 0;
  for (const bracket of ["{", "["])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (!followsClosing(text, at)) depth += 1;
      if (depth > deepest || ++seen > MOST_BRACKETS) return true;
    }
  return false;
}

function followsClosing(text: string, index: number): boolean {
  if (text.charCodeAt(index - 1) !== COMMA) return false;
  const before = text.charCodeAt(index - 2);
  return before === CLOSING_BRACE || before === CLOSING_BRACKET;
}

/** The fields of a form, or what is wrong with it. */
function parseForm(text: string): Form | string {
  if (text.split("&", MOST_FIELDS + 1).length > MOST_FIELDS) return TOO_MANY_FIELDS;
  return collect(new URLSearchParams(text));
}

/** The same of a form with parts. */
function parseParts(text: string): Form | string {
  const parts = partsOfForm(text, MOST_FIELDS);
  return parts === null ? "the body is no form with parts" : collect(parts);
}

function collect(named: Iterable<readonly [string, string]>): Form {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of named) {
    const known = fields.get(name);
    if (typeof known === "object") known.push(value);
    else fields.set(name, known === undefined ? value : [known, value]);
  }
  return fields;
}
