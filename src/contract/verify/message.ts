/**
 * The signed text: its possible parts and where a request holds them.
 */
import type { BodyFormat } from "../formats.ts";
import { fieldsOf, MOST_FIELDS } from "../parse.ts";
import { utf8Bytes } from "./encoding.ts";
import type { SignedRequest } from "./verifier.ts";

/** The place of a value: a header, or a field of the body (`signature.token`, `items.0.id`). */
export type Place = { readonly header: string } | { readonly field: string };

/** Where the signed URL holds the hash of the body: in the last field of its query. */
export interface HashPlace {
  readonly query: string;
}

/** A piece of the signed text. `null`: the request lacks it and is refused. */
export type Part = string | Uint8Array<ArrayBuffer> | null;

/** What a vendor may sign. Parsed on demand. */
export interface Parts {
  /** Exactly as received; empty if the scheme has none. */
  readonly timestamp: string;
  /** The delivery id; empty if the scheme has none. */
  readonly id: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the body, hex, for vendors that sign it instead of the body. */
  readonly bodyHash: string;
  /** The secret being tried, for vendors that include it in the signed text. */
  readonly secret: string;
  readonly method: string;
  /** The configured public URL of this request; `null` if none is configured. */
  readonly url: string | null;
  /** The path of that URL with its raw query. */
  readonly path: string | null;
  readonly query: URLSearchParams;
  header(name: string): string | null;
  /** A string, number or boolean in the body, as text. */
  field(path: string): string | null;
  /** Like `field`, for adapters that read nothing else of the body: signing the field then covers the body. */
  content(path: string): string | null;
  /** A form's distinct names and values, sorted by name, then value, without separators; `null` if there are too many. */
  sortedForm(): string | null;
}

/**
 * Adds the parts that can be derived from the request to those given.
 * @param field looks up fields of the body; default: from its bytes
 */
export function partsOf(
  request: SignedRequest,
  format: BodyFormat,
  known: Pick<Parts, "timestamp" | "id" | "secret" | "bodyHash">,
  field = fieldsOf(request.body, format),
): Parts {
  const { method, headers, query, body } = request;
  const url = request.url === "" ? null : request.url;
  const { timestamp, id, secret, bodyHash } = known;
  return {
    timestamp,
    id,
    secret,
    bodyHash,
    body,
    method,
    url,
    path: url === null ? null : url.replace(/^[a-z]+:\/\/[^/?#]*/i, ""),
    query,
    header: (name) => headers.get(name),
    field,
    content: field,
    sortedForm: () => sortedForm(body),
  };
}

/**
 * Does the URL hold exactly one hash, this one, at its very end? Vendors append it. Anywhere else it could be user input, because the same key
 * also signs URLs followed by a form's values.
 */
export function holdsHash({ url, query }: SignedRequest, place: HashPlace, hash: string): boolean {
  const [found, ...others] = query.getAll(place.query);
  return found === hash && others.length === 0 && url.endsWith(`${place.query}=${hash}`);
}

/** Appends this hash to the request's URL. */
export function withHash(request: SignedRequest, place: HashPlace, hash: string): SignedRequest {
  const query = new URLSearchParams(request.query);
  query.delete(place.query);
  query.append(place.query, hash);
  const [address = ""] = request.url.split("?");
  return { ...request, query, url: address === "" ? "" : `${address}?${query}` };
}

/** The names of the parts that a message consists of. */
export function partsRead(message: (parts: Parts) => unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const request = {
    method: "",
    url: "",
    headers: new Headers(),
    query: new URLSearchParams(),
    pathToken: null,
    body: new Uint8Array(),
  };
  message(
    new Proxy(partsOf(request, "text", { timestamp: "", id: "", secret: "", bodyHash: "" }), {
      get: (parts, name) => {
        names.add(String(name));
        return Reflect.get(parts, name);
      },
    }),
  );
  return names;
}

/** The text at a place; `null` if there is none. */
export function textAt(request: SignedRequest, place: Place, format: BodyFormat): string | null {
  return "header" in place ? request.headers.get(place.header) : fieldsOf(request.body, format)(place.field);
}

/**
 * Writes a text to a place in the request. A number stays a number.
 * @throws TypeError if the body has no fields
 */
export function write(request: SignedRequest, place: Place, text: string, format: BodyFormat): SignedRequest {
  if ("field" in place) return { ...request, body: writeField(request.body, place.field, text, format) };
  const headers = new Headers(request.headers);
  headers.set(place.header, text);
  return { ...request, headers };
}

function writeField(body: Uint8Array, path: string, text: string, format: BodyFormat): Uint8Array<ArrayBuffer> {
  const source = new TextDecoder().decode(body);
  const inJson = (json: string) => JSON.stringify(replace(JSON.parse(json), path.split("."), text));
  if (format === "json") return utf8Bytes(inJson(source));
  if (format === "text" || format === "jwt" || format === "json-lines" || format === "multipart") {
    throw new TypeError("only JSON and URL-encoded forms have fields to write");
  }
  const field = typeof format === "string" ? path : format.form;
  const renew = (value: string) => (typeof format === "string" ? text : inJson(value));
  const form = new URLSearchParams(source);
  form.set(field, renew(form.get(field) ?? "{}"));
  return utf8Bytes(form.toString());
}

function replace(value: unknown, path: readonly string[], text: string): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return typeof value === "number" ? Number(text) : text;
  const replaced = replace(member(value, name), rest, text);
  if (Array.isArray(value)) return value.with(Number(name), replaced);
  return { ...(typeof value === "object" ? value : {}), [name]: replaced };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : null;
}

/** Sorted forms by request: `either` needs the same one twice. */
const sorted = new WeakMap<Uint8Array, string | null>();

function sortedForm(body: Uint8Array): string | null {
  const known = sorted.get(body);
  if (known !== undefined) return known;
  const form = sortForm(body);
  sorted.set(body, form);
  return form;
}

function sortForm(body: Uint8Array): string | null {
  const text = new TextDecoder().decode(body);
  if (text.split("&", MOST_FIELDS + 1).length > MOST_FIELDS) return null;
  const names = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(text)) {
    names.set(name, (names.get(name) ?? new Set()).add(value));
  }
  return [...names.keys()]
    .sort()
    .flatMap((name) => [...(names.get(name) ?? [])].sort().map((value) => name + value))
    .join("");
}
