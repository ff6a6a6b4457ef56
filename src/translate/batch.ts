/**
 * Translates events one after the other and fills a batch with their calls.
 */
import type { Account } from "../config/model.ts";
import { isoOf } from "../contract/iso.ts";
import type { Subject } from "../identity/subject.ts";
import { namesIn } from "../pipelines/calls.ts";
import { bytesOf, type SerialisedCall, serialise } from "../pipelines/pack.ts";
import type { PeopleView } from "./address.ts";
import { type InboxReader, type InboxWebhook, sinceOf, type WaitingEvent } from "./inbox.ts";
import type { EventName } from "./reading.ts";
import { type EventOutcome, type MapFailure, type OpenedWebhook, openWebhook, type Waits } from "./webhook.ts";

/** Bytes of calls that fill a batch. */
export const ENOUGH = 489_000;

/** Maximum of bytes of calls in a batch: one event and those that waited for it may exceed `ENOUGH`. */
const MOST = 1_400_000;

/** Events whose people are looked up together, before they are translated one by one. */
const LOOKED_UP_TOGETHER = 200;

/** Events of one type that are watched with all that their vendor sent: no more are looked at. */
const MOST_WATCHED = 20;

/** How long an event may stay pending, milliseconds. */
export const PENDING_LASTS = 30 * 86_400_000;

/** A translated event. */
export interface Item {
  readonly entry: InboxWebhook;
  readonly outcome: Outcome;
  /** The waiting event that was released; `null` for an event at its turn. */
  readonly waited: WaitingEvent | null;
  readonly merges: readonly SerialisedCall[];
  readonly calls: readonly SerialisedCall[];
  /** Bytes of all its calls. */
  readonly bytes: number;
}

/** The outcome of an event: of its translation, or a dead letter without translation. */
type Outcome =
  | EventOutcome
  | (EventName & {
      readonly kind: "dead_letter";
      readonly occurredAt: string;
      readonly reason: DeathReason;
      readonly detail: string;
    });

/** Why a vendor event became a dead letter before anything was sent. */
export type DeathReason = MapFailure | "expired" | "unconfigured" | "crashed";

/** What filling a batch depends on. */
export interface BatchInput {
  readonly account: Account;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long events of unknown people wait, milliseconds; 0 if they may not. */
  readonly identityWait: number;
  /** How long events that name only references wait, milliseconds. */
  readonly orphanWait: number;
  /** Bytes of calls that the batch contains already. */
  readonly filled: number;
  /** Events that wait for one of these keys, oldest first. */
  readonly waitersOf: (keys: readonly string[]) => readonly WaitingEvent[];
  /** The webhook of a waiting event. */
  readonly webhookOf: (event: WaitingEvent) => InboxWebhook;
}

/** A batch to fill. */
export interface Batch {
  /** Translates and adds an event. @returns `false` if the batch is full: the event is translated again in the next round */
  take(entry: InboxWebhook, name: EventName, waited: WaitingEvent | null): Promise<boolean>;
  /** Whether what is stored about the people of an event was read. */
  isPrepared(entry: InboxWebhook, name: EventName): boolean;
  /**
   * Reads what is stored about the people of the next events, in few queries.
   * @param names the events of the webhook @param from the next of them @param later has the webhooks after it
   */
  prepare(entry: InboxWebhook, names: readonly EventName[], from: number, later: InboxReader | undefined): Promise<void>;
  giveUp(entry: InboxWebhook, name: EventName, reason: DeathReason, detail: string): true;
  /** The events of a webhook to translate, in order. */
  eventsOf(entry: InboxWebhook): Promise<readonly EventName[]>;
  /** All events of a webhook were taken: lets go of what was read of it. */
  close(entry: InboxWebhook): void;
  bytes(): number;
  /** The translated events, in the order of sending. */
  items(): readonly Item[];
}

