/**
 * Follows the log of an account: tells each event when it is there, and again when something becomes of it.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Exit } from "../exit-codes.ts";
import { askOperator } from "../operator.ts";
import type { TargetValues } from "../profiles.ts";
import type { Event } from "./event-line.ts";
import type { EventQuery } from "./filters.ts";
import { type FoundEvents, readEvents } from "./read.ts";

/** Milliseconds between two looks, and at most after failures. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/** Events of one look at most, and of the first one. */
const MOST = 1_000;
const FIRST = 100;

/** How far a look goes back behind the newest event, milliseconds; further back, open events are looked at one by one. */
const OVERLAP = 3_000;
const FURTHEST = 60_000;

/** Open events that are looked at one by one, and how often: every so many looks. */
const MOST_ALONE = 20;
const ALONE_EVERY = 10;

/** Events that are remembered. */
const MOST_KNOWN = 20_000;

/** What happened, or that the Worker cannot be asked just now. */
export type Followed =
  | { readonly kind: "event"; readonly event: Event }
  | { readonly kind: "lost"; readonly problem: string }
  | { readonly kind: "found" }
  /** It cannot go on. */
  | { readonly kind: "failed"; readonly exit: Exclude<Exit, "ok">; readonly problem: string };

/** How an account is followed. */
export interface FollowOptions {
  /** Events that are told at the beginning. */
  readonly last: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Waits until it is worth to look again, but no longer than so many milliseconds. */
  readonly wait?: (most: number, signal: AbortSignal) => Promise<unknown>;
}

/** States that something becomes of. */
const OPEN: ReadonlySet<Event["state"]> = new Set(["pending", "waiting_for_identity", "waiting_for_order"]);

/**
 * Follows until the signal. An event that is only on its way is told when it is so at two looks.
 * @param query without a state: what an event is now decides nothing about what it will be
 */
export async function* follow(
  values: TargetValues,
  query: Omit<EventQuery, "state">,
  { last, signal, wait = sleep }: FollowOptions,
): AsyncGenerator<Followed> {
  const known = new Map<string, { readonly event: Event; readonly isTold: boolean }>();
  // What the first look did not reach is old news, whenever it is seen.
  let bottom = 0;
  const news = (found: readonly Event[], isFirst: boolean): readonly Event[] =>
    found.toReversed().filter((event) => {
      const key = keyOf(event);
      const before = known.get(key);
      if (before === undefined && event.webhook < bottom) return false;
      const isTold = before?.event.state === event.state ? before.isTold : false;
      const tells = !isTold && (event.state !== "pending" || isFirst || before !== undefined);
      known.delete(key);
      known.set(key, { event, isTold: isTold || tells });
      return tells;
    });

  let newest: number | null = null;
  let failures = 0;
  for (let look = 0; !signal.aborted; look += 1) {
    const since: EventQuery = newest === null ? {} : { from: new Date(lookFrom(newest, known)).toISOString() };
    const found: FoundEvents = await readEvents(values, { ...query, ...since }, look === 0 ? FIRST : MOST);
    if (signal.aborted) return;
    if (!found.ok) {
      if (look === 0 || found.exit === "not allowed" || found.exit === "usage") return yield { kind: "failed", ...found };
      if (failures === 0) yield { kind: "lost", problem: found.problem };
      failures += 1;
      await wait(Math.min(LONGEST_PAUSE, PAUSE * 2 ** failures), signal);
      continue;
    }
    if (failures > 0) yield { kind: "found" };
    failures = 0;
    newest = Math.max(newest ?? Date.now() - FURTHEST, ...found.events.map(sinceOf));
    const told = news(found.events, look === 0);
    if (look === 0 && found.next !== null) bottom = Math.min(...found.events.map(({ webhook }) => webhook));
    for (const event of look === 0 ? told.slice(Math.max(0, told.length - last)) : told) yield { kind: "event", event };
    if (look % ALONE_EVERY === 0)
      for (const event of news(await readAlone(values, known, lookFrom(newest, known)), false)) yield { kind: "event", event };
    for (const key of known.keys()) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(key);
    }
    await wait(PAUSE, signal);
  }
}

/** Events that wait for longer than a look goes back, as they are now. */
async function readAlone(
  values: TargetValues,
  known: ReadonlyMap<string, { readonly event: Event }>,
  from: number,
): Promise<readonly Event[]> {
  const open = [...known.values()].filter(({ event }) => OPEN.has(event.state) && sinceOf(event) < from).slice(0, MOST_ALONE);
  const found: Event[] = [];
  for (const { event } of open) {
    const whole = await askOperator(values, "events.show", {
      source: event.source,
      id: event.id,
      webhook: String(event.webhook),
    });
    if (whole.ok) found.push(whole.value.event);
  }
  return found;
}

/** Where a look begins: before everything that something may still become of, but not too far back. */
function lookFrom(newest: number, known: ReadonlyMap<string, { readonly event: Event }>): number {
  let oldest = newest;
  for (const { event } of known.values()) if (OPEN.has(event.state)) oldest = Math.min(oldest, sinceOf(event));
  return Math.max(oldest, newest - FURTHEST) - OVERLAP;
}

function sinceOf({ replayedAt, receivedAt }: Event): number {
  return replayedAt ?? receivedAt;
}

function keyOf({ source, id, webhook, state }: Event): string {
  // A duplicate is another event than the one that it is a duplicate of.
  return JSON.stringify([source, id, webhook, state === "duplicate"]);
}

async function sleep(most: number, signal: AbortSignal): Promise<void> {
  await pause(most, undefined, { signal }).catch(() => undefined);
}
