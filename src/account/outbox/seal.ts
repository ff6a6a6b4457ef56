/**
 * The sealer: turns one round of translation into a batch of the outbox. The batch, cursors, learned identities, waiting events, dead letters
 * and ledger are committed in one transaction.
 */
import type { Account } from "../../config/model.ts";
import { otherObjectOf } from "../../config/shards.ts";
import { openBook } from "../../identity/book.ts";
import type { PeopleView } from "../../translate/address.ts";
import type { InboxWebhook, WaitingEvent } from "../../translate/inbox.ts";
import type { Conflict } from "../../translate/merges.ts";
import type { ReadyEvent } from "../../translate/result.ts";
import { type Round, type RoundInput, translateRound } from "../../translate/round.ts";
import type { DeadLetters } from "../dead-letters/dead-letters.ts";
import type { Drift } from "../drift/drift.ts";
import type { Erased } from "../erasure/erased.ts";
import type { Erasures } from "../erasure/erasures.ts";
import { ERASURES, owedEvents } from "../erasure/owed.ts";
import type { Cursor, Inbox } from "../inbox/inbox.ts";
import { type PageReader, readInbox } from "../inbox/reader.ts";
import type { BookTables } from "../people/book-tables.ts";
import type { Conflicts, StoredConflict } from "../people/conflicts.ts";
import { decidedMerges, MERGED_AT_ONCE } from "../people/decided-merges.ts";
import type { Lookup } from "../people/look-up.ts";
import type { Waiting } from "../people/waiting.ts";
import type { Report } from "../report.ts";
import type { AccountRecord, State } from "../state/state.ts";
import { createGiveWay } from "./give-way.ts";
import { type Open, unsentOf } from "./lanes.ts";
import { BEGINNING, movementsOf, withBatch, withMovements } from "./movements.ts";
import type { Outbox } from "./outbox.ts";
import { flushTrail, withTrail } from "./store-trail.ts";
import { type Ended, withEnded } from "./trail.ts";

/** Maximum of unsent batches: of all well sources together, and of each source under quarantine. */
const MOST_OPEN = 2;

/** Maximum of webhook bytes that one round reads. */
const MOST_BYTES = 4_000_000;

/** A webhook that crashed the account object this often is not translated again. */
const MOST_TRIES = 3;

