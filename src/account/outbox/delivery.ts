/**
 * Delivery as a pure state machine: what to send next, and what an answer means. It has no clock, no network and no store; the object
 * performs what it says. Times are milliseconds since 1970.
 *
 * What concerns the destination as a whole (it is down, it refuses the key) stops everything. What concerns the content is kept to the
 * source that it came from: the sources that are under no suspicion travel together, each other one alone, and they take turns.
 */
import type { Answer } from "../../pipelines/sender.ts";

/** Shortest and longest wait between tries. */
const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 600_000;

/** How long an acceptance proves that the destination takes events with this key. */
const PROOF_LASTS = 60_000;

/** Lone refusals in a row that hold the source. */
const LONE_REFUSALS = 3;

/** How long it is held at the same event before that dies too: by then it is more likely that the events are bad than that all are refused. */
const HELD_LASTS = 3_600_000;

/** Why nothing is sent until somebody or something changes. */
export interface Hold {
  /** `no_key`: none configured. `key_refused`: 401 or 403 to a probe. `everything_refused`: what cannot be wrong is refused. */
  readonly reason: "no_key" | "key_refused" | "everything_refused";
  readonly since: number;
}

/** What is known of a source whose content was refused. */
export interface Suspicion {
  /** The refused content is among its next so many vendor events; how many of them are tried next. */
  readonly events: number;
  readonly limit: number;
  /** The vendor event at its head that the next three are about; `null` where they are about none. */
  readonly head: string | null;
  /** How many of its calls were accepted, and how many are tried at once (0: all that are left). */
  readonly done: number;
  readonly callLimit: number;
  /** The number of the answer that refused one call of it alone: it dies if it is refused again after something else was accepted. */
  readonly refusedBy: number | null;
  /** It is held: not tried before this time, how often that went on, and since when at this head; `null` where it is not. */
  readonly notBefore: number;
  readonly failures: number;
  readonly heldSince: number | null;
}

/** A batch as it was sent, by source: its first event, how many were sent whole, and how many calls in all. */
export interface SentBatch {
  readonly kind: "batch";
  readonly lanes: readonly { readonly source: string; readonly head: string; readonly events: number; readonly calls: number }[];
}

/** What was sent. */
export type Sent = SentBatch | { readonly kind: "probe" };

/** Everything that delivery remembers. Plain data: it is stored with the cursors. */
export interface DeliveryState {
  /** Failures in a row. */
  readonly failures: number;
  /** Nothing is sent before this time. */
  readonly notBefore: number;
  /** How many answers there were: their order, whatever the clock does. */
  readonly answers: number;
  /** The last acceptance, of events or of a probe: the number of the answer, its time, the key's fingerprint. */
  readonly accepted: { readonly answer: number; readonly at: number; readonly key: string } | null;
  readonly suspicions: ReadonlyMap<string, Suspicion>;
  /** Vendor events that died since one was accepted, whatever its source, or since one died after an hour of being held. */
  readonly loneRefusals: number;
  /** A probe is due: the answer to it says what the refusal of this batch meant. */
  readonly probing: SentBatch | null;
  /** The last answer was an accepted probe: a refusal of any kind that follows is about the content. */
  readonly vouched: boolean;
  readonly hold: Hold | null;
  /** Fingerprint of the key that the hold is about. */
  readonly heldKey: string | null;
  /** Whose turn was last: a source under suspicion, or all others (the empty string). */
  readonly turn: string;
}

/** The beginning. */
export const INITIAL_DELIVERY: DeliveryState = {
  failures: 0,
  notBefore: 0,
  answers: 0,
  accepted: null,
  suspicions: new Map(),
  loneRefusals: 0,
  probing: null,
  vouched: false,
  hold: null,
  heldKey: null,
  turn: "",
};

/** What to do next. */
export type Step =
  | { readonly do: "wait"; readonly until: number }
  | { readonly do: "probe" }
  /** As much as fits of these sources. */
  | { readonly do: "send"; readonly sources: readonly string[] }
  /** Of one source: at most so many vendor events, and of its first, after `skipCalls`, at most so many calls (0: all). */
  | { readonly do: "try"; readonly source: string; readonly events: number; readonly skipCalls: number; readonly calls: number };

/** What the driver has to do, in the transaction that stores the new state. */
export type Effect =
  /** The next so many vendor events of the source are delivered. */
  | { readonly kind: "delivered"; readonly source: string; readonly events: number }
  /** The vendor event at the head of the source becomes a dead letter. */
  | { readonly kind: "refused"; readonly source: string; readonly status: number; readonly detail: string }
  /** Somebody must act; `source` where only it is concerned. */
  | { readonly kind: "alarm"; readonly reason: Hold["reason"]; readonly source: string | null };

/** A new state and what it brings with it. */
export interface Transition {
  readonly state: DeliveryState;
  readonly effects: readonly Effect[];
}

/**
 * What comes next.
 * @param key fingerprint of today's API key; `null` where there is none
 * @param waiting the sources that have calls to send, each with the vendor event at its head; at least one
 */
