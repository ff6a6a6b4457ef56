/**
 * The part of a webhook that is kept: the same whether its vendor sent it or an operator imported it.
 */
import type { Source } from "../config/model.ts";
import type { WebhookInput } from "../contract/vendor-event.ts";
import { utf8Bytes } from "../contract/verify/encoding.ts";
import type { RequestHead } from "../contract/verify/verifier.ts";
import type { EventName, Reading, Unreadable } from "./reading.ts";

/** Headers that are never kept, even if an adapter reads them. */
const NEVER_KEPT: readonly string[] = ["authorization", "cookie"];

/** Bytes of the ids and types of one webhook's events, as JSON. They share one stored value with the headers and query. */
const MOST_NAMES = 1_200_000;

/** Characters of JSON around an id and a type. */
const AROUND_NAMES = '{"id":"","type":""},'.length;

/** Ignored events of one webhook that are listed; all are counted. */
const MOST_LISTED = 500;

const NO_BODY = new Uint8Array(0);

/** The events of a webhook that are kept, and what is only counted. */
export interface KeptParts {
  /** Empty where none of its events is to be kept. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The events to keep, in order: those whose type is not ignored. */
  readonly events: readonly EventName[];
  /** How many events are ignored, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
  /** The events that are ignored, with their reasons, as far as they are listed. */
  readonly skipped: readonly (EventName & { readonly reason: string })[];
  /** What cannot be read: kept, each as a webhook of its own. */
  readonly unreadable: readonly Pick<Unreadable, "id" | "type" | "format" | "body">[];
}

/** The headers and query parameters to keep: those that the adapter reads, without signatures and secrets. */
export function keptOf(
  { adapter, configured }: Source,
  head: Pick<RequestHead, "headers" | "query">,
): Pick<WebhookInput, "headers" | "query"> {
  const { headers, query } = adapter.reads;
  const { sensitive } = configured.verifier;
  return {
    headers: headers.length === 0 ? {} : pick(headers, [...sensitive.headers, ...NEVER_KEPT], head.headers),
    query: pick(query, sensitive.query, head.query),
  };
}

function pick(
  names: readonly string[],
  except: readonly string[],
  from: { get(name: string): string | null },
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = except.includes(name) ? null : from.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

/** The part of a webhook that the account's object keeps. */
export async function keptParts(
  { events, unreadable: unread, whole }: Reading,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<KeptParts> {
  const taken: EventName[] = [];
  const skipped: (EventName & { readonly reason: string })[] = [];
  const ignored = new Map<string, number>();
  let characters = 0;
  for (const { event, ignored: reason } of events) {
    const { id, type } = event;
    if (reason === null) {
      taken.push({ id, type });
      characters += AROUND_NAMES + id.length + type.length;
    } else {
      skipped.push({ id, type, reason });
      ignored.set(reason, (ignored.get(reason) ?? 0) + 1);
    }
  }
  // If the names do not fit, the whole webhook is kept as one unreadable event. Translation reads it again and finds all its events.
  // A character is at most six bytes of JSON: only long texts are counted exactly.
  const isTooMuch = 6 * characters > MOST_NAMES && utf8Bytes(JSON.stringify(taken)).byteLength > MOST_NAMES;
  const parts = isTooMuch ? [await whole("the ids and types of its events are too long")] : unread;
  return {
    body: taken.length > 0 && !isTooMuch ? bytes : NO_BODY,
    events: isTooMuch ? [] : taken,
    ignored: isTooMuch ? {} : Object.fromEntries(ignored),
    skipped: isTooMuch ? [] : skipped.slice(0, MOST_LISTED),
    unreadable: parts.map(({ id, type, format, body }) => ({ id, type, format, body })),
  };
}
