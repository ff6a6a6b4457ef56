/**
 * The driver of delivery: takes the logs in order, maps, packs, posts, and does what the state machine says, each movement in one
 * transaction with the cursors.
 */
import type { Account } from "../config/model.ts";
import type { IdFact } from "../contract/facts.ts";
import { openBook } from "../identity/book.ts";
import { joinKnowledge } from "../identity/links.ts";
import { probeBody } from "../pipelines/probe.ts";
import type { Send } from "../pipelines/sender.ts";
import type { BookTables } from "./book.ts";
import type { DeadLetters, Death } from "./dead.ts";
import { afterAnswer, type Hold, nextStep, type Sent, type Transition, withoutKey } from "./delivery.ts";
import type { Erasures } from "./erase.ts";
import type { Erased } from "./erased.ts";
import { type Ledger, move } from "./ledger.ts";
import type { Cursor, Log, LogEntry } from "./log.ts";
import { createLookup, type LookupReport, type Sought } from "./lookup.ts";
import type { NoteTable } from "./note-table.ts";
import { openNotes } from "./notes.ts";
import { ERASED, type Memory } from "./people.ts";
import {
  bytesOf,
  crashedUnits,
  ERASURES,
  erasureUnits,
  headBatch,
  headOf,
  LINKS,
  linkUnits,
  PENDING_LASTS,
  type Unit,
  unitsBehind,
  unitsOf,
  waitedUnit,
} from "./queue.ts";
import { type AccountRecord, saveRecord } from "./state.ts";
import type { Store } from "./store.ts";
import type { Fetch } from "./vendor.ts";
import type { Waiting, WaitingEvent } from "./waiting.ts";

/** Requests, and milliseconds, of one run. What is left waits for the next alarm. */
const MOST_REQUESTS = 40;
const LONGEST_RUN = 30_000;

/** Bytes of calls, and webhooks of one source, that are prepared ahead of the cursors; log bytes that are read for it. */
const ENOUGH_BYTES = 1_000_000;
const ENOUGH_WEBHOOKS = 200;
const READ_AT_ONCE = 4_000_000;

/** A webhook that ended the object so many times is not mapped again. */
const MOST_TRIES = 3;

/** Customer.io starts no automation for events older than this. @see https://docs.customer.io/integrations/api/track/ */
const LATE = 72 * 3_600_000;

/** What a flush needs of its object. */
export interface FlushTools {
  readonly store: Store;
  readonly log: Log;
  readonly dead: DeadLetters;
  readonly book: BookTables;
  readonly notes: NoteTable;
  readonly waiting: Waiting;
  readonly erased: Erased;
  readonly erasures: Erasures;
  /** What is kept of the account; replaced as a whole. */
  record: AccountRecord;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Delivery's own clock, milliseconds: faster than the world's under a `TIME_SCALE`. */
  readonly deliveryNow: () => number;
  readonly random: () => number;
  /** Asks vendors. */
  readonly fetch: Fetch;
  /** Something else than the flush wrote into the book: what was read of it is to be read again. */
  isBookStale: boolean;
  /** Tells the operator. */
  readonly report: (line: Report) => void;
}

/** Something an operator should see. It holds no payload. */
export type Report =
  | { readonly outcome: "alarm"; readonly reason: Hold["reason"]; readonly source?: string }
  /** An identify that ties an anonymous id to a person was refused; nothing else is lost with it. */
  | { readonly outcome: "link_refused" }
  | LookupReport
  /** The database could not be moved on; it is tried again. */
  | { readonly outcome: "compaction_interrupted" }
  /** Customer.io did not take that an erased person is to be deleted or suppressed there. */
  | { readonly outcome: "erasure_refused" }
  | {
      readonly outcome: "dead";
      readonly source: string;
      readonly type: string;
      readonly id: string;
      readonly reason: Death["reason"];
    };

/** The account as it is configured, and the way to its region. */
export interface Destination {
  readonly account: Account;
  /** How long events of unknown people wait, milliseconds. */
  readonly hold: number;
  readonly key: { readonly fingerprint: string; readonly send: Send } | null;
}

