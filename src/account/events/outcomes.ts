/**
 * How vendor events ended, or what they wait for: joins the inbox, waiting events, dead letters and sealed batches.
 */
import type { About } from "../../translate/address.ts";
import type { Wait } from "../../translate/result.ts";
import type { DeathReason } from "../dead-letters/dead-letters.ts";
import type { AccountModules } from "../modules.ts";
import { unsentOf } from "../outbox/lanes.ts";
import { BEGINNING } from "../outbox/movements.ts";
import type { Ended } from "../outbox/trail.ts";
import { findSealed } from "./find-sealed.ts";
import { type LogRow, sinceOf } from "./log.ts";
import type { SealedIn } from "./sealed.ts";

/**
 * What became of an event. `pending`: kept, and not sent yet. `waiting_for_identity`: its person is unknown. `waiting_for_order`: it names a
 * thing (an order, a charge) that leads to nobody yet. `replayed`: it was dead, and an operator put it back.
 */
export const EVENT_STATES = [
  "pending",
  "waiting_for_identity",
  "waiting_for_order",
  "delivered",
  "ignored",
  "duplicate",
  "dead",
  "discarded",
  "replayed",
] as const;

/** What became of an event. */
export type EventState = (typeof EVENT_STATES)[number];

/** A vendor event of the log. */
export interface LoggedEvent {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** The sequence number of its webhook, and its place in it. */
  readonly seq: number;
  readonly place: number;
  /** Whether its webhook was kept for it: of what is ignored or known when it arrives only a line is. */
  readonly kept: boolean;
  readonly state: EventState;
  readonly reason: string | null;
  /** What a dead letter says beside its reason. */
  readonly detail: string | null;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly replayedAt: number | null;
  /** When it ended, as far as that is known, milliseconds since 1970. */
  readonly endedAt: number | null;
  readonly about: readonly About[];
  /** Its place in the record of what was sent. */
  readonly sealed: SealedIn | null;
  /** The number of its dead letter. */
  readonly dead: number | null;
  /** When its wait ends, milliseconds since 1970. */
  readonly until: number | null;
  /** What it had waited for before it was sealed or ended; `null` if it had not. */
  readonly waited: Wait | null;
}

/** What the log is read from. */
export type LogParts = Pick<AccountModules, "store" | "state" | "inbox" | "waiting" | "dead" | "outbox">;

type Ending = Pick<LoggedEvent, "state" | "reason" | "detail" | "endedAt" | "sealed" | "dead" | "until" | "waited">;

const NOTHING: Ending = {
  state: "pending",
  reason: null,
  detail: null,
  endedAt: null,
  sealed: null,
  dead: null,
  until: null,
  waited: null,
};

const GONE = "no record of it is left: it was erased, or translated by an earlier release";

/** Ids of parts that could not be read on arrival begin so; translation may find other events in them. */
const UNREADABLE = "unreadable:";

/** Events that died after they were sealed: what was sent of them is told too. */
const DIED_SEALED: ReadonlySet<DeathReason> = new Set(["refused", "expired"]);

/** States that need no search in the record of what was sent. */
const UNSEALED: ReadonlySet<EventState> = new Set(["dead", "waiting_for_identity", "waiting_for_order"]);

/** How events are read. */
export interface Reading {
  /** Finds them in the record of what was sent. */
  readonly find?: typeof findSealed;
  /** The only state that matters: events in others may be told as if they were gone. */
  readonly state?: EventState | undefined;
}

/** The events of these webhooks, in the order of the webhooks; of one webhook the last one first. */
export function eventsOf(account: LogParts, rows: readonly LogRow[], reading: Reading = {}): readonly LoggedEvent[] {
  const passed = passedBy(account);
  const known = endingsOf(account, rows, passed, reading);
  return rows.flatMap((row) => eventsIn(row, known.get(row.seq) ?? new Map(), passed(row)).toReversed());
}

interface Known extends Ending {
  readonly type: string;
}

/** How many events of a webhook are translated. */
type Passed = (row: LogRow) => number;

function passedBy({ state, inbox }: LogParts): Passed {
  const next = new Map<string, number | null>();
  return ({ source, seq }) => {
    const cursor = state.current().cursors.get(source) ?? BEGINNING;
    if (seq <= cursor.seq) return Number.POSITIVE_INFINITY;
    if (cursor.events === 0) return 0;
    if (!next.has(source)) next.set(source, inbox.read(source, cursor.seq, 1, 0)[0]?.seq ?? null);
    return seq === next.get(source) ? cursor.events : 0;
  };
}

