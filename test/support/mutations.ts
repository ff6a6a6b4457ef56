/**
 * Bodies as no vendor should send them, made from those that one did.
 */
import type { BodyFormat } from "../../src/contract/define.ts";
import { splitJwt } from "../../src/contract/jwt.ts";
import { readMultipart, writeMultipart } from "../../src/contract/multipart.ts";
import { encode as encodeBytes, utf8Bytes } from "../../src/contract/verify/encoding.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What a field becomes, as JSON text: first what no reader of any field takes for its own, then other kinds, and values at the edges. */
const HOSTILE = [
  "[null]",
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
  '"+275760-09-13T00:00:00.000Z"',
  `"${"x".repeat(5000)}"`,
  "[]",
  "{}",
];

/** How many mutants tell a field that is read from one that is not. */
export const TELLING = 3;

/** Stands where a mutation goes. */
const PLACE = "tributary-mutation";

/** A body that was changed at one place. */
export interface Mutant {
  readonly change: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** For every field in turn, the body with it left out and with it replaced by everything that it should not be. */
export function* mutantsOf(body: Uint8Array, format: BodyFormat): Generator<readonly Mutant[]> {
  const value = decode(body, format);
  for (const path of pathsIn(value)) {
    const name = path.join(".");
    const text = JSON.stringify(changed(value, path, PLACE));
    const absent = JSON.stringify(changed(value, path, undefined));
    const replaced = HOSTILE.map((literal) => ({
      change: `${name} = ${literal.slice(0, 40)}`,
      json: text.replace(`"${PLACE}"`, () => literal),
    }));
    yield [{ change: `${name} absent`, json: absent }, ...replaced].map(({ change, json }) => ({
      change,
      body: encode(json, format),
    }));
  }
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

function decode(body: Uint8Array, format: BodyFormat): Json {
  const text = new TextDecoder().decode(body);
  if (format === "json") return JSON.parse(text);
  if (format === "text") return text;
  if (format === "jwt") return JSON.parse(new TextDecoder().decode(splitJwt(text)?.claims));
  const fields = isMultipart(format) ? multipartFields(body) : Object.fromEntries(new URLSearchParams(text));
  const field = fieldOf(format);
  return field === null ? fields : JSON.parse(fields[field] ?? "null");
}

function encode(json: string, format: BodyFormat): Uint8Array<ArrayBuffer> {
  if (format === "json") return utf8Bytes(json);
  // What is kept was verified: whatever stands in the place of the signature is not looked at again.
  if (format === "jwt") return utf8Bytes(`e30.${encodeBytes(utf8Bytes(json), "base64url")}.AA`);
  const field = fieldOf(format);
  const value: Json = field === null ? JSON.parse(json) : { [field]: json };
  if (format === "text") return utf8Bytes(String(value));
  const fields = Object.entries(value ?? {}).map(([name, part]): [string, string] => [
    name,
    typeof part === "string" ? part : JSON.stringify(part),
  ]);
  return isMultipart(format)
    ? writeMultipart(fields.map(([name, part]) => ({ name, value: utf8Bytes(part) })))
    : utf8Bytes(new URLSearchParams(fields).toString());
}

function isMultipart(format: BodyFormat): boolean {
  return format === "multipart" || (typeof format === "object" && "multipart" in format);
}

/** The field that holds JSON; `null` where there is no such field. */
function fieldOf(format: BodyFormat): string | null {
  if (typeof format === "string") return null;
  return "form" in format ? format.form : format.multipart;
}

function multipartFields(body: Uint8Array): Readonly<Record<string, string>> {
  const parts = readMultipart(body, 1000) ?? [];
  return Object.fromEntries(parts.map(({ name, value }) => [name, new TextDecoder().decode(value ?? new Uint8Array())]));
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

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
