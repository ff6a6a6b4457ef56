/**
 * The state of delivery: plain data, stored with the cursors. `next-step.ts` says what to send next, `after-answer.ts` what an answer means.
 * Both are pure: no clock, no network, no store. Times are milliseconds since 1970.
 *
 * A failure of the destination as a whole (it is down, it refuses the key) stops all delivery. Refused content puts its source in
 * quarantine: sources in quarantine are tried one at a time, all others share batches, and they take turns.
 */

/** Longest wait between tries, milliseconds. */
export const LONGEST_WAIT = 600_000;

/** Why all delivery stops until an operator acts or a probe is accepted. */
export interface Hold {
  /** `no_key`: none configured. `key_refused`: 401 or 403 to a probe. `everything_refused`: the destination refuses even a probe. */
  readonly reason: "no_key" | "key_refused" | "everything_refused";
  readonly since: number;
}

/** What is known about a source whose content was refused. */
export interface Quarantine {
  /** The refused content is among the next `events` vendor events of the source. */
  readonly events: number;
  /** How many of them are tried next. */
  readonly limit: number;
  /** The vendor event that `done`, `callLimit`, `refusedBy` and `heldSince` are about; `null` if they are about none. */
  readonly head: string | null;
  /** How many calls of the head were accepted. */
  readonly done: number;
  /** How many calls of the head are tried at once; 0: all that are left. */
  readonly callLimit: number;
  /** The number of the answer that refused one call of the head alone. If that call is refused again after a proof, the event is dead. */
  readonly refusedBy: number | null;
  /** The source is not tried before this time. */
  readonly notBefore: number;
  /** How often in a row it was held. */
  readonly failures: number;
  /** Since when it is held at this head; `null` if it is not. */
  readonly heldSince: number | null;
}

/** A batch as it was sent. For each source: its first event, how many events were sent whole, and how many calls in all. */
export interface SentBatch {
  readonly kind: "batch";
  readonly lanes: readonly { readonly source: string; readonly head: string; readonly events: number; readonly calls: number }[];
}

/** What was sent. */
export type Sent = SentBatch | { readonly kind: "probe" };

/** Everything that delivery remembers. */
export interface DeliveryState {
  /** Failures in a row. */
  readonly failures: number;
  /** Nothing is sent before this time. */
  readonly notBefore: number;
  /** Answers so far: they order events even if the clock jumps. */
  readonly answers: number;
  /** The last acceptance, of events or of a probe: the number of the answer, its time, the key's fingerprint. */
  readonly accepted: { readonly answer: number; readonly at: number; readonly key: string } | null;
  /** By source. */
  readonly quarantined: ReadonlyMap<string, Quarantine>;
  /** Vendor events of any source that died since the last acceptance, or since one died after an hour of being held. */
  readonly loneRefusals: number;
  /** This batch was refused, and a probe is due: its answer says what the refusal meant. */
  readonly probing: SentBatch | null;
  /** The last answer was an accepted probe: if the next one is a refusal of any kind, it is about the content. */
  readonly vouched: boolean;
  readonly hold: Hold | null;
  /** Fingerprint of the key in use when the hold began. */
  readonly heldKey: string | null;
  /** Whose turn was last: a source in quarantine, or all others (the empty string). */
  readonly turn: string;
}

/** The state of an account that has sent nothing yet. */
export const INITIAL_DELIVERY: DeliveryState = {
  failures: 0,
  notBefore: 0,
  answers: 0,
  accepted: null,
  quarantined: new Map(),
  loneRefusals: 0,
  probing: null,
  vouched: false,
  hold: null,
  heldKey: null,
  turn: "",
};
