/**
 * Webhooks as vendors send them: fixtures with a signature.
 */
import { createHash, randomInt, randomUUID } from "node:crypto";
import type { StoredWebhook } from "../account/mapping.ts";
import type { Source } from "../config.ts";
import type { BodyFormat } from "../contract/define.ts";
import { parseBody } from "../contract/parse.ts";
import type { SignedRequest } from "../contract/verify/verifier.ts";
import type { Fixture } from "./fixtures.ts";

/** What is done to a webhook that must be refused. */
export type Mischief = "tamper" | "stale";

/** How long ago a stale webhook was signed, milliseconds: longer than any vendor allows. */
const STALE = 24 * 60 * 60 * 1000;

/** A fixture as a request that is not signed yet. */
export function toRequest(fixture: Fixture, source: Source): SignedRequest {
  const query = new URLSearchParams(fixture.query);
  const url = source.publicUrl ?? "";
  return {
    method: "POST",
    url: url !== "" && query.size > 0 ? `${url}?${query}` : url,
    headers: new Headers({ ...fixture.headers, "content-type": fixture.contentType }),
    query,
    pathToken: null,
    body: encode(fixture.text),
  };
}

/**
 * The request with the vendor's signature.
 * @param now milliseconds since 1970
 */
export async function sign(request: SignedRequest, source: Source, now: number, mischief?: Mischief): Promise<SignedRequest> {
  const [secret = ""] = source.secrets;
  const { verifier } = source.configured;
  const signed = await verifier.sign(request, secret, mischief === "stale" ? now - STALE : now);
  if (mischief !== "tamper") return signed;
  // A proof that does not cover the body is itself altered.
  return verifier.covers === "body"
    ? { ...signed, body: altered(signed.body) }
    : verifier.sign(request, alteredText(secret), now);
}

/** The body with one character of a value replaced: still of the same form, but not what was signed. */
function altered(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = decode(body);
  const value = /:\s*"(?=\w)/.exec(text);
  const end = value === null ? 0 : value.index + value[0].length;
  return encode(text.slice(0, end) + alteredText(text.slice(end)));
}

function alteredText(text: string): string {
  return text.replace(/\w/, (character) => (character === "1" ? "2" : "1"));
}

/** A request as it is kept once it is verified: all of its events, and only the fields that the adapter reads. */
export async function toStored(request: SignedRequest, source: Source, now: number): Promise<StoredWebhook> {
  const { adapter, configured, secrets } = source;
  const verdict = await configured.verifier.verify(request, secrets, now);
  const pick = (names: readonly string[], from: Headers | URLSearchParams) =>
    Object.fromEntries(names.flatMap((name) => (from.has(name) ? [[name, from.get(name) ?? ""]] : [])));
  return {
    receivedAt: now,
    format: adapter.format,
    headers: pick(adapter.reads.headers, request.headers),
    query: pick(adapter.reads.query, request.query),
    nonce: verdict.ok ? (verdict.nonce ?? null) : null,
    body: request.body,
    events: null,
  };
}

/**
 * The request as a new event: with other ids where they stand in the body, else with a field that nobody reads, since the id is then made of
 * the body. Ids that the signature brings are new with each signature.
 */
export function freshen(request: SignedRequest, source: Source, now: number): SignedRequest {
  const text = decode(request.body);
  const renewed = idsIn(request, source, now).reduce(withNewId, text);
  return { ...request, body: encode(renewed === text ? withUnreadField(text, source.adapter.format) : renewed) };
}

function idsIn(request: SignedRequest, { adapter, configured }: Source, now: number): readonly string[] {
  const parsed = parseBody(request.body, adapter.format);
  if (!parsed.ok) return [];
  const read = configured.read(
    { body: parsed.value, headers: Object.fromEntries(request.headers), query: Object.fromEntries(request.query) },
    { receivedAt: new Date(now).toISOString(), bodyHash: createHash("sha256").update(request.body).digest("hex") },
  );
  return read.ok ? [...new Set(read.events.map(({ id }) => id))] : [];
}

/** The text with a new id. An adapter may have made the id of several parts: the last that is an id in the text is taken. */
function withNewId(text: string, id: string): string {
  const parts = [id, ...id.split(/[:/|]/).reverse()];
  const own = parts.find((part) => /\d/.test(part) && part.length >= 4 && text.includes(part));
  return own === undefined ? text : text.replaceAll(own, similar(own));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Another id of the same shape. */
function similar(id: string): string {
  if (UUID.test(id)) return randomUUID();
  const letters = /^[0-9a-f]{16,}$/.test(id) ? "abcdef" : "abcdefghijklmnopqrstuvwxyz";
  const pick = (from: string) => from.charAt(randomInt(from.length));
  const start = id.lastIndexOf("_") + 1;
  // The first character stays, so that a number keeps its length.
  const rest = id.slice(start + 1).replace(/[a-z]/g, () => pick(letters));
  return (
    id.slice(0, start + 1) +
    rest.replace(/[A-Z]/g, () => pick("ABCDEFGHJKMNPQRSTVWXYZ")).replace(/[0-9]/g, () => pick("0123456789"))
  );
}

function withUnreadField(text: string, format: BodyFormat): string {
  if (format === "json")
    return text.replace(/^\s*\{\s*(\}?)/, (_, end: string) => `{"tributary_send":"${randomUUID()}"${end === "" ? "," : end}`);
  if (format === "form") return `${text}&tributary_send=${randomUUID()}`;
  if (format === "text") return text;
  const form = new URLSearchParams(text);
  form.set(format.form, withUnreadField(form.get(format.form) ?? "", "json"));
  return form.toString();
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** What the Worker answered. */
export interface Answer {
  /** Where it was asked, without a secret. */
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/**
 * Posts a signed request.
 * @param to the Worker's address, without a path
 * @returns `null` where nothing answers
 */
export async function post(request: SignedRequest, account: string, source: string, to: string): Promise<Answer | null> {
  const url = new URL(`/hooks/${account}/${source}`, to);
  const shown = url.href;
  if (request.pathToken !== null) url.pathname += `/${request.pathToken}`;
  url.search = request.query.toString();
  const { method, headers, body } = request;
  try {
    const response = await fetch(url, { method, headers, body, redirect: "manual" });
    return { url: shown, status: response.status, text: (await response.text()).trim() };
  } catch {
    return null;
  }
}
