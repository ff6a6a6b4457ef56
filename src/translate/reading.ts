/**
 * From a verified body to vendor events, and which of them are left out: the same at acceptance, at delivery, at replay and in `npm run map`.
 */
import type { Source } from "../config/model.ts";
import type { AdapterFormat, BodyFormat, VendorEvent, WebhookPart } from "../contract/define.ts";
import { agreesWithType, formatOf } from "../contract/formats.ts";
import { type ParseResult, parseBody } from "../contract/parse.ts";
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";

/** A verified webhook, without what the core made of it. */
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

/** What a vendor event is known by. */
export interface EventName {
  readonly id: string;
  readonly type: string;
}

/** A vendor event, and why it is left out; `null` where it is taken. */
export interface ReadEvent {
  readonly event: VendorEvent;
  readonly ignored: string | null;
}

/** What is verified and cannot be read: a webhook, or items of a batch. */
export interface Unreadable extends EventName {
  /** Names fields, never values. */
  readonly issue: string;
  readonly format: BodyFormat;
  /** The bytes as they came; of items of a batch, a body with them alone, as JSON. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A webhook, read. */
export interface Reading {
  readonly events: readonly ReadEvent[];
  readonly unreadable: readonly Unreadable[];
  /** The webhook as one part, to be kept under one name. */
  whole(issue: string): Promise<Unreadable>;
  /** What had this name when it could not be read, as it is read today; `null` where nothing had it. */
  partsNamed(id: string): Promise<Pick<Reading, "events" | "unreadable"> | null>;
}

/** The type of what cannot be read, and how its name begins. */
const UNREADABLE = "unreadable";
const PREFIX = `${UNREADABLE}:`;

/** Items of one batch that are kept one by one; where more cannot be read, all of them are kept together. So are they where they pass these bytes. */
const MOST_APART = 100;
const MOST_BYTES_APART = 1_000_000;

/** How a body is read, or why it is not. */
export type FoundFormat = { readonly ok: true; readonly format: BodyFormat } | { readonly ok: false; readonly issue: string };

/**
 * The format of a body. What has none is refused and not kept: of an empty body nothing is left to keep, and a body whose sender says that it
 * is something else than its bytes are must not be read after all by a later replay.
 * @param contentType as received; `undefined` where it is unknown
 */
export function findFormat(format: AdapterFormat, body: Uint8Array, contentType: string | null | undefined): FoundFormat {
  if (body.byteLength === 0) return { ok: false, issue: "the body is empty" };
  if (contentType !== undefined && !agreesWithType(format, body, contentType))
    return { ok: false, issue: "Content-Type names another format than the body has" };
  return { ok: true, format: formatOf(format, body) };
}

/** Reads a webhook with today's adapter. Never throws. @param parsed its body, where that is parsed already */
export async function readWebhook(
  webhook: WebhookContent,
  source: Source,
  parsed: ParseResult = parseBody(webhook.body, webhook.format),
): Promise<Reading> {
  const bodyHash = await hashOf(webhook.body);
  const nameOf = (body: Uint8Array<ArrayBuffer>) => nameOfUnreadable(webhook, body);
  const whole = (issue: string) => unreadable(nameOf, issue, webhook.format, webhook.body);
  const parts = parsed.ok ? partsOf(webhook, source, parsed.value, bodyHash) : [];

  const judge = async (some: readonly WebhookPart[]): Promise<Pick<Reading, "events" | "unreadable">> => {
    const events = some.flatMap((part) => (part.ok ? part.events : []));
    return {
      events: events.map((event) => ({ event, ignored: reasonToIgnore(event, source) })),
      unreadable: await unreadableIn(some),
    };
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
    return [await unreadable(nameOf, `${lost.length} events: ${first.issue}`, "json", bytesOf(together))];
  };

  let names: ReadonlyMap<string, readonly WebhookPart[]> | null = null;
  return {
    ...(await judge(parts)),
    whole,
    partsNamed: async (id) => {
      if (!id.startsWith(PREFIX)) return null;
      names ??= new Map([
        ...(await Promise.all(parts.map(async (part) => [await nameOf(bytesOf(part.body)), [part]] as const))),
        [await nameOf(webhook.body), parts] as const,
      ]);
      const named = names.get(id);
      return named === undefined ? null : judge(named);
    },
  };
}

function partsOf(webhook: WebhookContent, source: Source, body: unknown, bodyHash: string): readonly WebhookPart[] {
  const { receivedAt, headers, query, nonce } = webhook;
  return source.configured.read(
    { body, headers, query },
    { receivedAt: new Date(receivedAt).toISOString(), bodyHash, ...(nonce === null ? {} : { nonce }) },
  );
}

/** Why an event of this source is left out; `null` where it is taken. Another tenant's event says nothing else about itself. */
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

/** The same for the same bytes with the same headers and query: a vendor that sends them again is recognised. */
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
