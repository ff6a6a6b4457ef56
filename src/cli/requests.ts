/**
 * Requests as vendors send them: with a signature, and with mischief where that is wanted.
 */
import { randomInt, randomUUID } from "node:crypto";
import type { Source } from "../config/model.ts";
import type { BodyFormat } from "../contract/formats.ts";
import { formatOf } from "../contract/formats.ts";
import { decode as decodeBytes, encode as encodeBytes } from "../contract/verify/encoding.ts";
import type { SignedRequest } from "../contract/verify/verifier.ts";
import { readWebhook } from "../translate/reading.ts";
import { toStored } from "./recorded.ts";

/** What is done to a webhook that must be refused. */
export type Mischief = "tamper" | "stale";

/** How far from the end of a body a value surely stands, characters. */
const ENDING = 10;

/** How long ago a stale webhook was signed, milliseconds: longer than any vendor allows. */
const STALE = 8 * 24 * 60 * 60 * 1000;

/**
 * The request with the vendor's signature.
 * @param now milliseconds since 1970
 */
export async function sign(request: SignedRequest, source: Source, now: number, mischief?: Mischief): Promise<SignedRequest> {
  const [secret = ""] = source.secrets;
  const { verifier } = source.configured;
  const signed = await verifier.sign(request, secret, mischief === "stale" ? now - STALE : now);
  if (mischief !== "tamper") return signed;
  // A proof that does not cover the body is itself altered, where we can make another.
  return verifier.covers === "body" || verifier.demoSecret !== undefined
    ? { ...signed, body: altered(signed.body) }
    : verifier.sign(request, alteredText(secret), now);
}

/** The body with one character of a value replaced: still of the same form, but not what was signed. */
function altered(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = decode(body);
  const value = /:\s*"(?=\w)(?!eyJ)/.exec(text);
  // In a form, and in a token (also one in JSON), a value stands at the end.
  const end = value === null ? Math.max(0, text.length - ENDING) : value.index + value[0].length;
  return encode(text.slice(0, end) + alteredText(text.slice(end)));
}

function alteredText(text: string): string {
  return text.replace(/\w/, (character) => (character === "1" ? "2" : "1"));
}

/**
 * Makes the request a new event with the same content. If the signature carries the id, signing renews it. Otherwise it replaces the id in the
 * header or body. If there is none, the id is a hash of the body, and an unused field is added.
 */
export async function freshen(request: SignedRequest, source: Source, now: number): Promise<SignedRequest> {
  const told = await tell(request, source, now);
  for (const candidate of candidatesOf(request, told, unsignedFormat(formatOf(source.adapter.format, request.body)))) {
    const { events } = await tell(candidate, source, now);
    const tellsTheSame =
      events.length === told.events.length && events.every((event, index) => isFresh(event, told.events[index]));
    if (tellsTheSame) return candidate;
  }
  return request;
}

/** What a request says once it is signed. */
interface Told {
  readonly nonce: string | null;
  readonly events: readonly { readonly id: string; readonly type: string; readonly kind: string }[];
}

async function tell(request: SignedRequest, source: Source, now: number): Promise<Told> {
  const stored = await toStored(await sign(request, source, now), source, now);
  const { events } = await readWebhook(stored, source);
  const { nonce } = stored;
  return {
    nonce,
    events: events.map(({ event }) => ({ id: event.id, type: event.type, kind: source.configured.map(event).kind })),
  };
}

function isFresh(event: Told["events"][number], before: Told["events"][number] | undefined): boolean {
  return event.id !== before?.id && event.type === before?.type && event.kind === before.kind;
}

