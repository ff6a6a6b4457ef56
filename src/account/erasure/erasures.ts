/**
 * Forgetting a person, as a job that is stored and goes on after a restart: the book, notes, waiting events, dead letters, webhooks of the
 * inbox, calls in the outbox. A webhook is dropped whole as soon as all of its events have left, also where it names others: nobody needs it any more. A dead
 * letter is given up with its webhook.
 *
 * What the database frees is not overwritten: bytes stay in its file until they are used again, or until it moves into a new one
 * (`compaction.ts`), and in the platform's recovery window.
 */
import type { Account, Source } from "../../config/model.ts";
import type { Subject } from "../../identity/subject.ts";
import type { DeadLetters } from "../dead-letters/dead-letters.ts";
import { discard } from "../dead-letters/replay.ts";
import type { Cursors, Inbox } from "../inbox/inbox.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { BookTables } from "../people/book-tables.ts";
import type { NoteTable } from "../people/note-table.ts";
import type { Waiting } from "../people/waiting.ts";
import { withMovement } from "../state/ledger.ts";
import type { AccountRecord, State } from "../state/state.ts";
import { numberOf, type Store, textOf } from "../state/store.ts";
import { isAbout, isCallAbout } from "./about.ts";
import { eraseFromBatch } from "./batches.ts";
import type { Erased, Names } from "./erased.ts";
import {
  type ErasureStatus,
  identifiersOf,
  type Job,
  jobSchema,
  NOBODY,
  sizeOf,
  statusOf,
  type Wanted,
  withKnowledge,
  withReferences,
} from "./job.ts";
import type { EraseRequest } from "./request.ts";

/** Webhooks, and bytes of them, that one slice of work looks at. */
const WEBHOOKS_AT_ONCE = 100;
const BYTES_AT_ONCE = 4_000_000;

/** Dead letters of webhooks that ended the object, of one source: they are few. */
const CRASHED_AT_ONCE = 1_000;

/** Finished jobs that can be asked about. */
const KEPT_JOBS = 100;

/** What a source demands to be forgotten: no more than it knew. */
export interface SourceErasure {
  readonly source: string;
  readonly subject: Subject;
}