export function nextStep(state: DeliveryState, key: string | null, now: number, waiting: ReadonlyMap<string, string>): Step {
  if (key === null) return { do: "wait", until: now + LONGEST_WAIT };
  // A new key is a new chance: neither the hold nor the wait was about it.
  if (state.hold !== null && state.heldKey !== key) return { do: "probe" };
  if (now < state.notBefore) return { do: "wait", until: state.notBefore };
  if (state.hold !== null || state.probing !== null) return { do: "probe" };

  const free = [...waiting.keys()].filter((source) => !state.suspicions.has(source));
  const suspects = new Map<string, Suspicion>();
  for (const [source, head] of waiting) {
    const suspicion = state.suspicions.get(source);
    if (suspicion) suspects.set(source, aboutHead(suspicion, head));
  }
  const turns = ["", ...[...suspects.keys()].sort()];
  const ready = turns.filter((turn) => (turn === "" ? free.length > 0 : (suspects.get(turn)?.notBefore ?? 0) <= now));
  const turn = ready.find((candidate) => candidate > state.turn) ?? ready[0];
  if (turn === undefined) return { do: "wait", until: Math.min(...[...suspects.values()].map(({ notBefore }) => notBefore)) };
  const suspicion = suspects.get(turn);
  if (suspicion === undefined) return { do: "send", sources: free };
  if (suspicion.refusedBy !== null && !isProven(state, suspicion, key, now)) return { do: "probe" };
  return { do: "try", source: turn, events: suspicion.limit, skipCalls: suspicion.done, calls: suspicion.callLimit };
}

/** A suspicion as it holds for this head: what is known of another one is not known of it. */
function aboutHead(suspicion: Suspicion, head: string): Suspicion {
  return suspicion.head === null || suspicion.head === head ? suspicion : { ...suspicion, ...NO_HEAD };
}

/** Something was accepted since the head was refused alone, and not long ago: the refusal was about the head. */
function isProven({ accepted }: DeliveryState, { refusedBy }: Suspicion, key: string, now: number): boolean {
  if (accepted === null || refusedBy === null) return false;
  return accepted.answer > refusedBy && accepted.key === key && now - accepted.at <= PROOF_LASTS;
}

/**
 * What an answer means.
 * @param key fingerprint of the key it was sent with
 * @param random a number from 0 to 1
 */
export function afterAnswer(
  before: DeliveryState,
  sent: Sent,
  answer: Answer,
  key: string,
  now: number,
  random: number,
): Transition {
  const state: DeliveryState = {
    ...before,
    answers: before.answers + 1,
    turn: sent.kind === "batch" ? turnOf(before, sent) : before.turn,
  };
  const kind = kindOf(answer);
  if (kind === "later") {
    const wait = Math.max(backOff(state.failures, random), answer.kind === "status" ? (answer.retryAfter ?? 0) : 0);
    return becomes({ ...state, failures: state.failures + 1, notBefore: now + wait });
  }
  if (sent.kind === "probe") {
    if (kind === "accepted") return becomes(afterProbe(state, key, now));
    return hold(state, kind === "forbidden" ? "key_refused" : "everything_refused", key, now, random);
  }
  if (kind === "accepted") return afterAcceptance(state, sent, key, now);
  if (kind === "refused" || state.vouched) return afterRefusal({ ...state, vouched: false }, sent, answer, key, now, random);
  return becomes({ ...state, probing: sent });
}

/** Nothing can be sent for want of a key. */
export function withoutKey(state: DeliveryState, now: number): Transition {
  if (state.hold?.reason === "no_key") return becomes(state);
  const held: DeliveryState = { ...state, hold: { reason: "no_key", since: now }, heldKey: null };
  return { state: held, effects: [{ kind: "alarm", reason: "no_key", source: null }] };
}

function kindOf(answer: Answer): "accepted" | "refused" | "forbidden" | "doubtful" | "later" {
  if (answer.kind === "network") return "later";
  const { status } = answer;
  if (status >= 200 && status < 300) return "accepted";
  if (status === 400 || status === 413) return "refused";
  if (status === 401 || status === 403) return "forbidden";
  // A redirect is not followed: it would carry the key to a host that we did not choose.
  if (status < 400 || status === 408 || status === 429 || status >= 500) return "later";
  return "doubtful";
}

function turnOf(state: DeliveryState, { lanes }: SentBatch): string {
  const source = lanes[0]?.source ?? "";
  return state.suspicions.has(source) ? source : "";
}

function becomes(state: DeliveryState): Transition {
  return { state, effects: [] };
}

/** Full jitter over a ceiling that doubles. */
function backOff(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** Math.min(failures + 1, 20));
  return SHORTEST_WAIT + random * (ceiling - SHORTEST_WAIT);
}

function hold(state: DeliveryState, reason: Hold["reason"], key: string, now: number, random: number): Transition {
  const isNew = state.hold?.reason !== reason || state.heldKey !== key;
  return {
    state: {
      ...state,
      failures: state.failures + 1,
      notBefore: now + backOff(state.failures, random),
      hold: isNew ? { reason, since: now } : state.hold,
      heldKey: key,
    },
    effects: isNew ? [{ kind: "alarm", reason, source: null }] : [],
  };
}