/** Requests that may be new events, the likeliest first. */
function* candidatesOf(request: SignedRequest, { nonce, events }: Told, format: BodyFormat): Generator<SignedRequest> {
  yield request;
  const text = decode(request.body);
  const headers = [...request.headers].map(([name, value]): [string, string] => [name, value === nonce ? similar(value) : value]);
  yield { ...request, headers: new Headers(headers) };
  for (const { within, written, withOther } of layersOf(text, format)) {
    const parts = events.map(({ id, type }) => partsOf(id).filter((part) => part !== type && placeOf(part).test(within)));
    for (let place = 0; place < Math.max(0, ...parts.map(({ length }) => length)); place += 1) {
      const ids = new Set(parts.flatMap((own) => own[place] ?? []));
      const other = [...ids].reduce((body, id) => body.replaceAll(placeOf(id), written(similar(id))), within);
      yield { ...request, body: encode(withOther(other)) };
    }
  }
  yield { ...request, body: encode(withUnreadField(text, format)) };
}

function plain(text: string): string {
  return text;
}

/** A body, and within a form each field that is another text in base64. */
function layersOf(text: string, format: BodyFormat) {
  const fields = typeof format === "string" && format !== "form" ? [] : [...new URLSearchParams(text)];
  return [
    { within: text, written: format === "form" ? encodeURIComponent : plain, withOther: plain },
    ...fields.flatMap(([name, value]) => {
      const bytes = decodeBytes(value.replace(/\s/g, ""), "base64");
      const withOther = (other: string) => {
        const form = new URLSearchParams(text);
        form.set(name, encodeBytes(encode(other), "base64"));
        return form.toString();
      };
      return bytes === null ? [] : [{ within: decode(bytes), written: plain, withOther }];
    }),
  ];
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/;

/** An adapter may have made an id of several parts, and not each stands in the body: the likeliest first. */
function partsOf(id: string): readonly string[] {
  const [time] = TIME.exec(id) ?? [];
  const times = time === undefined ? [] : [time, time.replace(".000Z", "Z")];
  return [id, ...id.split(/[:/|]/).reverse(), ...times];
}

/** Where an id stands in a text, as it is or as forms write it: not inside of a longer word. */
function placeOf(id: string): RegExp {
  const spellings = [id, encodeURIComponent(id)].map((spelling) => spelling.replace(/[^\w]/g, "\\$&"));
  return new RegExp(`(?<![A-Za-z0-9])(${spellings.join("|")})(?![A-Za-z0-9])`, "g");
}

/** What a body is before it is signed: a token is made of its claims. */
function unsignedFormat(format: BodyFormat): BodyFormat {
  return format === "jwt" ? "json" : format;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Another id of the same shape; a short one becomes longer, or it would soon be the same again. */
function similar(id: string): string {
  if (UUID.test(id)) return randomUUID();
  if (TIME.test(id) && !Number.isNaN(Date.parse(id)))
    return new Date(Date.parse(id) - randomInt(1, 100_000) * 1000).toISOString();
  const letters = /^[0-9a-f]{16,}$/.test(id) ? "abcdef" : "abcdefghijklmnopqrstuvwxyz";
  const pick = (from: string) => from.charAt(randomInt(from.length));
  const start = id.lastIndexOf("_") + 1;
  // The first character stays, so that a number keeps its length.
  const rest = id.slice(start + 1).replace(/[a-z]/g, () => pick(letters));
  return (
    id.slice(0, start + 1) +
    rest.replace(/[A-Z]/g, () => pick("ABCDEFGHJKMNPQRSTVWXYZ")).replace(/[0-9]/g, () => pick("0123456789")) +
    (id.length - start < 6 ? String(randomInt(1e6, 1e7)) : "")
  );
}

function withUnreadField(text: string, format: BodyFormat): string {
  if (format === "json")
    return text.replace(
      // Of a list, its first item.
      /^(\s*\[?\s*)\{\s*(\}?)/,
      (_, start: string, end: string) => `${start}{"tributary_send":"${randomUUID()}"${end === "" ? "," : end}`,
    );
  if (format === "form") return `${text}&tributary_send=${randomUUID()}`;
  if (format === "multipart")
    return text.replace(/^(\S+)\r\n/, `$&Content-Disposition: form-data; name="tributary_send"\r\n\r\n${randomUUID()}\r\n$1\r\n`);
  if (format === "json-lines")
    return text
      .split("\n")
      .map((line) => withUnreadField(line, "json"))
      .join("\n");
  if (typeof format === "string") return text;
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
