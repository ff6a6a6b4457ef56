/**
 * Reads the vendor events of a verified body, and decides which are ignored: the same at acceptance, translation, replay and in `npm run map`.
 */
import type { Source } from "../config/model.ts";
import { counted } from "../contract/counted.ts";
import type { AdapterFormat, BodyFormat } from "../contract/formats.ts";
import { agreesWithType, formatOf } from "../contract/formats.ts";
import type { WebhookPart } from "../contract/interface.ts";
import { isoOf } from "../contract/iso.ts";
import { type ParseResult, parseBody } from "../contract/parse.ts";
import type { VendorEvent } from "../contract/vendor-event.ts";
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";

/** The content of a verified webhook. */
export interface WebhookContent {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly format: BodyFormat;
  /** Only the headers and query fields that the adapter's schema reads. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly nonce: string | null;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The id and type of a vendor event. */
export interface EventName {
  readonly id: string;
  readonly type: string;
}

/** A vendor event, and the reason to ignore it; `null` if it is taken. */
export interface ReadEvent {
  readonly event: VendorEvent;
  readonly ignored: string | null;
}

/** A verified but unreadable webhook, or unreadable items of a batch. */
export interface Unreadable extends EventName {
  /** Names fields, never values. */
  readonly issue: string;
  readonly format: BodyFormat;
  /** The bytes as received; for items of a batch, a JSON body with these items only. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The result of reading a webhook. */
export interface Reading {
  readonly events: readonly ReadEvent[];
  readonly unreadable: readonly Unreadable[];
  /** The whole webhook as one unreadable part. */
  whole(issue: string): Promise<Unreadable>;
  /** The part that had this name when it was unreadable, read by today's adapter; `null` if no part had it. */
  partsNamed(id: string): Promise<Pick<Reading, "events" | "unreadable"> | null>;
}

/** The type of unreadable parts, and the prefix of their names. */
const UNREADABLE = "unreadable";
const PREFIX = `${UNREADABLE}:`;

/** Maximum of unreadable items of a batch, and of their bytes, that are kept one by one. Beyond it, all of them are kept together. */
const MOST_APART = 100;
const MOST_BYTES_APART = 1_000_000;

/** The format of a body, or why it has none. */
export type FoundFormat = { readonly ok: true; readonly format: BodyFormat } | { readonly ok: false; readonly issue: string };

/**
 * The format of a body. A body without one is refused and not kept: an empty body has no content, and a replay must not read a body whose
 * Content-Type contradicts its bytes.
 * @param contentType as received; `undefined` if it is unknown
 */
export function findFormat(format: AdapterFormat, body: Uint8Array, contentType: string | null | undefined): FoundFormat {
  if (body.byteLength === 0) return { ok: false, issue: "the body is empty" };
  if (contentType !== undefined && !agreesWithType(format, body, contentType))
    return { ok: false, issue: "Content-Type names another format than the body has" };
  return { ok: true, format: formatOf(format, body) };
}

/** Reads a webhook with today's adapter. Never throws. @param parsed its body, if it is parsed already */
export async function readWebhook(
  webhook: WebhookContent,
  source: Source,
  parsed: ParseResult = parseBody(webhook.body, webhook.format),
): Promise<Reading> {
  const nameOf = (body: Uint8Array<ArrayBuffer>) => nameOfUnreadable(webhook, body);
  const whole = (issue: string) => unreadable(nameOf, issue, webhook.format, webhook.body);
  const parts = parsed.ok ? (partsOf(webhook, source, parsed.value) ?? (await hashedPartsOf(webhook, source, parsed.value))) : [];

  const eventsIn = (some: readonly WebhookPart[]): readonly ReadEvent[] => {
    const read: ReadEvent[] = [];
    for (const part of some)
      if (part.ok) for (const event of part.events) read.push({ event, ignored: reasonToIgnore(event, source) });
    return read;
  };

  const unreadableIn = async (some: readonly WebhookPart[]): Promise<readonly Unreadable[]> => {
    if (!parsed.ok) return [await whole(parsed.issue)];
    const lost = some.flatMap((part) => (part.ok ? [] : [part]));
    const [first] = lost;
    if (first === undefined) return [];
    if (parts.length === 1) return [await whole(first.issue)];
    const apart = lost.length > MOST_APART ? [] : lost.map(({ body, issue }) => ({ body: bytesOf(body), issue }));
    if (apart.length > 0 && apart.reduce((sum, { body }) => sum + body.byteLength, 0) <= MOST_BYTES_APART)
      return Promise.all(apart.map(({ body, issue }) => unreadable(nameOf, issue, "json", body)));
    const together = source.configured.narrow(parsed.value, new Set(lost.map(({ place }) => place)));
    return [await unreadable(nameOf, `${counted(lost.length, "event")}: ${first.issue}`, "json", bytesOf(together))];
  };

  let names: ReadonlyMap<string, readonly WebhookPart[]> | null = null;
  return {
    events: eventsIn(parts),
    unreadable: parsed.ok && parts.every(({ ok }) => ok) ? [] : await unreadableIn(parts),
    whole,
    partsNamed: async (id) => {
      if (!id.startsWith(PREFIX)) return null;
      names ??= new Map([
        ...(await Promise.all(parts.map(async (part) => [await nameOf(bytesOf(part.body)), [part]] as const))),
        [await nameOf(webhook.body), parts] as const,
      ]);
      const named = names.get(id);
      return named === undefined ? null : { events: eventsIn(named), unreadable: await unreadableIn(named) };
    },
  };
}

/** Adapters that have asked for the hash of a body. To make it takes as long as to verify, and most vendors sign an id. */
const hashing = new WeakSet<Source["adapter"]>();

/** The parts of a webhook; `null` if its adapter asks for the hash of the body. */
function partsOf(webhook: WebhookContent, source: Source, body: unknown): readonly WebhookPart[] | null {
  const { adapter } = source;
  if (hashing.has(adapter)) return null;
  const parts = readParts(webhook, source, body, () => {
    hashing.add(adapter);
    return "";
  });
  return hashing.has(adapter) ? null : parts;
}

/** The same with the hash. Hashing is asynchronous, adapters are not: the webhook with which one asks for the first time is read again. */
async function hashedPartsOf(webhook: WebhookContent, source: Source, body: unknown): Promise<readonly WebhookPart[]> {
  const hash = await hashOf(webhook.body);
  return readParts(webhook, source, body, () => hash);
}

function readParts(
  { receivedAt, headers, query, nonce }: WebhookContent,
  { configured }: Source,
  body: unknown,
  bodyHash: () => string,
): readonly WebhookPart[] {
  const arrival = {
    receivedAt: isoOf(receivedAt),
    get bodyHash() {
      return bodyHash();
    },
    ...(nonce === null ? {} : { nonce }),
  };
  return configured.read({ body, headers, query }, arrival);
}

/** The reason to ignore an event; `null` if it is taken. Of another tenant's event nothing else is told. */
function reasonToIgnore(event: VendorEvent, { adapter, configured, options }: Source): string | null {
  if (configured.tenant !== null && event.tenant !== configured.tenant) return "of another tenant";
  if (event.ignore !== undefined) return event.ignore;
  const interest = adapter.interest(event.type);
  if (interest.kind === "ignored") return interest.reason;
  if (options.eventsOff.has(event.type)) return "turned off by events_off";
  if (interest.kind === "off" && !options.eventsOn.has(event.type)) return interest.reason;
  if (event.test && options.testEvents === "ignore") return "test mode";
  return null;
}

async function unreadable(
  nameOf: (body: Uint8Array<ArrayBuffer>) => Promise<string>,
  issue: string,
  format: BodyFormat,
  body: Uint8Array<ArrayBuffer>,
): Promise<Unreadable> {
  return { id: await nameOf(body), type: UNREADABLE, issue, format, body };
}

/** The name of an unreadable body. It depends on bytes, headers and query, so that a redelivery is recognised. */
async function nameOfUnreadable({ headers, query }: WebhookContent, body: Uint8Array<ArrayBuffer>): Promise<string> {
  return `${PREFIX}${await hashOf(utf8Bytes(JSON.stringify([headers, query, await hashOf(body)])))}`;
}

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  return utf8Bytes(JSON.stringify(body) ?? "null");
}

/** SHA-256, hex. */
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), "hex");
}
