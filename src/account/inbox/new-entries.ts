/**
 * What the inbox keeps of a webhook: entries of what can be read and of what cannot, and the tally of what is not kept.
 */
import type { SkippedEvent } from "../../translate/inbox.ts";
import type { AcceptRequest } from "../rpc.ts";
import type { NewEntry } from "./inbox.ts";
import { KEY, type Keys, NO_KEYS } from "./key-entries.ts";

/** Maximum of lines about events that are not kept in one row, and of characters of an id or type in one. */
const MOST_LINES = 500;
const LONGEST_LINE = 200;

/** What a commit makes of a webhook. */
export interface Judged {
  readonly events: AcceptRequest["events"];
  readonly unreadable: AcceptRequest["unreadable"];
  /** Of the events, then of the unreadable parts. */
  readonly keys: Keys;
  readonly duplicate: number;
  readonly skipped: readonly SkippedEvent[];
  /** The time of the commit, milliseconds since 1970. */
  readonly at: number;
}

/** Lines of the events that are not kept. @param isNew of the events, then of the unreadable parts */
export function skippedIn(
  { receivedAt, events, unreadable, skipped = [] }: AcceptRequest,
  isNew: readonly boolean[],
): readonly SkippedEvent[] {
  const known = [...events, ...unreadable].filter((_, index) => !isNew[index]);
  return cutOff([
    ...known.map(({ id, type }) => ({ id, type, reason: null, at: receivedAt })),
    ...skipped.map((event) => ({ ...event, at: receivedAt })),
  ]);
}

/** As many lines as one row has room for. */
function cutOff(lines: readonly SkippedEvent[]): readonly SkippedEvent[] {
  return lines
    .slice(0, MOST_LINES)
    .map(({ id, type, ...line }) => ({ id: id.slice(0, LONGEST_LINE), type: type.slice(0, LONGEST_LINE), ...line }));
}

/** The entries of a webhook: one for its readable events, and one for each unreadable part. The first carries the tally. */
export function entriesOf(
  request: AcceptRequest,
  { events, unreadable, keys, duplicate, skipped, at }: Judged,
): readonly NewEntry[] {
  const { source, receivedAt, headers, query, nonce, ignored, verified, secret, imported } = request;
  const kept = [
    ...(events.length > 0
      ? [{ format: request.format, body: request.body, events, keys: keys.subarray(0, KEY * events.length) }]
      : []),
    ...unreadable.map(({ format, body, id, type }, index) => {
      const at = events.length + index;
      return { format, body, events: [{ id, type }], keys: keys.subarray(KEY * at, KEY * (at + 1)) };
    }),
  ];
  const notes = {
    keptAt: at,
    ...(verified === undefined ? {} : { verified }),
    ...(secret === undefined ? {} : { secret }),
    ...(imported && { imported }),
  };
  return kept.map((part, index) => ({
    source,
    receivedAt,
    headers,
    query,
    nonce,
    replayedAt: null,
    duplicates: index === 0 ? duplicate : 0,
    ignored: index === 0 ? ignored : {},
    notes: index === 0 ? { skipped, ...notes } : notes,
    ...part,
  }));
}

/** The entry of the webhooks of a source of which nothing is kept: their tally. @param known the entry of those before */
export function tallyOf(
  { source, receivedAt, ignored, imported }: AcceptRequest,
  { duplicate, skipped, at }: Pick<Judged, "duplicate" | "skipped" | "at">,
  known: NewEntry | undefined,
): NewEntry {
  const sums = new Map(Object.entries(known?.ignored ?? {}));
  for (const [reason, times] of Object.entries(ignored)) sums.set(reason, (sums.get(reason) ?? 0) + times);
  return {
    ...{
      source,
      receivedAt: known?.receivedAt ?? receivedAt,
      replayedAt: null,
      format: "text",
      headers: {},
      query: {},
      nonce: null,
    },
    ...{
      events: [],
      keys: NO_KEYS,
      body: new Uint8Array(),
      duplicates: duplicate + (known?.duplicates ?? 0),
      ignored: Object.fromEntries(sums),
      notes: {
        keptAt: at,
        skipped: cutOff([...(known?.notes?.skipped ?? []), ...skipped]),
        ...(imported && (known === undefined || known.notes?.imported) ? { imported } : {}),
      },
    },
  };
}
