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
  const { sensitive } = configured.verifier;
  return {
    headers: pick(adapter.reads.headers, [...sensitive.headers, ...NEVER_KEPT], head.headers),
    query: pick(adapter.reads.query, sensitive.query, head.query),
  };
}

function pick(
  names: readonly string[],
  except: readonly string[],
  from: { get(name: string): string | null },
): Readonly<Record<string, string>> {
  const found = names
    .filter((name) => !except.includes(name))
    .map((name): [string, string | null] => [name, from.get(name)])
    .filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(found);
}

/** The part of a webhook that the account's object keeps. */
export async function keptParts(
  { events, unreadable: unread, whole }: Reading,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<KeptParts> {
  const taken = events.filter(({ ignored }) => ignored === null).map(({ event: { id, type } }) => ({ id, type }));
  const skipped = events.flatMap(({ event: { id, type }, ignored: reason }) => (reason === null ? [] : [{ id, type, reason }]));
  const ignored = new Map<string, number>();
  for (const { reason } of skipped) ignored.set(reason, (ignored.get(reason) ?? 0) + 1);
  // If the names do not fit, the whole webhook is kept as one unreadable event. Translation reads it again and finds all its events.
  const names = JSON.stringify(taken);
  // A UTF-16 unit is at most three bytes of UTF-8: only long texts are counted exactly.
  const isTooMuch = 3 * names.length > MOST_NAMES && utf8Bytes(names).byteLength > MOST_NAMES;
  const parts = isTooMuch ? [await whole("the ids and types of its events are too long")] : unread;
  return {
    body: taken.length > 0 && !isTooMuch ? bytes : NO_BODY,
    events: isTooMuch ? [] : taken,
    ignored: isTooMuch ? {} : Object.fromEntries(ignored),
    skipped: isTooMuch ? [] : skipped.slice(0, MOST_LISTED),
    unreadable: parts.map(({ id, type, format, body }) => ({ id, type, format, body })),
  };
}