/** Begins a batch. */
export function openBatch(input: BatchInput, view: PeopleView): Batch {
  const { account, now, identityWait, orphanWait } = input;
  const opened = new Map<number, OpenedWebhook>();
  /** In the order of sending. */
  const items = new Set<Item>();
  /** Events of this round that wait for their person. */
  const waiting = new Set<Item>();
  const released = new Set<number>();
  /** The events whose people are looked up. */
  const prepared = new Set<string>();
  /** How many events are watched, by source and type. */
  const watched = new Map<string, number>();
  let bytes = input.filled;

  /** @throws Error if its source is unusable: a defect */
  const open = async (entry: InboxWebhook): Promise<OpenedWebhook> => {
    const state = account.sources.get(entry.source);
    if (!state?.ok) throw new Error("a webhook was opened whose source cannot be used");
    const found = await openWebhook(entry, state.source);
    opened.set(entry.seq, found);
    return found;
  };

  /** Why the events of a webhook cannot be translated; `null` if they can. */
  function obstacleTo(entry: InboxWebhook): { readonly reason: DeathReason; readonly detail: string } | null {
    if (now - sinceOf(entry) > PENDING_LASTS) return { reason: "expired", detail: "could not be delivered within 30 days" };
    const state = account.sources.get(entry.source);
    if (state?.ok) return null;
    const detail = state?.problem ?? "its source is no longer configured: configure it again and replay";
    return { reason: "unconfigured", detail };
  }

  /** What an event may still wait for. A webhook can be younger than the round, or its clock ahead: where events may not wait, neither does it. */
  const waitsOf = (entry: InboxWebhook): Waits => ({
    person: identityWait > 0 && sinceOf(entry) + identityWait > now,
    reference: orphanWait > 0 && sinceOf(entry) + orphanWait > now,
  });

  async function outcomeOf(entry: InboxWebhook, name: EventName, isAtTurn: boolean): Promise<Outcome> {
    const obstacle = obstacleTo(entry);
    if (obstacle !== null) return deadLetter(entry, name, obstacle.reason, obstacle.detail);
    const isWatched = isAtTurn && (watched.get(kindOf(entry, name)) ?? 0) < MOST_WATCHED;
    const webhook = opened.get(entry.seq) ?? (await open(entry));
    return await webhook.translate(name, { account, view, mayWait: waitsOf(entry), isWatched });
  }

  async function translate(entry: InboxWebhook, name: EventName, waited: WaitingEvent | null): Promise<Item> {
    const undo = view.book.mark();
    const outcome = await outcomeOf(entry, name, waited === null);
    const [merges, calls] = outcome.kind === "calls" ? [outcome.links.map(serialise), outcome.calls.map(serialise)] : [[], []];
    const size = bytesOf([...merges, ...calls]);
    if (size <= MOST) return { entry, outcome, waited, merges, calls, bytes: size };
    undo();
    const letter = deadLetter(entry, name, "too_large", `its calls have more than ${MOST} bytes`);
    return { entry, outcome: letter, waited, merges: [], calls: [], bytes: 0 };
  }

  /**
   * Translates events that wait for these people, from earlier rounds and from this one, and those that wait for the people of these events.
   * @param taken is translated already @param room bytes
   */
  async function free(known: readonly string[], taken: WaitingEvent | null, room: number): Promise<readonly Item[]> {
    const freed: Item[] = [];
    const tried = new Set<string>();
    let [left, keys] = [room, new Set(known)];
    while (keys.size > 0) {
      const wanted = [...keys];
      keys = new Set();
      const stored = input.waitersOf(wanted).filter(({ number }) => !released.has(number) && number !== taken?.number);
      const own = [...waiting].filter(({ outcome }) => isFor(outcome, wanted));
      for (const { entry, name, waited } of [
        ...stored.map((event) => ({ entry: null, name: event, waited: event })),
        ...own.map(({ entry, outcome }) => ({ entry, name: outcome, waited: null })),
      ]) {
        const webhook = entry ?? input.webhookOf(name);
        const place = placeOf(webhook, name);
        if (tried.has(place)) continue;
        tried.add(place);
        const undo = view.book.mark();
        const item = await translate(webhook, { id: name.id, type: name.type }, waited);
        // It goes on waiting, for the same or for another person.
        if (item.outcome.kind === "waits" && waited !== null && isSameWait(item.outcome.waitsFor.keys, waited.keys)) continue;
        left -= item.bytes;
        if (left < 0) {
          // What does not fit goes on waiting until its time is over, or another event names the person.
          undo();
          return freed;
        }
        freed.push(item);
        for (const key of knownIn(item)) keys.add(key);
      }
    }
    return freed;
  }

  /**
   * Whether merge calls of these events are about a person that the batch names already: merge calls are sent before all others of a batch, so
   * they would overtake earlier events.
   */
  function isOutOfTurn(added: readonly Item[]): boolean {
    const merged = new Set(added.flatMap(({ outcome }) => (outcome.kind === "calls" ? outcome.links.flatMap(namesIn) : [])));
    if (merged.size === 0) return false;
    const named = [...items].flatMap(({ outcome }) => (outcome.kind === "calls" ? outcome.calls.flatMap(namesIn) : []));
    return named.some((name) => merged.has(name));
  }

  /** Whether any other event waits for these people. */
  function isAwaited(known: readonly string[], taken: WaitingEvent | null): boolean {
    if (known.length === 0) return false;
    const isOther = ({ number }: WaitingEvent): boolean => !released.has(number) && number !== taken?.number;
    return [...waiting].some(({ outcome }) => isFor(outcome, known)) || input.waitersOf(known).some(isOther);
  }

  function include(item: Item): void {
    const { entry, outcome, waited } = item;
    if (waited !== null) released.add(waited.number);
    for (const other of waiting) {
      if (other.entry.seq !== entry.seq || other.outcome.id !== outcome.id) continue;
      waiting.delete(other);
      items.delete(other);
    }
    items.add(item);
    if ("data" in outcome) watched.set(kindOf(entry, outcome), (watched.get(kindOf(entry, outcome)) ?? 0) + 1);
    if (outcome.kind === "waits") waiting.add(item);
    bytes += item.bytes;
  }

  return {
    bytes: () => bytes,
    eventsOf: async (entry) => {
      const { events } = entry;
      return events.length === 0 || obstacleTo(entry) !== null ? events : (opened.get(entry.seq) ?? (await open(entry))).names;
    },
    close: ({ seq }) => void opened.delete(seq),
    isPrepared: (entry, name) => prepared.has(placeOf(entry, name)),
    prepare: async (entry, names, from, later) => {
      const subjects: Subject[] = [];
      let room = LOOKED_UP_TOGETHER;
      const add = (webhook: InboxWebhook, named: readonly EventName[], { subjectsOf }: OpenedWebhook): void => {
        for (const name of named) {
          prepared.add(placeOf(webhook, name));
          for (const subject of subjectsOf(name)) subjects.push(subject);
        }
        room -= named.length;
      };
      if (obstacleTo(entry) === null) add(entry, names.slice(from, from + room), opened.get(entry.seq) ?? (await open(entry)));
      for (const webhook of later?.ahead() ?? []) {
        if (room <= 0) break;
        if (obstacleTo(webhook) !== null) continue;
        const next = opened.get(webhook.seq) ?? (await open(webhook));
        add(webhook, next.names.slice(0, room), next);
      }
      view.book.load(subjects);
    },
    giveUp: (entry, name, reason, detail) => {
      include({ entry, outcome: deadLetter(entry, name, reason, detail), waited: null, merges: [], calls: [], bytes: 0 });
      return true;
    },
    take: async (entry, name, waited) => {
      const undo = view.book.mark();
      let item = await translate(entry, name, waited);
      let freed: readonly Item[] = [];
      if (isAwaited(knownIn(item), waited)) {
        // Those that waited leave first: they are translated with what this event teaches, but before it tells anything.
        undo();
        await (opened.get(entry.seq) ?? (await open(entry))).learn(name, view);
        freed = await free(knownIn(item), waited, MOST - bytes - item.bytes);
        item = await translate(entry, name, waited);
      }
      const size = [...freed, item].reduce((sum, one) => sum + one.bytes, 0);
      if ((bytes > 0 && size > 0 && bytes + size > ENOUGH) || isOutOfTurn([...freed, item])) {
        undo();
        return false;
      }
      for (const one of [...freed, item]) include(one);
      return true;
    },
    items: () => [...items],
  };
}

/** Identifies an event of a round. */
function placeOf({ seq }: InboxWebhook, { id }: EventName): string {
  return `${seq}/${id}`;
}

function kindOf({ source }: InboxWebhook, { type }: EventName): string {
  return `${source} ${type}`;
}

function isFor(outcome: Outcome, known: readonly string[]): boolean {
  return outcome.kind === "waits" && outcome.waitsFor.keys.some((key) => known.includes(key));
}

function isSameWait(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key) => other.includes(key));
}

function knownIn({ outcome }: Item): readonly string[] {
  return "known" in outcome ? outcome.known : [];
}

function deadLetter(entry: InboxWebhook, name: EventName, reason: DeathReason, detail: string): Outcome {
  return { kind: "dead_letter", ...name, occurredAt: isoOf(entry.receivedAt), reason, detail };
}
