/**
 * Events of people who are not known yet. They left the inbox at their turn, so that nobody waits behind them, and leave when the person is
 * known or their time is up. Their webhooks stay in the inbox as long as they wait.
 */
import * as z from "zod";
import type { WaitingEvent } from "../../translate/inbox.ts";
import { numberOf, type Store, textOf } from "../state/store.ts";

/** Events that may wait at a time; further ones leave at once. */
const MOST_WAITING = 20_000;

/** The waiting events of one account. */
export interface Waiting {
  /** Whether another one may wait. */
  isOpen(): boolean;
  /** Inside the caller's transaction. */
  add(event: Omit<WaitingEvent, "number">): void;
  /** Inside the caller's transaction. */
  remove(number: number): void;
  /** Those whose time is up, oldest first. */
  due(now: number): readonly WaitingEvent[];
  /** Those that wait for one of these people, oldest first. */
  of(strangers: readonly string[]): readonly WaitingEvent[];
  /** When the next one's time is up, of those whose time was not up at `now`; `null` when there is none. */
  nextDue(now: number): number | null;
  /** How many, by source. */
  counts(): ReadonlyMap<string, number>;
  /** The oldest webhook of a source that something waits in. */
  oldestOf(source: string): number;
}

const strangersSchema = z.array(z.string());

/** Opens what waits. It is few, and kept in memory too. */
export function openWaiting(store: Store): Waiting {
  let known: Known | null = null;

  /** What waits; read anew after each change, so that a transaction that fails changes nothing. */
  function current(): Known {
    if (known === null) {
      const events = read();
      known = { events, byStranger: index(events) };
    }
    return known;
  }

  function read(): readonly WaitingEvent[] {
    return store.run("SELECT id, source, seq, event_id, event_type, until, strangers FROM waiting ORDER BY id").map((row) => ({
      number: numberOf(row, "id"),
      source: textOf(row, "source"),
      seq: numberOf(row, "seq"),
      id: textOf(row, "event_id"),
      type: textOf(row, "event_type"),
      until: numberOf(row, "until"),
      strangers: strangersSchema.parse(JSON.parse(textOf(row, "strangers"))),
    }));
  }

  return {
    isOpen: () => current().events.length < MOST_WAITING,
    add: ({ source, seq, id, type, until, strangers }) => {
      known = null;
      store.run(
        "INSERT INTO waiting (source, seq, event_id, event_type, until, strangers) VALUES (?, ?, ?, ?, ?, ?)",
        source,
        seq,
        id,
        type,
        until,
        JSON.stringify(strangers),
      );
    },
    remove: (number) => {
      known = null;
      store.run("DELETE FROM waiting WHERE id = ?", number);
    },
    due: (now) => current().events.filter(({ until }) => until <= now),
    of: (strangers) => {
      const found = new Set(strangers.flatMap((stranger) => current().byStranger.get(stranger) ?? []));
      return [...found].sort((one, other) => one.number - other.number);
    },
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
  readonly byStranger: ReadonlyMap<string, readonly WaitingEvent[]>;
}

function index(events: readonly WaitingEvent[]): ReadonlyMap<string, readonly WaitingEvent[]> {
  const found = new Map<string, WaitingEvent[]>();
  for (const event of events) {
    for (const stranger of event.strangers) found.set(stranger, [...(found.get(stranger) ?? []), event]);
  }
  return found;
}
