/**
 * What an answer of the destination means: the new state, and what the drain must do in the transaction that stores it.
 */
import type { Answer } from "../../pipelines/sender.ts";
import { type DeliveryState, type Hold, LONGEST_WAIT, type Sent, type SentBatch } from "./delivery.ts";
import { afterPartAccepted, isProven, NEW_QUARANTINE, quarantineAt, quarantineSources } from "./quarantine.ts";

/** Shortest wait between tries, milliseconds. */
const SHORTEST_WAIT = 1_000;

/** After so many refusals of single calls in a row the source is held instead of losing more events. */
const LONE_REFUSALS = 3;

/**
 * How long a source is held at one event before that event dies too, milliseconds. By then a bad event is more likely than a destination
 * that refuses everything.
 */
const HELD_LASTS = 3_600_000;

/** What the drain must do. */
export type Effect =
  /** The next so many vendor events of the source are delivered. */
  | { readonly kind: "delivered"; readonly source: string; readonly events: number }
  /** The next vendor event of the source becomes a dead letter. */
  | { readonly kind: "refused"; readonly source: string; readonly status: number; readonly detail: string }
  /** An operator must act; `source` is set if only that source is concerned. */
  | { readonly kind: "alarm"; readonly reason: Hold["reason"]; readonly source: string | null };

/** A new state and its effects. */
export interface Transition {
  readonly state: DeliveryState;
  readonly effects: readonly Effect[];
}

/**
 * Gives the state after an answer.
 * @param key fingerprint of the key that the request was sent with
 * @param now milliseconds since 1970
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
  const meaning = meaningOf(answer);
  if (meaning === "later") {
    const wait = Math.max(backOff(state.failures, random), answer.kind === "status" ? (answer.retryAfter ?? 0) : 0);
    return withoutEffects({ ...state, failures: state.failures + 1, notBefore: now + wait });
  }
  if (sent.kind === "probe") {
    if (meaning === "accepted") return withoutEffects(afterProbe(state, key, now));
    return holdDelivery(state, meaning === "forbidden" ? "key_refused" : "everything_refused", key, now, random);
  }
  if (meaning === "accepted") return afterAcceptance(state, sent, key, now);
  if (meaning === "refused" || state.vouched) return afterRefusal({ ...state, vouched: false }, sent, answer, key, now, random);
  return withoutEffects({ ...state, probing: sent });
}

/** Gives the state of an account that has no API key. The alarm is raised once. */
export function withoutKey(state: DeliveryState, now: number): Transition {
  if (state.hold?.reason === "no_key") return withoutEffects(state);
  const held: DeliveryState = { ...state, hold: { reason: "no_key", since: now }, heldKey: null };
  return { state: held, effects: [{ kind: "alarm", reason: "no_key", source: null }] };
}

function meaningOf(answer: Answer): "accepted" | "refused" | "forbidden" | "doubtful" | "later" {
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
  return state.quarantined.has(source) ? source : "";
}

function withoutEffects(state: DeliveryState): Transition {
  return { state, effects: [] };
}

/** Full jitter up to a ceiling that doubles with each failure, milliseconds. */
function backOff(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** Math.min(failures + 1, 20));
  return SHORTEST_WAIT + random * (ceiling - SHORTEST_WAIT);
}

function holdDelivery(state: DeliveryState, reason: Hold["reason"], key: string, now: number, random: number): Transition {
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

/** The destination accepted a probe. So the batch that was refused before it was refused for its content. */
function afterProbe(state: DeliveryState, key: string, now: number): DeliveryState {
  const accepted = { answer: state.answers, at: now, key };
  const released: DeliveryState = { ...state, notBefore: 0, accepted, probing: null, vouched: true, hold: null, heldKey: null };
  return state.probing === null ? released : quarantineSources(released, state.probing, state.answers - 1);
}

function afterAcceptance(state: DeliveryState, { lanes }: SentBatch, key: string, now: number): Transition {
  // The destination accepts events again, so every held source may try again.
  const quarantined = new Map([...state.quarantined].map(([source, quarantine]) => [source, { ...quarantine, notBefore: 0 }]));
  for (const { source, head, events, calls } of lanes) {
    const left = afterPartAccepted(quarantined.get(source), head, events, calls);
    if (left) quarantined.set(source, left);
    else quarantined.delete(source);
  }
  return {
    state: {
      ...state,
      failures: 0,
      notBefore: 0,
      loneRefusals: 0,
      vouched: false,
      accepted: { answer: state.answers, at: now, key },
      quarantined,
    },
    effects: lanes.flatMap(({ source, events }) => (events > 0 ? [{ kind: "delivered", source, events }] : [])),
  };
}

function afterRefusal(
  state: DeliveryState,
  sent: SentBatch,
  answer: Answer,
  key: string,
  now: number,
  random: number,
): Transition {
  const [lane, ...others] = sent.lanes;
  if (lane === undefined || others.length > 0 || lane.events > 1 || lane.calls > 1) {
    return withoutEffects(quarantineSources(state, sent, null));
  }

  const { source } = lane;
  const quarantine = quarantineAt(state.quarantined.get(source) ?? { ...NEW_QUARANTINE, events: 1 }, lane.head);
  if (!isProven(state, quarantine, key, now)) return withoutEffects(quarantineSources(state, sent, state.answers));
  const heldSince = quarantine.heldSince ?? now;
  const isHeldLongEnough = now - heldSince >= HELD_LASTS;
  if (state.loneRefusals + 1 >= LONE_REFUSALS && !isHeldLongEnough) {
    const notBefore = now + backOff(quarantine.failures, random);
    const held = { ...quarantine, refusedBy: null, notBefore, failures: quarantine.failures + 1, heldSince };
    return {
      state: { ...state, quarantined: new Map(state.quarantined).set(source, held) },
      effects: quarantine.failures === 0 ? [{ kind: "alarm", reason: "everything_refused", source }] : [],
    };
  }
  const quarantined = new Map(state.quarantined);
  // Bad events often come in groups: the next one is tried alone too, and each acceptance doubles how many are tried.
  if (quarantine.events > 1) quarantined.set(source, { ...NEW_QUARANTINE, events: quarantine.events - 1 });
  else quarantined.delete(source);
  return {
    state: { ...state, quarantined, loneRefusals: isHeldLongEnough ? 0 : state.loneRefusals + 1 },
    effects: [{ kind: "refused", source, status: answer.kind === "status" ? answer.status : 0, detail: answer.detail }],
  };
}
