/**
 * Replays vendor events, whatever became of them: their webhooks go back to the end of the inbox, and are translated by the adapters of today with
 * what is known of people today. Ids, times and `messageId`s stay.
 */
import { replay as replayDead } from "../dead-letters/replay.ts";
import { keyOf } from "../inbox/dedupe-store.ts";
import type { NewEntry } from "../inbox/inbox.ts";
import type { AccountModules } from "../modules.ts";
import { type Movement, withMovement } from "../state/ledger.ts";
import type { EventState, LoggedEvent } from "./outcomes.ts";
import { historyOf } from "./show.ts";

/** Customer.io starts automations for events that are younger than this, milliseconds. @see https://docs.customer.io/integrations/api/track/ */
export const MAY_TRIGGER = 72 * 3_600_000;

/** An event to replay. `webhook` says which one of its history. */
export interface EventName {
  readonly source: string;
  readonly id: string;
}

/** Why an event cannot be replayed. */
export type Obstacle = "absent" | "not_kept" | "not_finished";

/** What a replay would do. */
export interface Plan {
  readonly events: readonly LoggedEvent[];
  readonly refused: readonly (EventName & { readonly reason: Obstacle })[];
  /** How many of them are young enough to start automations again. */
  readonly mayTrigger: number;
}

/** What is taken off the ledger when an event goes back: it counts as received again once it is translated. */
const TAKEN_OFF: Readonly<Partial<Record<EventState, Movement>>> = {
  delivered: { received: -1, delivered: -1 },
  ignored: { received: -1, ignored: -1 },
  discarded: { received: -1, discarded: -1 },
};

function takenOff({ state, reason, endedAt }: LoggedEvent): Movement {
  // Without a record it is not known as what it was counted: then it is counted twice.
  if (state !== "delivered" && endedAt === null) return {};
  const reasons = state === "ignored" && reason !== null ? { reasons: { [reason]: -1 } } : {};
  return { ...TAKEN_OFF[state], ...reasons };
}

/** Says what replaying these events would do. Nothing is done. */
export function planReplay(account: AccountModules, names: readonly EventName[]): Plan {
  const events: LoggedEvent[] = [];
  const refused: Plan["refused"][number][] = [];
  for (const { source, id } of new Map(names.map((name) => [JSON.stringify([name.source, name.id]), name])).values()) {
    const history = historyOf(account, source, id);
    const event = history.find(({ kept }) => kept);
    const obstacle = event === undefined ? (history.length === 0 ? "absent" : "not_kept") : obstacleTo(account, event);
    if (obstacle !== null) refused.push({ source, id, reason: obstacle });
    else if (event !== undefined) events.push(event);
  }
  const now = account.now();
  const isYoung = ({ sealed, receivedAt }: LoggedEvent): boolean =>
    now - (sealed === null ? receivedAt : Date.parse(sealed.event.occurredAt)) < MAY_TRIGGER;
  return { events, refused, mayTrigger: events.filter(isYoung).length };
}

function obstacleTo({ inbox }: AccountModules, { source, seq, state }: LoggedEvent): Obstacle | null {
  if (state === "dead") return null;
  if (TAKEN_OFF[state] === undefined) return "not_finished";
  return inbox.find(source, seq) === null ? "not_kept" : null;
}

/** Replays the events of a plan that was just made. @returns how many went back */
export function carryOut(account: AccountModules, { events }: Plan): number {
  const { state, inbox, dedupe, now } = account;
  const dead = events.flatMap((event) => event.dead ?? []);
  let moved = dead.length === 0 ? 0 : replayDead(account, { numbers: dead }, now());
  const others = events.filter((event) => event.dead === null).map((event) => ({ event, key: keyOf(event.source, event.id) }));
  if (others.length === 0) return moved;
  state.update((record) => {
    const at = now();
    const found = others.flatMap(({ event, key }) => {
      const webhook = inbox.find(event.source, event.seq);
      return webhook === null ? [] : [{ event, key, webhook }];
    });
    const entries = found.map(
      ({ event: { id, type }, key, webhook }): NewEntry => ({
        ...webhook,
        keys: key,
        events: [{ id, type }],
        duplicates: 0,
        ignored: {},
        replayedAt: at,
        notes: { ...webhook.notes, keptAt: at, skipped: [], replayOf: webhook.seq },
      }),
    );
    const seqs = inbox.append(entries, at);
    dedupe.keep(
      entries.map(({ keys }, index) => ({ keys, seq: seqs[index] ?? 0 })),
      at,
    );
    moved += found.length;
    const ledger = found.reduce((left, { event }) => withMovement(left, event.source, takenOff(event)), record.ledger);
    return { ...record, ledger };
  });
  return moved;
}
