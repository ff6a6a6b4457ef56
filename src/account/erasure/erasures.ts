/**
 * Erases a person, as a stored job that continues after a restart: the book, notes, waiting events, calls in the outbox, webhooks of the inbox,
 * dead letters. A webhook is deleted as a whole once all of its events are finished, even if it names others. A dead letter is discarded with
 * its webhook.
 *
 * SQLite does not overwrite freed bytes: they stay in the file until the space is reused or the database is compacted, and in the platform's
 * recovery window.
 */
import type { Account } from "../../config/model.ts";
import { addressKeyOf, emailKeyOf, userKeyOf } from "../../identity/identifiers.ts";
import type { DeadLetters } from "../dead-letters/dead-letters.ts";
import { discard } from "../dead-letters/replay.ts";
import type { Cursors, Inbox } from "../inbox/inbox.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { BookTables } from "../people/book-tables.ts";
import type { Conflicts } from "../people/conflicts.ts";
import type { NoteTable } from "../people/note-table.ts";
import type { Waiting } from "../people/waiting.ts";
import { withMovement } from "../state/ledger.ts";
import type { AccountRecord, State } from "../state/state.ts";
import { numberOf, type Store, textOf } from "../state/store.ts";
import { isAbout, isCallAbout, isLineAbout, sourceOf } from "./about.ts";
import { eraseFromBatch } from "./batches.ts";
import type { Erased, Names } from "./erased.ts";
import {
  type ErasureStatus,
  identifiersOf,
  type Job,
  jobSchema,
  NOBODY,
  type OwedCall,
  placeIn,
  type SourceErasure,
  sizeOf,
  statusOf,
  type Wanted,
  withKnowledge,
  withSourceKnowledge,
} from "./job.ts";
import { forgetSkipped, withoutLines } from "./lines.ts";
import { type Demand, namesIn } from "./names.ts";
import type { EraseRequest } from "./request.ts";

/** Webhooks, and their bytes, in one slice of work. */
const WEBHOOKS_AT_ONCE = 100;
const BYTES_AT_ONCE = 4_000_000;

/** Maximum of dead letters of one source that crashed the account object: they are few. */
const CRASHED_AT_ONCE = 1_000;

/** Finished jobs that are kept for their status. */
const KEPT_JOBS = 100;

/** The erasures of one account. */
export interface Erasures {
  /** Starts the erasure of a person. @returns its status, with its number */
  start(request: EraseRequest, now: number): ErasureStatus;
  /** Starts an erasure that a source demands; inside the caller's transaction. */
  demand(erasure: SourceErasure, now: number): void;
  /** Starts in this object what a source demanded in another one. @returns its status, with its number */
  adopt(demand: Demand, now: number): ErasureStatus;
  /** Demands that another object has not been told of yet, with all that is known by now. */
  untold(): readonly (Demand & { readonly number: number })[];
  /** Another object was told, or there is none. */
  passedOn(number: number, now: number): void;
  /** Newest first. */
  status(): readonly ErasureStatus[];
  isOpen(): boolean;
  /** Whether a running erasure began after the webhook with this sequence number was kept. */
  covers(seq: number): boolean;
  /** Calls that Customer.io has not accepted yet, in order. */
  owed(): readonly OwedCall[];
  /** The first of these calls is finished; inside the caller's transaction. */
  told(isRefused: boolean, now: number): void;
  /** Works on all jobs until `deadline`. Must not run during a run of delivery. @returns whether more can be done now */
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
  readonly conflicts: Conflicts;
  readonly waiting: Waiting;
  readonly erased: Erased;
  /** How far each source's inbox is finished. */
  readonly settled: () => Cursors;
  readonly now: () => number;
}