/** The destination is well: whatever was refused before the probe was refused for its content. */
function afterProbe(state: DeliveryState, key: string, now: number): DeliveryState {
  const accepted = { answer: state.answers, at: now, key };
  const well: DeliveryState = { ...state, notBefore: 0, accepted, probing: null, vouched: true, hold: null, heldKey: null };
  return state.probing === null ? well : suspecting(well, state.probing, state.answers - 1);
}

function afterAcceptance(state: DeliveryState, { lanes }: SentBatch, key: string, now: number): Transition {
  // Events are accepted again: every source that was held for want of that may try.
  const suspicions = new Map([...state.suspicions].map(([source, suspicion]) => [source, { ...suspicion, notBefore: 0 }]));
  for (const { source, head, events, calls } of lanes) {
    const relieved = relieve(suspicions.get(source), head, events, calls);
    if (relieved) suspicions.set(source, relieved);
    else suspicions.delete(source);
  }
  return {
    state: {
      ...state,
      failures: 0,
      notBefore: 0,
      loneRefusals: 0,
      vouched: false,
      accepted: { answer: state.answers, at: now, key },
      suspicions,
    },
    effects: lanes.flatMap(({ source, events }) => (events > 0 ? [{ kind: "delivered", source, events }] : [])),
  };
}

/** What is left of a suspicion when a part was accepted. One event may be larger than a batch: then there is a part without a suspicion. */
function relieve(suspicion: Suspicion | undefined, head: string, events: number, calls: number): Suspicion | null {
  const known = suspicion ? aboutHead(suspicion, head) : { ...UNSUSPECTED, events: 1 };
  if (events === 0) return { ...known, head, done: known.done + calls, refusedBy: null };
  const left = known.events - events;
  return left <= 0 ? null : { ...UNSUSPECTED, events: left, limit: Math.min(left, known.limit * 2) };
}

const NO_HEAD = { head: null, done: 0, callLimit: 0, refusedBy: null, heldSince: null } as const;

const UNSUSPECTED: Suspicion = { events: 0, limit: 1, ...NO_HEAD, notBefore: 0, failures: 0 };

function afterRefusal(
  state: DeliveryState,
  sent: SentBatch,
  answer: Answer,
  key: string,
  now: number,
  random: number,
): Transition {
  const [lane, ...others] = sent.lanes;
  if (lane === undefined || others.length > 0 || lane.events > 1 || lane.calls > 1) return becomes(suspecting(state, sent, null));

  const { source } = lane;
  const suspicion = aboutHead(state.suspicions.get(source) ?? { ...UNSUSPECTED, events: 1 }, lane.head);
  if (!isProven(state, suspicion, key, now)) return becomes(suspecting(state, sent, state.answers));
  const heldSince = suspicion.heldSince ?? now;
  const isEnough = now - heldSince >= HELD_LASTS;
  if (state.loneRefusals + 1 >= LONE_REFUSALS && !isEnough) {
    const notBefore = now + backOff(suspicion.failures, random);
    const held = { ...suspicion, refusedBy: null, notBefore, failures: suspicion.failures + 1, heldSince };
    return {
      state: { ...state, suspicions: new Map(state.suspicions).set(source, held) },
      effects: suspicion.failures === 0 ? [{ kind: "alarm", reason: "everything_refused", source }] : [],
    };
  }
  const suspicions = new Map(state.suspicions);
  // One poison seldom comes alone: what follows is tried alone too, and twice as many with each acceptance.
  if (suspicion.events > 1) suspicions.set(source, { ...UNSUSPECTED, events: suspicion.events - 1 });
  else suspicions.delete(source);
  return {
    state: { ...state, suspicions, loneRefusals: isEnough ? 0 : state.loneRefusals + 1 },
    effects: [{ kind: "refused", source, status: answer.kind === "status" ? answer.status : 0, detail: answer.detail }],
  };
}

/**
 * The refused content is in this batch: of several sources each is tried alone next; one is halved, between its events first, then between
 * the calls of the last one.
 * @param refusedBy the number of the answer, where it was one call that was refused
 */
function suspecting(state: DeliveryState, { lanes }: SentBatch, refusedBy: number | null): DeliveryState {
  const alone = lanes.length === 1;
  const suspicions = new Map(state.suspicions);
  for (const { source, head, events, calls } of lanes) {
    const known = aboutHead(suspicions.get(source) ?? UNSUSPECTED, head);
    const isOne = alone && events <= 1;
    const isLone = isOne && calls === 1;
    suspicions.set(source, {
      ...known,
      head: isOne || known.done > 0 ? head : null,
      events: Math.max(known.events, events, 1),
      limit: Math.max(1, alone ? Math.floor(events / 2) : events),
      callLimit: isOne ? Math.max(1, Math.floor(calls / 2)) : 0,
      refusedBy: isLone ? refusedBy : null,
    });
  }
  return { ...state, suspicions };
}
