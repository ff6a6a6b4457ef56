/**
 * The result of translated events: calls to send, and everything to store with them.
 */
import type { Account } from "../config/model.ts";
import type { IdFact } from "../contract/facts.ts";
import type { VendorEvent } from "../contract/vendor-event.ts";
import type { Call } from "../pipelines/calls.ts";
import type { SerialisedCall } from "../pipelines/pack.ts";
import { type About, type DemandedErasure, ERASED } from "./address.ts";
import type { DeathReason, Item } from "./batch.ts";
import { type InboxWebhook, sinceOf, type WaitingEvent } from "./inbox.ts";
import type { Conflict, Fold } from "./merges.ts";
import type { EventName } from "./reading.ts";

/** The source of merge calls. No configured source can have this name. */
export const MERGES = "+links";

/** An event with its calls, ready to seal. */
export interface ReadyEvent extends EventName {
  readonly source: string;
  /** The sequence number of its webhook; 0 for the core's own events. */
  readonly seq: number;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** When it was accepted or replayed, milliseconds since 1970. */
  readonly since: number;
  readonly calls: readonly SerialisedCall[];
  /** Who it is about, and why; missing for the core's own events. */
  readonly about?: readonly About[];
  /** What it waited for, if it did. */
  readonly waited?: Wait;
}

/** A wait that is over. */
export type Wait = Pick<WaitingEvent, "what" | "until">;

/** A vendor event that became a dead letter before anything was sent. */
export interface NewDeadLetter extends EventName {
  readonly entry: InboxWebhook;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly reason: DeathReason;
  readonly detail: string;
}

/** Ids of one event's unknown people, in the order in which the vendor is asked. */
export interface Sought {
  readonly source: string;
  readonly ids: readonly IdFact[];
}

/** The end of an event without calls to send, for the ledger and the event log. */
export interface Ending extends EventName {
  readonly source: string;
  /** The sequence number of its webhook. */
  readonly seq: number;
  readonly as: "ignored" | "dead" | "discarded" | "delivered";
  /** Why it was ignored. */
  readonly reason?: string;
  /** What it waited for, if it did. */
  readonly waited?: Wait;
}

/** An event that was mapped, for watching what its vendor sends. */
export interface Mapped {
  readonly source: string;
  /** Without its data but for the first events of a type: more would tell nothing new, and take up memory. */
  readonly event: Pick<VendorEvent, "type" | "version"> & { readonly data?: unknown };
}

/** The result of translated events. */
export interface Result {
  /** In the order of sending. */
  readonly ready: readonly ReadyEvent[];
  /** Merge calls: they are sent before `ready`. */
  readonly merges: readonly ReadyEvent[];
  readonly waits: readonly Omit<WaitingEvent, "number">[];
  /** Numbers of waiting events that were released. */
  readonly released: readonly number[];
  readonly deadLetters: readonly NewDeadLetter[];
  /** Events that are finished without calls. */
  readonly endings: readonly Ending[];
  /** The source of each event whose calls are all about an unknown person. */
  readonly anonymous: readonly string[];
  /** People who exist twice in Customer.io. */
  readonly conflicts: readonly Conflict[];
  /** What becomes of conflicts once these are stored, in order. */
  readonly folds: readonly Fold[];
  /** People that sources must erase. */
  readonly erasures: readonly (DemandedErasure & { readonly source: string })[];
  /** Unknown people that vendors can be asked about. */
  readonly sought: readonly Sought[];
  /** Events at their turn: one that waited was mapped before. */
  readonly mapped: readonly Mapped[];
}

/** What the result depends on. */
export interface ResultInput {
  readonly account: Account;
  /** How long events of unknown people wait, milliseconds. */
  readonly identityWait: number;
  /** How long events that name only references wait, milliseconds. */
  readonly orphanWait: number;
  /** Whether a running erasure began after the webhook with this sequence number was kept. */
  readonly isBeforeErasure: (seq: number) => boolean;
}

/** The result of these events. */
export function resultOf(items: readonly Item[], { account, identityWait, orphanWait, isBeforeErasure }: ResultInput): Result {
  const ready: ReadyEvent[] = [];
  const merges: ReadyEvent[] = [];
  const waits: Omit<WaitingEvent, "number">[] = [];
  const deadLetters: NewDeadLetter[] = [];
  const endings: Ending[] = [];
  const anonymous: string[] = [];
  const erasures: Result["erasures"][number][] = [];
  const sought: Sought[] = [];
  const conflicts: Conflict[] = [];
  const folds: Fold[] = [];
  const mapped: Mapped[] = [];

  for (const { entry, outcome, waited, merges: merging, calls } of items) {
    const { source, seq } = entry;
    const { id, type, occurredAt } = outcome;
    if ("version" in outcome && outcome.version !== undefined && waited === null)
      mapped.push({ source, event: { type, version: outcome.version, data: outcome.data } });
    const wait = waited === null ? {} : { waited: { what: waited.what, until: waited.until } };
    const end = (as: Ending["as"], reason?: string) =>
      endings.push({ source, seq, id, type, as, ...(reason === undefined ? {} : { reason }), ...wait });
    if (outcome.kind === "dead_letter") {
      deadLetters.push({ ...outcome, entry });
      end("dead");
      continue;
    }
    const { consequences, unknown } = outcome;
    conflicts.push(...consequences.conflicts);
    folds.push(...consequences.folds);
    erasures.push(...consequences.erasures.map((erasure) => ({ ...erasure, source })));
    if (unknown.length > 0) sought.push({ source, ids: unknown });
    switch (outcome.kind) {
      case "calls": {
        const since = sinceOf(entry);
        for (const [index, call] of merging.entries())
          merges.push({ source: MERGES, seq, id: `${id} ${index}`, type: "link", occurredAt, since, calls: [call] });
        // Its only calls are merge calls.
        if (calls.length === 0) end("delivered");
        else ready.push({ source, seq, id, type, occurredAt, since, calls, about: outcome.about, ...wait });
        if (calls.length > 0 && outcome.calls.every(isAnonymous)) anonymous.push(source);
        break;
      }
      case "ignored":
        if (outcome.reason === ERASED && isBeforeErasure(seq)) end("discarded");
        else end("ignored", outcome.reason);
        break;
      case "waits": {
        const { what, keys } = outcome.waitsFor;
        waits.push({
          source,
          seq,
          id,
          type,
          what,
          until: sinceOf(entry) + (what === "person" ? identityWait : orphanWait),
          keys,
        });
        break;
      }
      case "dead":
        deadLetters.push({ entry, id, type, occurredAt, reason: outcome.reason, detail: outcome.issue });
        end("dead");
    }
  }
  return {
    ready,
    merges,
    waits,
    released: items.flatMap(({ waited }) => (waited === null ? [] : [waited.number])),
    deadLetters,
    endings,
    anonymous,
    conflicts,
    folds,
    erasures,
    mapped,
    sought: sought.filter(({ source }) => canLookUp(account, source)),
  };
}

/** Whether a source's vendor can be asked about people. */
function canLookUp(account: Account, name: string): boolean {
  const state = account.sources.get(name);
  return state?.ok === true && state.source.api !== null && state.source.adapter.lookup !== null;
}

function isAnonymous(call: Call): boolean {
  return !("userId" in call) || call.userId === undefined;
}