/** Opens the erasures. */
export function openErasures(store: Store): Erasures {
  /** Delivery asks at each run. */
  let mayBeUntold = true;
  const jobsWhere = (condition: string): readonly Job[] =>
    store
      .run(`SELECT id, value FROM erasure WHERE ${condition}`)
      .map((row) => ({ ...jobSchema.parse(JSON.parse(textOf(row, "value"))), number: numberOf(row, "id") }));
  const openJobs = (): readonly Job[] => jobsWhere("value ->> '$.finishedAt' IS NULL ORDER BY id");

  function add(begun: Pick<Job, "startedAt" | "source" | "customerio" | "isPassedOn" | keyof Wanted>): Job {
    const job = jobSchema.parse({ ...begun, phase: "book", owed: [] });
    const row = store.run("INSERT INTO erasure (value) VALUES (?) RETURNING id", JSON.stringify(job))[0];
    return { ...job, number: numberOf(row, "id") };
  }

  /** Saves a job; a finished one keeps no identifier. */
  function save({ number, ...job }: Job, now: number): void {
    const isFinished = job.phase === "done" && job.owed.length === 0 && job.isPassedOn;
    const kept = isFinished ? { ...job, ...NOBODY, finishedAt: now } : job;
    store.run("UPDATE erasure SET value = ? WHERE id = ?", JSON.stringify(kept), number);
    if (isFinished) store.run("DELETE FROM erasure WHERE id <= ? AND value ->> '$.finishedAt' IS NOT NULL", number - KEPT_JOBS);
  }

  /** Works on one slice of a job, in transactions that include the job's state. @returns whether anything was done */
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

  /** Removes the person from the book, which may reveal more identifiers; when all are known, removes what is stored under them. */
  async function forget(job: Job, tools: EraseTools, account: Account): Promise<void> {
    const { book, notes, conflicts, waiting, erased, now } = tools;
    // A source's demand covers its own ids: other sources may know the address too.
    const addresses = job.source === null ? job.addresses : [];
    const names: Names = { userIds: job.userIds, addresses, ids: job.ids };
    const hashes = await erased.hashesOf(names);
    tools.state.update((record) => {
      const found = book.forget({ ...names, ids: [...job.ids, ...job.references] });
      const grown = job.source === null ? withKnowledge(job, found) : withSourceKnowledge(job, found);
      if (job.source !== null) book.forgetSource(job.source, [...grown.profiles, ...job.addresses.map(emailKeyOf)]);
      const links = job.links + found.people.size + found.references.size + found.addresses.size;
      if (sizeOf(grown) > sizeOf(job)) {
        // New identifiers may lead further: the next slice looks again.
        save({ ...job, ...grown, links }, now());
        return record;
      }
      erased.add(hashes, job.number);
      notes.forget([...names.userIds, ...names.addresses, ...names.ids]);
      const keys = [
        ...[...job.ids, ...job.references, ...job.userIds.map(userKeyOf)],
        ...addresses.flatMap((address) => [emailKeyOf(address), addressKeyOf(address) ?? emailKeyOf(address)]),
      ];
      conflicts.forget(keys);
      const left = waiting.forget(keys);
      const ledger = left.reduce(
        (moved, { source }) => withMovement(moved, source, { received: 1, discarded: 1 }),
        record.ledger,
      );
      // What a source's demand owes was known when it was made.
      const owed = job.source !== null ? job.owed : job.customerio === "none" ? [] : identifiersOf(job, account);
      // Now, since they would be sent next.
      const isGone = isLineAbout(job);
      let unsent: AccountRecord = { ...withoutLines(record, isGone), ledger };
      let calls = 0;
      for (const { id } of record.outbox.open) {
        tools.outbox.forgetLines(id, isGone);
        const rest = eraseFromBatch(unsent, tools.outbox, id, isCallAbout(job));
        unsent = rest.record;
        calls += rest.events;
      }
      const through = { through: tools.inbox.lastSeq(), batchThrough: record.outbox.last };
      save({ ...job, links, phase: "log", owed, waiting: left.length, calls, ...through }, now());
      return unsent;
    });
  }

  /** Discards dead letters about the person, with their webhooks. */
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

  /** Deletes finished webhooks about the person from the inbox. */
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
      // A webhook that crashed the account object must not be translated again.
      const crashed = new Set(dead.find({ source, reason: "crashed" }, 0, CRASHED_AT_ONCE).map(({ id: crashedId }) => crashedId));
      for (const entry of entries) {
        const isMappable = !entry.events.some((event) => crashed.has(event.id));
        if (await isAbout(job, entry, sourceOf(isMappable ? source : null, account), source)) dropped.push(entry);
      }
      store.transaction(() => {
        for (const entry of dropped) inbox.drop(entry);
        for (const entry of entries) if (!dropped.includes(entry)) forgetSkipped(entry, inbox, isLineAbout(job));
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

  /** Removes calls about the person from the next batch. @returns whether there was a batch */
  function dropCalls(job: Job, { state, outbox, now }: EraseTools): boolean {
    const [number] = outbox.after(job.batchAfter, 1);
    if (number === undefined || number > job.batchThrough) return false;
    state.update((record) => {
      outbox.forgetLines(number, isLineAbout(job));
      const { record: left, events } = eraseFromBatch(record, outbox, number, isCallAbout(job));
      save({ ...job, batchAfter: number, calls: job.calls + events }, now());
      return left;
    });
    return true;
  }

  return {
    start: (request, now) =>
      statusOf(
        add({ startedAt: now, source: null, customerio: request.customerio, isPassedOn: true, ...NOBODY, ...namesIn(request) }),
      ),
    demand: ({ source, subject, identifier, customerio, isElsewhere }, now) => {
      const addresses = subject.email === null ? [] : [subject.email.value];
      const profiles = identifier === null ? [] : [userKeyOf(identifier), emailKeyOf(identifier)];
      const ids = { ids: [...new Set(subject.people)], references: [...new Set(subject.references)] };
      const wanted = { userIds: [], addresses, ...ids, profiles };
      mayBeUntold ||= isElsewhere;
      const job = add({ startedAt: now, source, customerio, isPassedOn: !isElsewhere, ...wanted });
      if (customerio !== "none" && identifier !== null) save({ ...job, owed: [identifier] }, now);
    },
    adopt: ({ source, ...wanted }, now) =>
      statusOf(add({ startedAt: now, source, customerio: "none", isPassedOn: true, ...NOBODY, ...wanted })),
    untold: () => {
      if (!mayBeUntold) return [];
      const jobs = jobsWhere("value ->> '$.isPassedOn' = 0 ORDER BY id");
      mayBeUntold = jobs.length > 0;
      return jobs.flatMap(({ number, source, phase, addresses, ids, references, profiles }) =>
        source === null || phase === "book" ? [] : [{ number, source, addresses, ids, references, profiles }],
      );
    },
    passedOn: (number, now) => {
      for (const job of openJobs()) if (job.number === number) save({ ...job, isPassedOn: true }, now);
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
