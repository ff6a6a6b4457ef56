/**
 * The driver of delivery: takes the logs in order, maps, packs, posts, and does what the state machine says, each movement in one
 * transaction with the cursors.
 */
import type { Account } from "../config.ts";
import { probeBody } from "../pipelines/probe.ts";
import type { Send } from "../pipelines/sender.ts";
import type { DeadLetters, Death } from "./dead.ts";
import { afterAnswer, type Hold, nextStep, type Sent, type Transition, withoutKey } from "./delivery.ts";
import { type Ledger, move } from "./ledger.ts";
import type { Cursor, Log } from "./log.ts";
import { bytesOf, crashedUnits, headBatch, PENDING_LASTS, type Unit, unitsBehind, unitsOf } from "./queue.ts";
import { type AccountRecord, saveRecord } from "./state.ts";
import type { Store } from "./store.ts";

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
  /** What is kept of the account; replaced as a whole. */
  record: AccountRecord;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Delivery's own clock, milliseconds: faster than the world's under a `TIME_SCALE`. */
  readonly deliveryNow: () => number;
  readonly random: () => number;
  /** Tells the operator. */
  readonly report: (line: Report) => void;
}

/** Something an operator should see. It holds no payload. */
export type Report =
  | { readonly outcome: "alarm"; readonly reason: Hold["reason"]; readonly source?: string }
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
  readonly key: { readonly fingerprint: string; readonly send: Send } | null;
}

/** Makes `flush` for one object. It is never run twice at a time. @returns when to run again, by delivery's clock; `null` when nothing waits */
export function createFlush(tools: FlushTools): (destination: Destination) => Promise<number | null> {
  const queues = new Map<string, readonly Unit[]>();

  const queueOf = (source: string): readonly Unit[] => queues.get(source) ?? [];
  const cursorOf = (source: string): Cursor => tools.record.cursors.get(source) ?? BEGINNING;
  /** The last row of a source's log that is in its queue. */
  const preparedTo = (source: string): number => queueOf(source).at(-1)?.closes?.seq ?? cursorOf(source).seq;

  function save(record: AccountRecord): void {
    saveRecord(tools.store, record);
    tools.record = record;
  }

  /** Prepares what lies behind the queues, until there is enough of it: a share for each source that has something. */
  async function fill(account: Account): Promise<void> {
    const interrupted = tools.record.attempting;
    if (interrupted !== null) await findCulprit(account, interrupted);
    const behind = tools.log.sourcesBehind(tools.record.cursors);
    for (const source of behind) {
      const queue = queueOf(source);
      if (queue[0] && tools.now() - queue[0].waitsSince > PENDING_LASTS) queues.delete(source);
      if (bytesOf(queue) >= ENOUGH_BYTES / behind.length || queue.length >= ENOUGH_WEBHOOKS) continue;
      await prepare(account, source, ENOUGH_WEBHOOKS, READ_AT_ONCE / behind.length, 0);
    }
    // The next movement writes that mapping ended.
    tools.record = { ...tools.record, attempting: null };
  }

  /** Mapping ended the object. One webhook at a time shows which; then that is written, so that what follows is not blamed for it. */
  async function findCulprit(account: Account, { source, through }: Attempt): Promise<void> {
    let prepared = true;
    while (prepared && preparedTo(source) < through) prepared = await prepare(account, source, 1, READ_AT_ONCE, through);
    save({ ...tools.record, attempting: null });
  }

  /** Maps webhooks into a source's queue, after writing which. @returns whether there was any */
  async function prepare(account: Account, source: string, limit: number, bytes: number, through: number): Promise<boolean> {
    const { attempting } = tools.record;
    const entries = tools.log.read(source, preparedTo(source), limit, bytes);
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return false;
    const tries = attempting?.source === source && attempting.seq === first.seq ? attempting.tries + 1 : 1;
    // What stands before the webhook that did not end was mapped well then: it must not take its place in the record.
    if (attempting === null || attempting.source !== source || first.seq >= attempting.seq) {
      save({ ...tools.record, attempting: { source, seq: first.seq, tries, through: Math.max(last.seq, through) } });
    }
    for (const entry of entries) {
      const passed = queueOf(source).length === 0 ? cursorOf(source).events : 0;
      const units = tries > MOST_TRIES ? crashedUnits(entry, passed) : await unitsOf(entry, account, passed, tools.now());
      queues.set(source, [...queueOf(source), ...units]);
    }
    return true;
  }

  /** Units at the heads that become no call need no destination. */
  function passWithoutCalls(): void {
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
      for (const { source, units } of passing) {
        for (const unit of queueOf(source).slice(0, units)) {
          ledger = passUnit(unit, ledger, refusal, reports);
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
    for (const { source, units } of passing) {
      const left = queueOf(source).slice(units);
      if (left.length > 0) queues.set(source, left);
      else queues.delete(source);
    }
    for (const line of reports) tools.report(line);
  }

  function passUnit(unit: Unit, ledger: Ledger, refusal: string | null, reports: Report[]): Ledger {
    const { end, source, closes } = unit;
    let moved = ledger;
    if (end?.kind === "ignored") moved = move(moved, source, { received: 1, ignored: 1, reasons: { [end.reason]: 1 } });
    else if (end?.kind === "dead") moved = bury(end.death, unit, moved, reports);
    else if (end?.kind === "calls" && refusal !== null)
      moved = bury({ ...end.death, reason: "refused", detail: refusal }, unit, moved, reports);
    else if (end?.kind === "calls") {
      const late = tools.now() - Date.parse(end.death.occurredAt) > LATE ? 1 : 0;
      moved = move(moved, source, { received: 1, delivered: 1, late });
    }
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
    const webhook = tools.log.find(unit.source, unit.seq);
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
    else if (refused) settle(record, [{ source: refused.source, units: 1 }], `${refused.status} ${refused.detail}`.trim());
    else save(record);
    for (const effect of effects) {
      if (effect.kind === "alarm")
        tools.report({ outcome: "alarm", reason: effect.reason, ...(effect.source === null ? {} : { source: effect.source }) });
    }
  }

  return async function flush({ account, key }) {
    const deadline = tools.now() + LONGEST_RUN;
    for (let requests = 0; requests < MOST_REQUESTS && tools.now() < deadline; requests += 1) {
      await fill(account);
      passWithoutCalls();
      const waiting = [...queues.keys()];
      if (waiting.length === 0) {
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
