/**
 * Sealing: one round of translation becomes a batch in the outbox. The batch's bytes, the cursors, what was learned, waiting events, dead
 * letters and ledger are one transaction.
 */
import type { Account } from "../../config/model.ts";
import { openBook } from "../../identity/book.ts";
import type { PeopleView } from "../../translate/address.ts";
import type { InboxReader, InboxWebhook, WaitingEvent } from "../../translate/inbox.ts";
import { openNotes } from "../../translate/notes.ts";
import type { ReadyEvent } from "../../translate/result.ts";
import { type Round, type RoundInput, translateRound } from "../../translate/round.ts";
import type { DeadLetters } from "../dead-letters/dead-letters.ts";
import type { Erased } from "../erasure/erased.ts";
import type { Erasures } from "../erasure/erasures.ts";
import { ERASURES, owedEvents } from "../erasure/owed.ts";
import type { Cursor, Inbox } from "../inbox/inbox.ts";
import { readInbox } from "../inbox/reader.ts";
import type { BookTables } from "../people/book-tables.ts";
import type { Lookup } from "../people/look-up.ts";
import type { NoteTable } from "../people/note-table.ts";
import type { Waiting } from "../people/waiting.ts";
import type { Report } from "../report.ts";
import type { AccountRecord, State } from "../state/state.ts";
import { type Open, unsentOf } from "./lanes.ts";
import { BEGINNING, movementsOf, withBatch, withMovements } from "./movements.ts";
import type { Outbox } from "./outbox.ts";

/** Batches that may wait unsent, of all well sources together, and of each source under quarantine. */
const MOST_OPEN = 2;

/** Bytes of webhooks that one round reads. */
const MOST_BYTES = 4_000_000;

/** A webhook that ended the object so many times is not translated again. */
const MOST_TRIES = 3;

