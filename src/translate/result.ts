/**
 * What translated events came to: calls to send, and everything that is to be stored with them.
 */
import type { Account } from "../config/model.ts";
import type { IdFact } from "../contract/facts.ts";
import type { Subject } from "../identity/subject.ts";
import type { SerialisedCall } from "../pipelines/pack.ts";
import { ERASED } from "./address.ts";
import type { DeathReason, Item } from "./batch.ts";
import { type InboxWebhook, sinceOf, type WaitingEvent } from "./inbox.ts";
import { type Note, openNotes } from "./notes.ts";
import type { EventName } from "./reading.ts";

/** The source of calls that merge an anonymous id or an address into a person. No source has such a name. */
export const MERGES = "+links";

/** A vendor event with its calls, ready to be sealed. */
export interface ReadyEvent extends EventName {
  readonly source: string;
  /** Its webhook in the source's inbox; 0 where the core made the event. */
  readonly seq: number;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** When it was accepted or replayed, milliseconds since 1970. */
  readonly since: number;
  readonly calls: readonly SerialisedCall[];
}

/** A vendor event that is a dead letter before anything was sent. */
export interface NewDeadLetter extends EventName {
  readonly entry: InboxWebhook;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly reason: DeathReason;
  readonly detail: string;
}

/** Ids of one event's people, in the order in which they are worth asking the vendor about. */
export interface Sought {
  readonly source: string;
  readonly ids: readonly IdFact[];
}

/** How an event ended that has no calls to send, for the ledger. */
export interface Ending {
  readonly source: string;
  readonly as: "ignored" | "dead" | "discarded" | "delivered";
  /** Why it was ignored. */
  readonly reason?: string;
}

/** What translated events came to: all that is to be stored of them. */
export interface Result {
  /** In the order in which they leave. */
  readonly ready: readonly ReadyEvent[];
  /** Calls that merge an anonymous id or an address into a person: they leave before `ready`. */
  readonly merges: readonly ReadyEvent[];
  readonly waits: readonly Omit<WaitingEvent, "number">[];
  /** Numbers of waiting events that wait no longer. */
  readonly released: readonly number[];
  readonly deadLetters: readonly NewDeadLetter[];
  /** Events that are settled by now. */
  readonly endings: readonly Ending[];
  readonly notes: readonly Note[];
  /** What sources must forget. */
  readonly erasures: readonly { readonly source: string; readonly subject: Subject }[];
  /** People that their vendor may be asked about. */
  readonly sought: readonly Sought[];
}

/** What the result depends on. */
export interface ResultInput {
  readonly account: Account;
  /** How long events of unknown people wait, milliseconds. */
  readonly identityWait: number;
  /** Whether an erasure that still runs began after this webhook was kept. */
  readonly isBeforeErasure: (seq: number) => boolean;
}

/** What these translated events come to. */
export function resultOf(items: readonly Item[], { account, identityWait, isBeforeErasure }: ResultInput): Result {
  const ready: ReadyEvent[] = [];
  const merges: ReadyEvent[] = [];
  const waits: Omit<WaitingEvent, "number">[] = [];
  const deadLetters: NewDeadLetter[] = [];
  const endings: Ending[] = [];
  const erasures: Result["erasures"][number][] = [];
  const sought: Sought[] = [];
  const notes = openNotes();

  for (const { entry, outcome, merges: merging, calls } of items) {
    const { source, seq } = entry;
    const { id, type, occurredAt } = outcome;
    const end = (as: Ending["as"], reason?: string) => endings.push({ source, as, ...(reason === undefined ? {} : { reason }) });
    if (outcome.kind === "dead_letter") {
      deadLetters.push({ ...outcome, entry });
      end("dead");
      continue;
    }
    const { learned, unknown } = outcome;
    notes.add(learned.notes);
    erasures.push(...learned.erasures.map((subject) => ({ source, subject })));
    if (unknown.length > 0) sought.push({ source, ids: unknown });
    switch (outcome.kind) {
      case "calls": {
        const since = sinceOf(entry);
        for (const [index, call] of merging.entries())
          merges.push({ source: MERGES, seq, id: `${id} ${index}`, type: "link", occurredAt, since, calls: [call] });
        // It said nothing but that two ids are one person's.
        if (calls.length === 0) end("delivered");
        else ready.push({ source, seq, id, type, occurredAt, since, calls });
        break;
      }
      case "ignored":
        if (outcome.reason === ERASED && isBeforeErasure(seq)) end("discarded");
        else end("ignored", outcome.reason);
        break;
      case "waits":
        waits.push({ source, seq, id, type, until: sinceOf(entry) + identityWait, strangers: outcome.strangers });
        break;
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
    notes: notes.added(),
    erasures,
    sought: sought.filter(({ source }) => canLookUp(account, source)),
  };
}

/** Whether this source's vendor can be asked about its people. */
function canLookUp(account: Account, name: string): boolean {
  const state = account.sources.get(name);
  return state?.ok === true && state.source.api !== null && state.source.adapter.lookup !== null;
}