/** What sealing needs of the account. */
export interface SealTools {
  readonly state: State;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly dead: DeadLetters;
  readonly book: BookTables;
  readonly conflicts: Conflicts;
  readonly waiting: Waiting;
  readonly erased: Erased;
  readonly erasures: Erasures;
  readonly lookUp: Lookup;
  readonly drift: Drift;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly report: (line: Report) => void;
  /** Runs work that reads and then writes the book; one at a time. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** The sealer of one account. */
export interface Sealer {
  /**
   * Translates and seals, as far as the outbox has room: one batch for all well sources, and one for each source under quarantine.
   * @param open the batches with unsent events
   */
  seal(open: readonly Open[], options: SealOptions): Promise<Sealed>;
}

/** What sealing depends on. */
export interface SealOptions {
  readonly account: Account;
  /** How long events of unknown people wait, milliseconds. */
  readonly identityWait: number;
  /** How long events that name only references wait, milliseconds. */
  readonly orphanWait: number;
  /** Maximum of requests to vendors. */
  readonly most: number;
}

/** The result of sealing. */
export interface Sealed {
  /** Requests to vendors. */
  readonly requests: number;
  /** Whether anything was sealed or passed. */
  readonly isMoved: boolean;
  /** Whether a batch had no room for all that waited. */
  readonly isMore: boolean;
}

/** Whether a source belongs to a batch. All well sources share one; each source under quarantine has its own. */
type Lane = (source: string) => boolean;

/** What a batch holds. */
interface Content {
  /** Its sources. */
  readonly lane: Lane;
  /** What Customer.io must be told about erased people. */
  readonly owed: readonly ReadyEvent[];
  /** Merges that an operator decided. Asked anew for each round: before it, the operator may have decided otherwise. */
  readonly decided: () => readonly StoredConflict[];
}

/** A round, and the decided merges in it. */
interface MergedRound extends Round {
  readonly decided: readonly StoredConflict[];
}

/** Makes the sealer of one account. */
export function createSealer(tools: SealTools): Sealer {
  const { state, outbox, inbox, waiting } = tools;
  const giveWay = createGiveWay({ ...tools, kept: inbox.lastSeq });
  /** Webhooks up to this number may have ended the object before, or a round in it. */
  let suspects = inbox.lastSeq();

  const cursorOf = (source: string): Cursor => state.current().cursors.get(source) ?? BEGINNING;

  /** Finds the webhooks of waiting events. The last one is kept: events of one webhook follow each other. */
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
      isErased: (subject) => tools.erased.includes(subject),
      found: (source, id) => tools.lookUp.found(source, id),
    };
  }

  /** The webhooks that a round reads; after a crash only those that may have caused it. */
  function read(lane: Lane): ReadonlyMap<string, PageReader> {
    const interrupted = state.current().attempting;
    const sources = interrupted === null ? inbox.sourcesBehind(state.current().cursors) : [...interrupted.through.keys()];
    const wanted = sources.filter(lane);
    const readers = wanted.map((source): [string, PageReader] => {
      const through = interrupted?.through.get(source) ?? Number.MAX_SAFE_INTEGER;
      return [source, readInbox(inbox, source, cursorOf(source).seq, through, MOST_BYTES / wanted.length)];
    });
    return new Map(readers.filter(([, reader]) => reader.peek() !== null));
  }

  /** After a crash: records that this webhook is tried. @returns `false` if it crashed the account object too often */
  function mayTranslate({ source, seq }: InboxWebhook): boolean {
    const { attempting } = state.current();
    if (attempting === null) return true;
    const { through, at } = attempting;
    const tries = at?.source === source && at.seq === seq ? at.tries + 1 : 1;
    // Webhooks before the recorded one were translated without a crash, and must not replace it in the record.
    if (at === null || seq >= at.seq)
      state.update((record) => ({ ...record, attempting: { through, at: { source, seq, tries } } }));
    return tries <= MOST_TRIES;
  }

  /** Seals one batch. */
  async function sealOne(
    { lane, owed, decided }: Content,
    { account, identityWait, orphanWait, most }: SealOptions,
  ): Promise<Sealed> {
    const isInterrupted = state.current().attempting !== null;
    const behind = read(lane);
    const due = waiting.due(tools.now()).filter(({ source }) => lane(source));
    if (behind.size + due.length + owed.length + decided().length === 0) return NOTHING;
    // What arrived since the object started, and was not tried, has ended nothing: to record each round of it would cost a row.
    const heads = [...behind.values()].flatMap((reader) => reader.peek() ?? []);
    const isAttempt = isInterrupted ? heads.length > 0 : heads.some(({ seq }) => seq <= suspects);
    if (isAttempt && !isInterrupted) {
      const through = new Map([...behind.keys()].map((source) => [source, inbox.lastSeq()]));
      state.update((record) => ({ ...record, attempting: { through, at: null } }));
    }
    const round = async (view: PeopleView, webhooks: RoundInput["inbox"]): Promise<MergedRound> => {
      const now = tools.now();
      const merges = decided();
      const merging = await decidedMerges(merges, view.book, account, now);
      const own = [...merging.events, ...owed];
      const translated = await translateRound(
        {
          account,
          now,
          identityWait: waiting.isOpen() ? identityWait : 0,
          orphanWait: waiting.isOpen() ? orphanWait : 0,
          own,
          due,
          waitersOf: waiting.of,
          webhookOf: findWebhooks(),
          inbox: webhooks,
          passed: (source) => cursorOf(source).events,
          isInOrder: isInterrupted,
          isBeforeErasure: (seq) => tools.erasures.covers(seq),
          giveWay: ({ receivedAt }) => giveWay(receivedAt),
          mayTranslate: isInterrupted ? mayTranslate : () => true,
        },
        view,
      );
      return {
        ...translated,
        decided: merges,
        folds: [...merging.folds, ...translated.folds],
        conflicts: [...merging.conflicts, ...translated.conflicts],
      };
    };
    const end = (made: MergedRound, readers: ReadonlyMap<string, PageReader>, requests: number): Sealed => {
      commit(made, isAttempt, account);
      const isLeft = [...readers.values()].some((reader) => reader.peek() !== null || reader.isCut());
      return { requests, isMoved: true, isMore: isLeft || made.partial !== null || made.released.length < due.length };
    };
    // A look-up takes time, during which other work continues. Then the round is repeated with what the book knows.
    const { sought, sealed } = await tools.alone(async () => {
      const first = await round(viewOfPeople(), behind);
      // Not after a crash: a webhook is tried once in each life of the object.
      const isSought = !isInterrupted && tools.lookUp.wants(first.sought, account, most);
      return { sought: first.sought, sealed: isSought ? null : end(first, behind, 0) };
    });
    if (sealed !== null) return sealed;
    const requests = await tools.lookUp.ask(sought, account, most);
    return tools.alone(async () => {
      const again = read(lane);
      return end(await round(viewOfPeople(), again), again, requests);
    });
  }

  /** Commits a round. @param isAttempt whether it was recorded as attempted */
  function commit(round: MergedRound, isAttempt: boolean, account: Account): void {
    const now = tools.now();
    const events = [...round.merges, ...round.ready];
    const drift = tools.drift.deltaOf(round.mapped, account);
    const movements = { ...movementsOf(round, isAttempt, cursorOf), ...(drift === null ? {} : { drift }) };
    const found: Conflict[] = [];
    const change = (given: AccountRecord): AccountRecord => {
      const ended = round.endings.flatMap((line): readonly Ended[] =>
        line.as === "dead" ? [] : [{ reason: null, ...line, at: now }],
      );
      const record = withTrail(given, withEnded(given.outbox.trail, ended));
      tools.book.write(round.book, now);
      for (const { number } of round.decided) tools.conflicts.set(number, "merged");
      found.push(...round.conflicts.filter((conflict) => tools.conflicts.add(conflict, now)));
      for (const fold of round.folds) tools.conflicts.follow(fold);
      for (const event of round.waits) waiting.add(event);
      for (const number of round.released) waiting.remove(number);
      for (const erasure of round.erasures) {
        const isElsewhere = otherObjectOf(account, erasure.source) !== null;
        tools.erasures.demand({ ...erasure, customerio: account.redact, isElsewhere }, now);
      }
      for (const { entry, id, type, occurredAt, reason, detail } of round.deadLetters)
        tools.dead.add({ id, type, source: entry.source, occurredAt, reason, detail }, entry, now);
      if (events.length === 0) return flushTrail(withMovements(record, movements), outbox, now);
      const number = record.outbox.last + 1;
      outbox.seal(number, events, movements, record.outbox.trail, now);
      return withBatch(withMovements(record, movements), number);
    };
    if (events.length === 0) state.update(change);
    else state.seal(change);
    if (drift !== null) tools.drift.add(drift, events.length === 0 ? null : state.current().outbox.last);
    for (const { entry, id, type, reason } of round.deadLetters)
      tools.report({ outcome: "dead", source: entry.source, type, id, reason });
    for (const { reason } of found) tools.report({ outcome: "conflict", reason });
    for (const { as, source, type, id, reason } of round.endings)
      if (as === "ignored" && reason !== undefined) tools.report({ outcome: "ignored", source, type, id, reason });
  }

  return {
    seal: async (open, options) => {
      const quarantined = [...state.current().delivery.quarantined.keys()];
      const unsent = open.map((one) => new Set(unsentOf(one).map(({ source }) => source)));
      const isOwedOpen = unsent.some((sources) => sources.has(ERASURES));
      const owed = isOwedOpen ? [] : await owedEvents(tools.erasures.owed(), options.account);
      const decided = () => tools.conflicts.list(["merging"], 0, MERGED_AT_ONCE);
      const batches: readonly Content[] = [
        { lane: (source) => !quarantined.includes(source), owed, decided },
        ...quarantined.map((name): Content => ({ lane: (source) => source === name, owed: [], decided: () => [] })),
      ];
      let [requests, isMoved, isMore] = [0, false, false];
      for (const content of batches) {
        if (unsent.filter((sources) => [...sources].some(content.lane)).length >= MOST_OPEN) continue;
        const sealed = await sealOne(content, { ...options, most: options.most - requests }).catch((error: unknown) => {
          suspects = inbox.lastSeq();
          throw error;
        });
        requests += sealed.requests;
        isMoved ||= sealed.isMoved;
        isMore ||= sealed.isMore;
      }
      // The recorded webhooks are gone from the inbox.
      if (state.current().attempting !== null && read(() => true).size === 0)
        state.update((record) => ({ ...record, attempting: null }));
      return { requests, isMoved, isMore };
    },
  };
}

const NOTHING: Sealed = { requests: 0, isMoved: false, isMore: false };