/** Makes `flush` for one object. It is never run twice at a time. @returns when to run again, by delivery's clock; `null` when nothing is to be sent */
export function createFlush(tools: FlushTools): (destination: Destination) => Promise<number | null> {
  const queues = new Map<string, Unit[]>();
  const memory: Memory = {
    book: openBook((keys) => tools.book.read(keys, tools.now())),
    notes: openNotes((key) => tools.notes.get(key)),
    isErased: (subject) => tools.erased.includes(subject),
  };
  /** The erasures that what is prepared knows of. */
  let erasures = tools.erasures.version();
  const lookUp = createLookup(tools);
  /** Numbers of events that waited and are in a queue by now. */
  const released = new Set<number>();
  /** Requests of this run. */
  let requests = 0;
  /** The webhook that was fetched last: each of its events may ask for it. */
  let fetched: LogEntry | null = null;

  const queueOf = (source: string): readonly Unit[] => queues.get(source) ?? [];
  const cursorOf = (source: string): Cursor => tools.record.cursors.get(source) ?? BEGINNING;
  /** The last row of a source's log that is in its queue. */
  const preparedTo = (source: string): number =>
    queueOf(source).findLast(({ closes }) => closes)?.closes?.seq ?? cursorOf(source).seq;

  function find(source: string, seq: number): LogEntry | null {
    if (fetched?.source !== source || fetched.seq !== seq) fetched = tools.log.find(source, seq);
    return fetched;
  }

  function save(record: AccountRecord): void {
    saveRecord(tools.store, record);
    tools.record = record;
  }

  /** Prepares what lies behind the queues, until there is enough of it: a share for each source that has something. */
  async function fill(account: Account, hold: number): Promise<void> {
    if (tools.erasures.version() !== erasures) forget();
    erasures = tools.erasures.version();
    if (queueOf(ERASURES).length === 0) push(await erasureUnits(tools.erasures.owed(), account));
    const interrupted = tools.record.attempting;
    if (interrupted !== null) await findCulprit(account, hold, interrupted);
    const due = tools.waiting.due(tools.now());
    await ask(due.filter(({ number }) => !released.has(number)).map(soughtBy), account);
    for (const event of due) await release(event, account);

    const behind = tools.log.sourcesBehind(tools.record.cursors);
    if (behind.some((source) => isOld(queueOf(source)[0]))) forget();
    const wanted = behind.filter((source) => {
      const queue = queueOf(source);
      return bytesOf(queue) < ENOUGH_BYTES / behind.length && queue.length < ENOUGH_WEBHOOKS;
    });
    const entries = readBehind(wanted, ENOUGH_WEBHOOKS, READ_AT_ONCE / behind.length);
    if (entries.length === 0) return identifyQueued(account);
    save({ ...tools.record, attempting: { through: new Map(entries.map((entry) => [entry.source, entry.seq])), at: null } });
    for (const entry of entries) await enqueue(entry, account, hold);
    // The next movement writes that mapping ended.
    tools.record = { ...tools.record, attempting: null };
    await identifyQueued(account);
  }

  /** Asks vendors about people, as far as this run may. @returns whether the book knows more now */
  async function ask(sought: readonly Sought[], account: Account): Promise<boolean> {
    const answer = await lookUp(sought, account, memory, MOST_REQUESTS - requests);
    requests += answer.requests;
    return answer.isNews;
  }

  /** Asks about the people whom nobody knows, and maps their events again. */
  async function identifyQueued(account: Account): Promise<void> {
    const open = [...queues.values()].flat().flatMap(({ source, unknown }) => (unknown ? [{ source, ids: unknown.ids }] : []));
    if (open.length === 0) return;
    const isNews = await ask(open, account);
    const known: string[] = [];
    for (const [source, queue] of [...queues]) {
      if (queue.every(({ unknown }) => unknown === null)) continue;
      const left: Unit[] = [];
      for (const unit of queue) {
        const isOver = unit.end?.kind === "waits" && unit.end.until <= tools.now();
        const again = unit.unknown !== null && (isNews || isOver) ? await mapAgain(unit, account, !isOver) : unit;
        left.push({ ...again, unknown: null });
        if (again !== unit) known.push(...again.known);
      }
      queues.set(source, left);
    }
    for (const event of tools.waiting.of(known)) await release(event, account);
    await releaseQueued(known, account);
  }

  function isOld(unit: Unit | undefined): boolean {
    return unit !== undefined && unit.end?.kind !== "dead" && tools.now() - unit.since > PENDING_LASTS;
  }

  /** What is prepared is mapped anew. */
  function forget(): void {
    fetched = null;
    queues.clear();
    released.clear();
    remember();
  }

  /** Webhooks behind the queues of several sources, in the order of their acceptance: so is learned what they teach. */
  function readBehind(sources: readonly string[], limit: number, bytes: number): readonly LogEntry[] {
    return sources
      .flatMap((source) => tools.log.read(source, preparedTo(source), limit, bytes))
      .sort((one, other) => one.seq - other.seq);
  }

  /** Mapping ended the object. One webhook at a time shows which; then that is written, so that what follows is not blamed for it. */
  async function findCulprit(account: Account, hold: number, { through, at }: Attempt): Promise<void> {
    const isSuspected = (entry: LogEntry): boolean => entry.seq <= (through.get(entry.source) ?? 0);
    for (const entry of readBehind([...through.keys()], ENOUGH_WEBHOOKS, READ_AT_ONCE).filter(isSuspected)) {
      const tries = at?.source === entry.source && at.seq === entry.seq ? at.tries + 1 : 1;
      // What stands before the webhook that did not end was mapped well then: it must not take its place in the record.
      if (at === null || entry.seq >= at.seq) {
        save({ ...tools.record, attempting: { through, at: { source: entry.source, seq: entry.seq, tries } } });
      }
      if (tries > MOST_TRIES) push(crashedUnits(entry, passedOf(entry)));
      else await enqueue(entry, account, hold);
    }
    save({ ...tools.record, attempting: null });
  }

  const passedOf = ({ source }: LogEntry): number =>
    queueOf(source).some(({ origin }) => origin === "log") ? 0 : cursorOf(source).events;

  async function enqueue(entry: LogEntry, account: Account, hold: number): Promise<void> {
    const allowed = tools.waiting.isOpen() ? hold : 0;
    for (const unit of await unitsOf(entry, passedOf(entry), { account, memory, now: tools.now(), hold: allowed })) {
      for (const event of tools.waiting.of(unit.known)) await release(event, account);
      await releaseQueued(unit.known, account);
      push([unit]);
    }
  }

  function push(units: readonly Unit[]): void {
    for (const unit of units) {
      append(unit.source, [unit]);
      append(LINKS, linkUnits(unit));
    }
  }

  function append(source: string, units: readonly Unit[]): void {
    const queue = queues.get(source);
    if (queue !== undefined) queue.push(...units);
    else if (units.length > 0) queues.set(source, [...units]);
  }

  /** An event that waited leaves: its person is known, or its time is up. */
  async function release(event: WaitingEvent, account: Account): Promise<void> {
    if (released.has(event.number)) return;
    const entry = find(event.source, event.seq);
    if (entry === null) throw new Error("a webhook that something waits in is gone from the log");
    push([await waitedUnit(event, entry, { account, memory, now: tools.now(), hold: 0 })]);
    released.add(event.number);
  }

  /** What was about to wait for these people need not. */
  async function releaseQueued(known: readonly string[], account: Account): Promise<void> {
    if (known.length === 0) return;
    for (const [source, queue] of queues) {
      const waits = (unit: Unit): boolean =>
        unit.end?.kind === "waits" && unit.end.strangers.some((stranger) => known.includes(stranger));
      if (!queue.some(waits)) continue;
      const left: Unit[] = [];
      for (const unit of queue) left.push(waits(unit) ? await mapAgain(unit, account) : unit);
      queues.set(source, left);
    }
  }

  async function mapAgain(unit: Unit, account: Account, mayWait = false): Promise<Unit> {
    const { source, seq, origin, closes } = unit;
    const name = unit.end?.kind === "waits" ? unit.end.event : unit.unknown?.event;
    const entry = name === undefined ? null : find(source, seq);
    if (name === undefined || entry === null) return unit;
    const until = unit.end?.kind === "waits" ? unit.end.until : 0;
    const hold = mayWait ? Math.max(0, until - tools.now()) : 0;
    const event = { ...name, number: 0, source, seq, until, strangers: [] };
    const mapped = await waitedUnit(event, entry, { account, memory, now: tools.now(), hold });
    append(LINKS, linkUnits(mapped));
    return { ...mapped, origin, closes };
  }

  /** What was learned from events that are not passed yet is all that is remembered beside the store. */
  function remember(): void {
    tools.isBookStale = false;
    const units = [...queues.values()].flat().sort((one, other) => one.seq - other.seq);
    memory.book.restart(units.map(({ learned }) => learned.knowledge));
    memory.notes.restart(units.map(({ learned }) => learned.notes));
  }

  /** Units at the heads that become no call need no destination. */
  function passWithoutCalls(): void {
    // What teaches a link is not passed before the link is accepted.
    if (queueOf(LINKS).length > 0) return;
    const passing = [...queues]
      .map(([source, queue]): Passing => ({ source, units: unitsBefore(queue) }))
      .filter(({ units }) => units > 0);
    if (passing.length > 0) settle(tools.record, passing, null);
  }

  /** Passes units and stores the record, in one transaction. @param refusal what the first with calls died of, if it did */
  function settle(record: AccountRecord, passing: readonly Passing[], refusal: string | null): void {
    const reports: Report[] = [];
    const settled = tools.store.transaction(() => {
      let { ledger } = record;
      const cursors = new Map(record.cursors);
      const leaving = passing.flatMap(({ source, units }) => queueOf(source).slice(0, units));
      tools.book.apply(joinKnowledge(leaving.map(({ learned }) => learned.knowledge)), tools.now());
      for (const { source, units } of passing) {
        for (const unit of queueOf(source).slice(0, units)) {
          ledger = passUnit(unit, ledger, refusal, reports);
          if (unit.origin !== "log") continue;
          const cursor = cursors.get(source) ?? BEGINNING;
          cursors.set(
            source,
            unit.closes === null ? { ...cursor, events: cursor.events + 1 } : { seq: unit.closes.seq, events: 0 },
          );
        }
      }
      const next = { ...record, ledger, cursors };
      saveRecord(tools.store, next);
      return next;
    });
    tools.record = settled;
    tools.waiting.settle();
    for (const { origin } of passing.flatMap(({ source, units }) => queueOf(source).slice(0, units))) {
      if (typeof origin === "object") released.delete(origin.waiting);
    }
    for (const { source, units } of passing) {
      const left = queueOf(source).slice(units);
      if (left.length > 0) queues.set(source, left);
      else queues.delete(source);
    }
    remember();
    for (const line of reports) tools.report(line);
  }

  function passUnit(unit: Unit, ledger: Ledger, refusal: string | null, reports: Report[]): Ledger {
    const { end, source, closes, learned, origin } = unit;
    if (origin === "core") {
      const isRefused = refusal !== null;
      if (source === ERASURES) tools.erasures.told(isRefused, tools.now());
      if (isRefused) reports.push({ outcome: source === ERASURES ? "erasure_refused" : "link_refused" });
      return ledger;
    }
    tools.notes.apply(learned.notes);
    for (const subject of learned.erasures) tools.erasures.demand({ source, subject }, tools.now());
    if (typeof origin === "object") tools.waiting.remove(origin.waiting);
    let moved = ledger;
    if (end?.kind === "ignored" && end.reason === ERASED && tools.erasures.covers(unit.seq))
      moved = move(moved, source, { received: 1, discarded: 1 });
    else if (end?.kind === "ignored") moved = move(moved, source, { received: 1, ignored: 1, reasons: { [end.reason]: 1 } });
    else if (end?.kind === "dead") moved = bury(end.death, unit, moved, reports);
    else if (end?.kind === "calls" && refusal !== null)
      moved = bury({ ...end.death, reason: "refused", detail: refusal }, unit, moved, reports);
    else if (end?.kind === "calls") {
      const late = tools.now() - Date.parse(end.death.occurredAt) > LATE ? 1 : 0;
      moved = move(moved, source, { received: 1, delivered: 1, late });
    } else if (end?.kind === "waits")
      tools.waiting.add({ ...end.event, source, seq: unit.seq, until: end.until, strangers: end.strangers });
    if (closes === null) return moved;
    const ignored = Object.values(closes.ignored).reduce((sum, count) => sum + count, 0);
    if (ignored + closes.duplicates === 0) return moved;
    return move(moved, source, {
      received: ignored + closes.duplicates,
      ignored,
      duplicate: closes.duplicates,
      reasons: closes.ignored,
    });
  }

  function bury(death: Death, unit: Unit, ledger: Ledger, reports: Report[]): Ledger {
    const webhook = find(unit.source, unit.seq);
    if (webhook === null) throw new Error("a webhook past the cursor is gone from the log");
    tools.dead.add(death, webhook, tools.now());
    reports.push({ outcome: "dead", source: death.source, type: death.type, id: death.id, reason: death.reason });
    return move(ledger, unit.source, { received: 1, dead: 1 });
  }

  /** Does what the state machine said, and stores it. */
  function apply({ state, effects }: Transition): void {
    const record = { ...tools.record, delivery: state };
    const delivered = effects.flatMap((effect): readonly Passing[] =>
      effect.kind === "delivered" ? [{ source: effect.source, units: unitsBehind(queueOf(effect.source), effect.events) }] : [],
    );
    const refused = effects.find((effect) => effect.kind === "refused");
    if (delivered.length > 0) settle(record, delivered, null);
    else if (refused) {
      // While links are held, units without calls may still stand before it.
      const units = unitsBefore(queueOf(refused.source)) + 1;
      settle(record, [{ source: refused.source, units }], `${refused.status} ${refused.detail}`.trim());
    } else save(record);
    for (const effect of effects) {
      if (effect.kind === "alarm")
        tools.report({ outcome: "alarm", reason: effect.reason, ...(effect.source === null ? {} : { source: effect.source }) });
    }
  }

  /** The queues that may be sent from, each with its head: links alone as long as there are any, unless they are held. */
  function sendable(): ReadonlyMap<string, string> {
    const isHeld = (tools.record.delivery.suspicions.get(LINKS)?.notBefore ?? 0) > tools.deliveryNow();
    const sources = queueOf(LINKS).length > 0 && !isHeld ? [LINKS] : [...queues.keys()];
    return new Map(
      sources.flatMap((source) => {
        const head = headOf(queueOf(source));
        return head === null ? [] : [[source, head]];
      }),
    );
  }

  return async function flush({ account, key, hold }) {
    const deadline = tools.now() + LONGEST_RUN;
    // What was erased between two runs must not come back.
    fetched = null;
    for (requests = 0; requests < MOST_REQUESTS && tools.now() < deadline; requests += 1) {
      if (tools.isBookStale) remember();
      await fill(account, hold);
      // Somebody was erased while a vendor was asked: what is prepared may be about them.
      if (tools.erasures.version() !== erasures) continue;
      passWithoutCalls();
      const waiting = sendable();
      if (waiting.size === 0) {
        if (tools.log.sourcesBehind(tools.record.cursors).length === 0) return null;
        continue;
      }
      if (key === null) {
        const transition = withoutKey(tools.record.delivery, tools.deliveryNow());
        if (transition.effects.length > 0) apply(transition);
      }
      const step = nextStep(tools.record.delivery, key?.fingerprint ?? null, tools.deliveryNow(), waiting);
      if (step.do === "wait" || key === null) return step.do === "wait" ? step.until : tools.deliveryNow();

      const { body, sent }: { readonly body: string; readonly sent: Sent } =
        step.do === "probe"
          ? { body: await probeBody(new Date(tools.now()).toISOString()), sent: { kind: "probe" } }
          : headBatch(queues, step);
      const answer = await key.send("/v1/batch", body);
      apply(afterAnswer(tools.record.delivery, sent, answer, key.fingerprint, tools.deliveryNow(), tools.random()));
    }
    return tools.deliveryNow();
  };
}

/** The ids behind the names that an event waits for. */
function soughtBy({ source, strangers }: WaitingEvent): Sought {
  const ids = strangers.map((stranger): IdFact => {
    const [, kind = "", ...id] = stranger.split(":");
    return { kind, id: id.join(":"), role: "person" };
  });
  return { source, ids };
}

const BEGINNING: Cursor = { seq: 0, events: 0 };

type Attempt = NonNullable<AccountRecord["attempting"]>;

/** So many units of a source leave its queue. */
interface Passing {
  readonly source: string;
  readonly units: number;
}

/** How many units stand before the first that has calls. */
function unitsBefore(queue: readonly Unit[]): number {
  const first = queue.findIndex(({ end }) => end?.kind === "calls");
  return first === -1 ? queue.length : first;
}