/** What sealing needs of the account. */
export interface SealTools {
  readonly state: State;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly dead: DeadLetters;
  readonly book: BookTables;
  readonly notes: NoteTable;
  readonly waiting: Waiting;
  readonly erased: Erased;
  readonly erasures: Erasures;
  readonly lookUp: Lookup;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly report: (line: Report) => void;
  /** Runs what reads and then writes the book while nothing else writes it. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Seals what waits. */
export interface Sealer {
  /**
   * Translates and seals, as far as the outbox has room: one batch of the well sources together, and one of each source under quarantine.
   * @param open the open batches
   */
  seal(open: readonly Open[], options: SealOptions): Promise<Sealed>;
}

/** What sealing depends on. */
export interface SealOptions {
  readonly account: Account;
  /** How long events of unknown people wait, milliseconds. */
  readonly identityWait: number;
  /** Requests to vendors at the most. */
  readonly most: number;
}

/** What sealing came to. */
export interface Sealed {
  /** Requests to vendors. */
  readonly requests: number;
  /** Whether anything was sealed or passed. */
  readonly isMoved: boolean;
}

/** Whether a source belongs to a batch: all well sources share one, each source under quarantine has its own. */
type Lane = (source: string) => boolean;

/** Makes the sealer of one account. */
export function createSealer(tools: SealTools): Sealer {
  const { state, outbox, inbox, waiting } = tools;

  const cursorOf = (source: string): Cursor => state.current().cursors.get(source) ?? BEGINNING;

  /** The webhooks of waiting events. One of many events is asked for again by each of them. */
  function findWebhooks(): (event: WaitingEvent) => InboxWebhook {
    let last: InboxWebhook | null = null;
    return ({ source, seq }) => {
      if (last?.source !== source || last.seq !== seq) last = inbox.find(source, seq);
      if (last === null) throw new Error("a webhook that an event waits in is gone from the inbox");
      return last;
    };
  }

  function viewOfPeople(): PeopleView {
    return {
      book: openBook((keys) => tools.book.read(keys, tools.now())),
      notes: openNotes((key) => tools.notes.get(key)),
      isErased: (subject) => tools.erased.includes(subject),
    };
  }

  /** The webhooks that a round reads. After a crash only those that may have caused it. */
  function read(lane: Lane): ReadonlyMap<string, InboxReader> {
    const interrupted = state.current().attempting;
    const sources = interrupted === null ? inbox.sourcesBehind(state.current().cursors) : [...interrupted.through.keys()];
    const wanted = sources.filter(lane);
    const readers = wanted.map((source): [string, InboxReader] => {
      const through = interrupted?.through.get(source) ?? Number.MAX_SAFE_INTEGER;
      return [source, readInbox(inbox, source, cursorOf(source).seq, through, MOST_BYTES / wanted.length)];
    });
    return new Map(readers.filter(([, reader]) => reader.peek() !== null));
  }

  /** Notes that this webhook is about to be translated where one ended the object. @returns `false` where it did so too often */
  function mayTranslate({ source, seq }: InboxWebhook): boolean {
    const { attempting } = state.current();
    if (attempting === null) return true;
    const { through, at } = attempting;
    const tries = at?.source === source && at.seq === seq ? at.tries + 1 : 1;
    // What stands before the webhook that did not end was translated well then: it must not take its place in the record.
    if (at === null || seq >= at.seq)
      state.update((record) => ({ ...record, attempting: { through, at: { source, seq, tries } } }));
    return tries <= MOST_TRIES;
  }

  /** Seals one batch. @param lane the sources that it is of @param own events of the core's own */
  async function sealOne(lane: Lane, own: readonly ReadyEvent[], { account, identityWait, most }: SealOptions): Promise<Sealed> {
    const isInterrupted = state.current().attempting !== null;
    const behind = read(lane);
    const due = waiting.due(tools.now()).filter(({ source }) => lane(source));
    if (behind.size + due.length + own.length === 0) return NOTHING;
    const isAttempt = behind.size > 0;
    if (isAttempt && !isInterrupted) {
      const through = new Map([...behind.keys()].map((source) => [source, inbox.lastSeq()]));
      state.update((record) => ({ ...record, attempting: { through, at: null } }));
    }
    const round = (view: PeopleView, webhooks: RoundInput["inbox"]): Promise<Round> =>
      translateRound(
        {
          account,
          now: tools.now(),
          identityWait: waiting.isOpen() ? identityWait : 0,
          own,
          due,
          waitersOf: waiting.of,
          webhookOf: findWebhooks(),
          inbox: webhooks,
          passed: (source) => cursorOf(source).events,
          isInOrder: isInterrupted,
          isBeforeErasure: (seq) => tools.erasures.covers(seq),
          mayTranslate: isInterrupted ? mayTranslate : () => true,
        },
        view,
      );
    // Asking a vendor takes time, in which other work may go on; then the round begins anew, with what the book knows by then.
    const sought = await tools.alone(async () => {
      const first = await round(viewOfPeople(), behind);
      if (tools.lookUp.wants(first.sought, account, most)) return first.sought;
      commit(first, isAttempt);
      return null;
    });
    if (sought === null) return { requests: 0, isMoved: true };
    const requests = await tools.lookUp.ask(sought, account, most);
    await tools.alone(async () => commit(await round(viewOfPeople(), read(lane)), isAttempt));
    return { requests, isMoved: true };
  }

  /** @param isAttempt whether it was noted that this round is attempted */
  function commit(round: Round, isAttempt: boolean): void {
    const now = tools.now();
    const events = [...round.merges, ...round.ready];
    const movements = movementsOf(round, isAttempt, cursorOf);
    const change = (record: AccountRecord): AccountRecord => {
      tools.book.apply(round.knowledge, now);
      tools.notes.apply(round.notes);
      for (const event of round.waits) waiting.add(event);
      for (const number of round.released) waiting.remove(number);
      for (const erasure of round.erasures) tools.erasures.demand(erasure, now);
      for (const { entry, id, type, occurredAt, reason, detail } of round.deadLetters)
        tools.dead.add({ id, type, source: entry.source, occurredAt, reason, detail }, entry, now);
      if (events.length === 0) return withMovements(record, movements);
      const number = record.outbox.last + 1;
      outbox.seal(number, events, movements, now);
      return withBatch(withMovements(record, movements), number);
    };
    if (events.length === 0) state.update(change);
    else state.seal(change);
    for (const { entry, id, type, reason } of round.deadLetters)
      tools.report({ outcome: "dead", source: entry.source, type, id, reason });
  }

  return {
    seal: async (open, options) => {
      const suspects = [...state.current().delivery.suspicions.keys()];
      const unsent = open.map((one) => new Set(unsentOf(one).map(({ source }) => source)));
      const isOwedOpen = unsent.some((sources) => sources.has(ERASURES));
      const owed = isOwedOpen ? [] : await owedEvents(tools.erasures.owed(), options.account);
      const lanes: readonly { readonly lane: Lane; readonly own: readonly ReadyEvent[] }[] = [
        { lane: (source) => !suspects.includes(source), own: owed },
        ...suspects.map((suspect) => ({ lane: (source: string) => source === suspect, own: [] })),
      ];
      let [requests, isMoved] = [0, false];
      for (const { lane, own } of lanes) {
        if (unsent.filter((sources) => [...sources].some(lane)).length >= MOST_OPEN) continue;
        const sealed = await sealOne(lane, own, { ...options, most: options.most - requests });
        requests += sealed.requests;
        isMoved ||= sealed.isMoved;
      }
      // What was attempted is gone from the inbox.
      if (state.current().attempting !== null && read(() => true).size === 0)
        state.update((record) => ({ ...record, attempting: null }));
      return { requests, isMoved };
    },
  };
}

const NOTHING: Sealed = { requests: 0, isMoved: false };
