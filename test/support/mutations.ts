/**
 * Bodies as no vendor should send them, made from those that one did.
 */
import type { BodyFormat } from "../../src/contract/formats.ts";
import { splitJwt } from "../../src/contract/jwt.ts";
import { partsOfForm } from "../../src/contract/multipart.ts";
import { encode as encodeBytes, utf8Bytes } from "../../src/contract/verify/encoding.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What a field becomes, as JSON text: other kinds, and values at the edges. */
const HOSTILE = [
  '"\\ud800"',
  "null",
  "0",
  "-1",
  "1e300",
  "9007199254740993",
  "8640000000000000",
  "true",
  '""',
  '" "',
  '"__proto__"',
  '"NaN"',
  '"2026-13-45T00:00:00Z"',
  '"+275760-09-13T00:00:00.000Z"',
  `"${"x".repeat(5000)}"`,
  "[]",
  "[null]",
  "{}",
];

/** Stands where a mutation goes. */
const PLACE = "tributary-mutation";

/** A body that was changed at one place. It is made when it is asked for. */
export interface Mutant {
  readonly change: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A field of a body, and the body with that field changed. */
export interface Place {
  /** Its path; every index of a list is written `[]`, so that the items of a list have the same. */
  readonly name: string;
  /** How much its value shows: nothing where it is empty. */
  readonly weight: number;
  absent(): Mutant;
  /** The body without each of the objects and lists around the field, the nearest first. */
  without(): readonly Mutant[];
  /** What no reader takes for a value of this field: an object where a value or a list is expected, a list where an object is. */
  malformed(): Mutant;
  others(): readonly Mutant[];
}

/** Every field of a body, each once: of the items of a list the first that has it. */
export function placesIn(body: Uint8Array, format: BodyFormat): readonly Place[] {
  const value = decode(body, format);
  const found = new Map<string, readonly string[]>();
  for (const path of pathsIn(value)) {
    const name = nameOf(value, path);
    const known = found.get(name);
    if (known === undefined || weightOf(valueAt(value, path)) > weightOf(valueAt(value, known))) found.set(name, path);
  }
  return Array.from(found, ([name, path]) => placeAt(value, path, name, format));
}

function placeAt(value: Json, path: readonly string[], name: string, format: BodyFormat): Place {
  const without = (place: readonly string[]): Mutant => ({
    change: `${nameOf(value, place)} absent`,
    body: encode(JSON.stringify(changed(value, place, undefined) ?? null), format),
  });
  let around: string | null = null;
  const replaced = (literals: readonly string[]): readonly Mutant[] => {
    around ??= JSON.stringify(changed(value, path, PLACE) ?? null);
    const text = around;
    return literals.map((literal) => ({
      change: `${name} = ${literal.slice(0, 40)}`,
      get body() {
        return encode(
          text.replace(`"${PLACE}"`, () => literal),
          format,
        );
      },
    }));
  };
  const here = valueAt(value, path) ?? null;
  const isObject = typeof here === "object" && here !== null && !isList(here);
  const isField = path.length === 1 && fieldOf(format) === null && !["json", "json-lines", "jwt"].includes(String(format));
  // All that a form can do is to name a field more than once.
  const malformed = isField ? '["tributary","unknown"]' : isObject ? "[null]" : '{"tributary_unknown":null}';
  return {
    name,
    weight: weightOf(here),
    absent: () => without(path),
    without: () => path.slice(1).map((_, index) => without(path.slice(0, path.length - 1 - index))),
    malformed: () => replaced([malformed])[0] ?? without(path),
    others: () => replaced(HOSTILE),
  };
}

function nameOf(value: Json, path: readonly string[]): string {
  return path.map((key, index) => (isList(valueAt(value, path.slice(0, index))) ? "[]" : key)).join(".");
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (part, key) => (typeof part === "object" && part !== null && Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined),
    value,
  );
}

function weightOf(value: Json | undefined): number {
  return value === undefined ? 0 : JSON.stringify(value).replace(/^(null|""|\[\]|\{\})$/, "").length;
}

/** The body with keys in every object that nobody has asked for. */
export function withUnknownKeys(body: Uint8Array, format: BodyFormat): Uint8Array<ArrayBuffer> {
  const unknown =
    '"tributary_unknown":{"id":"unknown","email":"unknown@example.com"},"__proto__":{"email":"unknown@example.com"}';
  const text = JSON.stringify(marked(decode(body, format)));
  return encode(
    text.replaceAll(`"${PLACE}":0`, () => unknown),
    format,
  );
}