/** What is known of the events of these webhooks, by sequence number and id. What is decided last counts. */
function endingsOf(
  { store, state, waiting, dead, outbox }: LogParts,
  rows: readonly LogRow[],
  passed: Passed,
  { find = findSealed, state: only }: Reading,
): ReadonlyMap<number, ReadonlyMap<string, Known>> {
  const seqs = new Set(rows.map(({ seq }) => seq));
  const found = new Map<number, Map<string, Known>>();
  const tell = (seq: number, id: string, known: Known): void => {
    const events = found.get(seq) ?? new Map<string, Known>();
    found.set(seq, events.set(id, known));
  };
  const letters = dead.ofWebhooks([...seqs]);
  const waits = waiting.all().filter(({ seq }) => seqs.has(seq));
  const { open, trail } = state.current().outbox;

  // Most recent facts need no search.
  const nameOf = ({ seq, id }: { readonly seq: number; readonly id: string }): string => `${seq}/${id}`;
  const diedSealed = new Set(letters.filter(({ reason }) => DIED_SEALED.has(reason)).map(nameOf));
  const settled = new Set([...letters, ...waits, ...trail.ended].map(nameOf));
  const isSought = (name: string): boolean => {
    if (only !== undefined && UNSEALED.has(only)) return only === "dead" && diedSealed.has(name);
    return !settled.has(name) || diedSealed.has(name);
  };
  const behind = rows.filter((row) => passed(row) > 0);
  const { sealed, ended } = find(
    store,
    behind.map(({ source, seq, envelope }) => ({
      source,
      seq,
      since: sinceOf(envelope),
      keptAt: envelope.notes.keptAt,
      ids: envelope.events.flatMap(({ id }) => (isSought(`${seq}/${id}`) ? [id] : [])),
    })),
  );
  const unsent = new Set(
    open.flatMap(({ id, passed }) => {
      const batch = outbox.read(id);
      return batch === null ? [] : unsentOf({ batch, passed }).map((event) => `${id}/${batch.events.indexOf(event)}`);
    }),
  );
  for (const [seq, all] of sealed)
    for (const one of all) {
      const isSent = !unsent.has(`${one.batch}/${one.index}`);
      const state = isSent ? "delivered" : "pending";
      tell(seq, one.event.id, { ...NOTHING, type: one.event.type, state, sealed: one, waited: one.waited });
    }
  for (const line of [...[...ended.values()].flat(), ...trail.ended.filter(({ seq }) => seqs.has(seq))])
    tell(line.seq, line.id, { ...NOTHING, ...endOf(line), sealed: found.get(line.seq)?.get(line.id)?.sealed ?? null });
  for (const { seq, id, type, number, reason, detail, diedAt } of letters) {
    const { sealed: sent = null, waited = null } = found.get(seq)?.get(id) ?? {};
    tell(seq, id, { ...NOTHING, type, state: "dead", reason, detail, endedAt: diedAt, dead: number, sealed: sent, waited });
  }
  for (const { seq, id, type, what, until } of waits)
    tell(seq, id, { ...NOTHING, type, state: what === "person" ? "waiting_for_identity" : "waiting_for_order", until });
  return found;
}

function endOf({ type, as, reason, at, waited }: Ended): Pick<Known, "type" | "state" | "reason" | "endedAt" | "waited"> {
  return { type, state: as, reason, endedAt: at, waited: waited ?? null };
}

function eventsIn({ source, seq, envelope }: LogRow, known: ReadonlyMap<string, Known>, passed: number): readonly LoggedEvent[] {
  const { receivedAt, replayedAt, events, notes } = envelope;
  const base = { source, seq, receivedAt, replayedAt, kept: true };
  const names = new Set(events.map(({ id }) => id));
  const found = [...known].filter(([id]) => !names.has(id)).map(([id, { type }]) => ({ id, type }));
  const kept = events.filter(({ id }) => !(id.startsWith(UNREADABLE) && !known.has(id) && found.length > 0));
  const lines = [...kept, ...found].map(({ id, type }, place): LoggedEvent => {
    const ending = known.get(id);
    const about = ending?.sealed?.event.about ?? [];
    if (ending !== undefined) return { ...base, place, about, ...ending, id, type };
    const gone = place < passed ? { ...NOTHING, state: "discarded" as const, reason: GONE } : NOTHING;
    return { ...base, place, about, ...gone, id, type };
  });
  const skipped = (notes.skipped ?? []).map(({ id, type, reason, at }, index): LoggedEvent => {
    const as = reason === null ? ("duplicate" as const) : ("ignored" as const);
    const line = { place: lines.length + index, kept: false, about: [] };
    return { ...base, ...NOTHING, ...line, id, type, receivedAt: at, state: as, reason, endedAt: at };
  });
  return [...lines, ...skipped];
}
