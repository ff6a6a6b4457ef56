/**
 * Events of unknown people, and events that name only references. They are taken out of the inbox at their turn, so that no other event waits for them, and are sealed when the
 * person becomes known or the wait ends. Their webhooks stay in the inbox until then.
 */
import * as z from "zod";
import type { WaitingEvent } from "../../translate/inbox.ts";
import { numberOf, type Store, textOf } from "../state/store.ts";

/** Events that may wait at the same time; further events do not wait. */
const MOST_WAITING = 20_000;

/** The waiting events of one account. */
export interface Waiting {
  /** Whether another one may wait. */
  isOpen(): boolean;
  /** Inside the caller's transaction. */
  add(event: Omit<WaitingEvent, "number">): void;
  /** Inside the caller's transaction. */
  remove(number: number): void;
  /** Events whose wait is over, oldest first. */
  due(now: number): readonly WaitingEvent[];
  /**
   * Removes events that wait for no other keys than these; the others no longer wait for them. Inside the caller's transaction.
   * @returns the events that were removed
   */
  forget(keys: readonly string[]): readonly WaitingEvent[];
  /** Events that wait for one of these keys, oldest first. */
  of(keys: readonly string[]): readonly WaitingEvent[];
  /** All of them, oldest first. */
  all(): readonly WaitingEvent[];
  /** When the next wait ends after `now`, milliseconds since 1970; `null` if there is none. */
  nextDue(now: number): number | null;
  /** How many, by source. */
  counts(): ReadonlyMap<string, number>;
  /** The lowest sequence number of a source's webhooks with waiting events. */
  oldestOf(source: string): number;
}

const idsSchema = z.array(z.string());

/** Opens the waiting events; they are kept in memory too. */
export function openWaiting(store: Store): Waiting {
  let known: Known | null = null;

  /** Read again after each change, so that a rolled-back transaction changes nothing. */
  function current(): Known {
    if (known === null) {
      const events = read();
      known = { events, byKey: index(events) };
    }
    return known;
  }

  function read(): readonly WaitingEvent[] {
    return store
      .run("SELECT id, source, seq, event_id, event_type, what, until, strangers FROM waiting ORDER BY id")
      .map((row) => ({
        number: numberOf(row, "id"),
        source: textOf(row, "source"),
        seq: numberOf(row, "seq"),
        id: textOf(row, "event_id"),
        type: textOf(row, "event_type"),
        what: row.what === "reference" ? "reference" : "person",
        until: numberOf(row, "until"),
        keys: idsSchema.parse(JSON.parse(textOf(row, "strangers"))),
      }));
  }

  function remove(number: number): void {
    known = null;
    store.run("DELETE FROM waiting WHERE id = ?", number);
  }

  function of(keys: readonly string[]): readonly WaitingEvent[] {
    const found = new Set(keys.flatMap((key) => current().byKey.get(key) ?? []));
    return [...found].sort((one, other) => one.number - other.number);
  }

  return {
    isOpen: () => current().events.length < MOST_WAITING,
    add: ({ source, seq, id, type, what, until, keys }) => {
      known = null;
      store.run(
        "INSERT INTO waiting (source, seq, event_id, event_type, what, until, strangers) VALUES (?, ?, ?, ?, ?, ?, ?)",
        source,
        seq,
        id,
        type,
        what,
        until,
        JSON.stringify(keys),
      );
    },
    remove,
    forget: (keys) => {
      const forgotten = new Set(keys);
      const removed: WaitingEvent[] = [];
      for (const event of of(keys)) {
        const others = event.keys.filter((key) => !forgotten.has(key));
        if (others.length === 0) {
          removed.push(event);
          remove(event.number);
          continue;
        }
        known = null;
        store.run("UPDATE waiting SET strangers = ? WHERE id = ?", JSON.stringify(others), event.number);
      }
      return removed;
    },
    due: (now) => current().events.filter(({ until }) => until <= now),
    of,
    all: () => current().events,
    nextDue: (now) => {
      const later = current().events.filter(({ until }) => until > now);
      return later.length === 0 ? null : Math.min(...later.map(({ until }) => until));
    },
    counts: () => {
      const counts = new Map<string, number>();
      for (const { source } of current().events) counts.set(source, (counts.get(source) ?? 0) + 1);
      return counts;
    },
    oldestOf: (source) =>
      Math.min(
        Number.MAX_SAFE_INTEGER,
        ...current()
          .events.filter((event) => event.source === source)
          .map(({ seq }) => seq),
      ),
  };
}

interface Known {
  readonly events: readonly WaitingEvent[];
  readonly byKey: ReadonlyMap<string, readonly WaitingEvent[]>;
}

function index(events: readonly WaitingEvent[]): ReadonlyMap<string, readonly WaitingEvent[]> {
  const found = new Map<string, WaitingEvent[]>();
  for (const event of events) {
    for (const key of event.keys) found.set(key, [...(found.get(key) ?? []), event]);
  }
  return found;
}