/** The body with every outer list of objects grown to `length` by repeating its first. */
export function withLongLists(body: Uint8Array, format: BodyFormat, length: number): Uint8Array<ArrayBuffer> {
  return encode(JSON.stringify(grown(decode(body, format), length)), format);
}

/** Stands where a text in JSON is a token: its claims are mutated too. */
const TOKEN = "tributary-token";

function withClaims(_name: string, value: Json): Json {
  const claims = typeof value === "string" && value.startsWith("eyJ") ? splitJwt(value)?.claims : undefined;
  return claims ? { [TOKEN]: JSON.parse(new TextDecoder().decode(claims), withClaims) } : value;
}

/** Bodies are mutated once they are verified: whatever stands in the place of a token's signature is not looked at again. */
function withTokens(_name: string, value: Json): Json {
  if (typeof value !== "object" || value === null || !(TOKEN in value)) return value;
  return `e30.${encodeBytes(utf8Bytes(JSON.stringify(Reflect.get(value, TOKEN))), "base64url")}.AA`;
}

/** Whole numbers that JavaScript would round as text, as which parsing keeps them. */
function withExactNumbers(json: string): string {
  return json.replace(/([:[,]\s*)(\d{17,})(?=\s*[,}\]])/g, '$1"$2"');
}

function decode(body: Uint8Array, format: BodyFormat): Json {
  const text = new TextDecoder().decode(body);
  if (format === "json") return JSON.parse(withExactNumbers(text), withClaims);
  if (format === "json-lines")
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  if (format === "text") return text;
  if (format === "jwt") return JSON.parse(new TextDecoder().decode(splitJwt(text)?.claims));
  const fields = Object.fromEntries(format === "multipart" ? (partsOfForm(text, 1000) ?? []) : new URLSearchParams(text));
  const field = fieldOf(format);
  return field === null ? fields : JSON.parse(fields[field] ?? "null");
}

function encode(json: string, format: BodyFormat): Uint8Array<ArrayBuffer> {
  if (format === "json") return utf8Bytes(json.includes(TOKEN) ? JSON.stringify(JSON.parse(json, withTokens)) : json);
  if (format === "json-lines") return utf8Bytes(asLines(JSON.parse(json)));
  // What is kept was verified: whatever stands in the place of the signature is not looked at again.
  if (format === "jwt") return utf8Bytes(`e30.${encodeBytes(utf8Bytes(json), "base64url")}.AA`);
  const field = fieldOf(format);
  const value: Json = field === null ? JSON.parse(json) : { [field]: json };
  if (format === "text") return utf8Bytes(String(value));
  const fields = Object.entries(value ?? {}).flatMap(([name, part]) => {
    const parts: readonly Json[] = field === null && isList(part) ? part : [part];
    return parts.map((one): [string, string] => [name, typeof one === "string" ? one : JSON.stringify(one)]);
  });
  return utf8Bytes(format === "multipart" ? asParts(fields) : new URLSearchParams(fields).toString());
}

function asParts(fields: readonly (readonly [string, string])[]): string {
  const parts = fields.map(
    ([name, value]) => `--tributary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--tributary--\r\n`;
}

function asLines(values: readonly Json[]): string {
  return values.map((value) => JSON.stringify(value)).join("\n");
}

/** The field that holds JSON; `null` where there is no such field. */
function fieldOf(format: BodyFormat): string | null {
  return typeof format === "string" ? null : format.form;
}

function* pathsIn(value: Json): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    yield [key];
    for (const path of pathsIn(part)) yield [key, ...path];
  }
}

/** A copy with another value at this path; `undefined` leaves it out. */
function changed(value: Json, [key, ...rest]: readonly string[], replacement: Json | undefined): Json | undefined {
  if (key === undefined) return replacement;
  if (isList(value)) {
    return value.flatMap((item, index) => {
      const kept = String(index) === key ? changed(item, rest, replacement) : item;
      return kept === undefined ? [] : [kept];
    });
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, part]): [string, Json | undefined] => [
    name,
    name === key ? changed(part, rest, replacement) : part,
  ]);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

function marked(value: Json): Json {
  if (isList(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  return { ...Object.fromEntries(Object.entries(value).map(([key, part]) => [key, marked(part)])), [PLACE]: 0 };
}

function grown(value: Json, length: number): Json {
  if (isList(value)) {
    const [first] = value;
    return typeof first === "object" && first !== null ? Array.from({ length }, () => first) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, grown(part, length)]));
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