/** One call that Customer.io is owed. */
export interface OwedCall {
  /** The same until it is accepted. */
  readonly id: string;
  readonly userId: string;
  readonly action: "delete" | "suppress";
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The erasures of one account. */
export interface Erasures {
  /** Begins to forget a person. @returns its status, with its number */
  start(request: EraseRequest, now: number): ErasureStatus;
  /** Begins to forget what a source knew; inside the caller's transaction. */
  demand(erasure: SourceErasure, now: number): void;
  /** The newest first. */
  status(): readonly ErasureStatus[];
  isOpen(): boolean;
  /** Whether an event of this number was there before its person was erased by a job that still runs. */
  covers(seq: number): boolean;
  /** What Customer.io is owed, in the order in which it is told. */
  owed(): readonly OwedCall[];
  /** The first of these calls is done with; inside the caller's transaction. */
  told(isRefused: boolean, now: number): void;
  /** Works on all jobs until `deadline`; never beside a flush. @returns whether there is more that can be done now */
  run(tools: EraseTools, account: Account, deadline: number): Promise<boolean>;
}

/** What erasing works on. */
export interface EraseTools {
  readonly store: Store;
  readonly state: State;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly dead: DeadLetters;
  readonly book: BookTables;
  readonly notes: NoteTable;
  readonly waiting: Waiting;
  readonly erased: Erased;
  /** How far the inboxes are done with. */
  readonly settled: () => Cursors;
  readonly now: () => number;
}

/** Opens the erasures. */
export function openErasures(store: Store): Erasures {
  const jobsWhere = (condition: string): readonly Job[] =>
    store
      .run(`SELECT id, value FROM erasure WHERE ${condition}`)
      .map((row) => ({ ...jobSchema.parse(JSON.parse(textOf(row, "value"))), number: numberOf(row, "id") }));
  const openJobs = (): readonly Job[] => jobsWhere("value ->> '$.finishedAt' IS NULL ORDER BY id");

  function add(begun: Pick<Job, "startedAt" | "source" | "customerio" | keyof Wanted>): Job {
    const job = jobSchema.parse({ ...begun, phase: "book", owed: [] });
    const row = store.run("INSERT INTO erasure (value) VALUES (?) RETURNING id", JSON.stringify(job))[0];
    return { ...job, number: numberOf(row, "id") };
  }

  /** A finished job keeps no identifier. */
  function save({ number, ...job }: Job, now: number): void {
    const isFinished = job.phase === "done" && job.owed.length === 0;
    const kept = isFinished ? { ...job, ...NOBODY, finishedAt: now } : job;
    store.run("UPDATE erasure SET value = ? WHERE id = ?", JSON.stringify(kept), number);
    if (isFinished) store.run("DELETE FROM erasure WHERE id <= ? AND value ->> '$.finishedAt' IS NOT NULL", number - KEPT_JOBS);
  }

  /** One slice of a job, each movement in one transaction with the job's state. @returns whether something was done */
  async function work(job: Job, tools: EraseTools, account: Account): Promise<boolean> {
    switch (job.phase) {
      case "book":
        await forget(job, tools, account);
        return true;
      case "log":
        return dropCalls(job, tools) || dropWebhooks(job, tools, account);
      case "dead":
        await giveUp(job, tools, account);
        return true;
      case "done":
        return false;
    }
  }

  /** The book, and by what it says everything else that the person is called; once that is all, what is kept under these names. */
  async function forget(job: Job, tools: EraseTools, account: Account): Promise<void> {
    const { book, notes, waiting, erased, now } = tools;
    // A source's demand is about its own ids: to whom its address belongs, other sources may know too.
    const addresses = job.source === null ? job.addresses : [];
    const names: Names = { userIds: job.userIds, addresses, ids: job.ids };
    const hashes = await erased.hashesOf(names);
    tools.state.update((record) => {
      const found = book.forget({ ...names, ids: [...job.ids, ...job.references] });
      const grown = job.source === null ? withKnowledge(job, found) : withReferences(job, found);
      const links = job.links + found.people.size + found.references.size + found.addresses.size;
      if (sizeOf(grown) > sizeOf(job)) {
        // What was found may lead further: the next slice looks again.
        save({ ...job, ...grown, links }, now());
        return record;
      }
      erased.add(hashes);
      notes.forget([...names.userIds, ...names.addresses, ...names.ids]);
      const left = waiting.of(job.ids).filter(({ strangers }) => strangers.every((stranger) => job.ids.includes(stranger)));
      for (const { number } of left) waiting.remove(number);
      const ledger = left.reduce(
        (moved, { source }) => withMovement(moved, source, { received: 1, discarded: 1 }),
        record.ledger,
      );
      const owed = job.customerio === "none" ? [] : identifiersOf(job, account);
      // At once, since they would be sent next.
      let unsent: AccountRecord = { ...record, ledger };
      let calls = 0;
      for (const { id } of record.outbox.open) {
        const rest = eraseFromBatch(unsent, tools.outbox, id, isCallAbout(job));
        unsent = rest.record;
        calls += rest.events;
      }
      const through = { through: tools.inbox.lastSeq(), batchThrough: record.outbox.last };
      save({ ...job, links, phase: "log", owed, waiting: left.length, calls, ...through }, now());
      return unsent;
    });
  }

  /** Dead letters about the person, with their webhooks. */
  async function giveUp(job: Job, tools: EraseTools, account: Account): Promise<void> {
    const { dead, now } = tools;
    const query = job.source === null ? {} : { source: job.source };
    const letters = dead.find(query, job.deadAfter, WEBHOOKS_AT_ONCE);
    let discarded = job.dead;
    for (const { number, source, reason } of letters) {
      const webhook = dead.webhookOf(number);
      if (webhook === null || !(await isAbout(job, webhook, sourceOf(reason === "crashed" ? null : source, account), source)))
        continue;
      discarded += discard(tools, { numbers: [number] });
    }
    const last = letters.at(-1);
    const place = last === undefined ? { phase: "done" as const } : { deadAfter: last.number };
    store.transaction(() => save({ ...job, ...place, dead: discarded }, now()));
  }

  /** Webhooks of the inbox about the person, as far as all of their events have left. */
  async function dropWebhooks(job: Job, tools: EraseTools, account: Account): Promise<boolean> {
    const { inbox, dead, now } = tools;
    const settled = tools.settled();
    const sources = job.source === null ? inbox.sources() : [job.source];
    for (const source of sources) {
      const entries = inbox
        .read(source, placeIn(job, source), WEBHOOKS_AT_ONCE, BYTES_AT_ONCE)
        .filter(({ lastSeq }) => lastSeq <= Math.min(job.through, settled.get(source)?.seq ?? 0));
      const last = entries.at(-1);
      if (last === undefined) continue;
      const dropped: (typeof entries)[number][] = [];
      // What ended the object each time must not be mapped again.
      const crashed = new Set(dead.find({ source, reason: "crashed" }, 0, CRASHED_AT_ONCE).map(({ id: crashedId }) => crashedId));
      for (const entry of entries) {
        const isMappable = !entry.events.some((event) => crashed.has(event.id));
        if (await isAbout(job, entry, sourceOf(isMappable ? source : null, account), source)) dropped.push(entry);
      }
      store.transaction(() => {
        for (const entry of dropped) inbox.drop(entry);
        const logAfter = [...new Map(job.logAfter).set(source, last.lastSeq)];
        save({ ...job, logAfter, webhooks: job.webhooks + dropped.length }, now());
      });
      return true;
    }
    const isPassed = sources.every((source) => {
      const next = inbox.read(source, placeIn(job, source), 1, 0)[0];
      return next === undefined || next.seq > job.through;
    });
    if (isPassed) store.transaction(() => save({ ...job, phase: "dead" }, now()));
    return isPassed;
  }

  /** Calls about the person in the next batch. @returns whether there was one */
  function dropCalls(job: Job, { state, outbox, now }: EraseTools): boolean {
    const [number] = outbox.after(job.batchAfter, 1);
    if (number === undefined || number > job.batchThrough) return false;
    state.update((record) => {
      const { record: left, events } = eraseFromBatch(record, outbox, number, isCallAbout(job));
      save({ ...job, batchAfter: number, calls: job.calls + events }, now());
      return left;
    });
    return true;
  }

  return {
    start: ({ userId, email, id, customerio }, now) => {
      const of = (name: string | undefined): string[] => (name === undefined ? [] : [name]);
      const wanted = { userIds: of(userId), addresses: of(email), ids: of(id), references: [] };
      return statusOf(add({ startedAt: now, source: null, customerio, ...wanted }));
    },
    demand: ({ source, subject }, now) => {
      const addresses = subject.email === null ? [] : [subject.email.value];
      const wanted = { userIds: [], addresses, ids: [...new Set(subject.people)], references: [...new Set(subject.references)] };
      add({ startedAt: now, source, customerio: "none", ...wanted });
    },
    status: () => jobsWhere("1 = 1 ORDER BY id DESC").map(statusOf),
    isOpen: () => openJobs().length > 0,
    covers: (seq) => openJobs().some(({ through }) => seq <= through),
    owed: () =>
      openJobs().flatMap(({ number, startedAt: since, customerio: action, owed }) =>
        action === "none" ? [] : owed.map((userId, index) => ({ id: `${number}/${owed.length - index}`, userId, action, since })),
      ),
    told: (isRefused, now) => {
      const job = openJobs().find(({ owed }) => owed.length > 0);
      if (job !== undefined) save({ ...job, owed: job.owed.slice(1), refused: job.refused + Number(isRefused) }, now);
    },
    run: async (tools, account, deadline) => {
      for (;;) {
        let isMoved = false;
        for (const job of openJobs()) isMoved = (await work(job, tools, account)) || isMoved;
        if (!isMoved) return false;
        if (tools.now() >= deadline) return true;
      }
    },
  };
}

function placeIn({ logAfter }: Job, source: string): number {
  return logAfter.find(([name]) => name === source)?.[1] ?? 0;
}

/** The source to map with; `null` where there is none. */
function sourceOf(name: string | null, account: Account): Source | null {
  const state = name === null ? undefined : account.sources.get(name);
  return state?.ok ? state.source : null;
}
