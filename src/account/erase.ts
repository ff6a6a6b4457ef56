/**
 * Forgetting a person, as a job that is stored and goes on after a restart: the book, notes, waiting events, dead letters, webhooks of the
 * log. A webhook is dropped whole as soon as all of its events have left, also where it names others: nobody needs it any more. A dead
 * letter is given up with its webhook.
 *
 * What the database frees is not overwritten: bytes stay in its file until they are used again, or until it moves into a new one
 * (`compaction.ts`), and in the platform's recovery window.
 */
import * as z from "zod";
import type { Account, Source } from "../config/model.ts";
import { anonymousIdOf, emailOf, userIdOf, userKeyOf } from "../identity/identifiers.ts";
import { type Knowledge, targetOf, withoutValues } from "../identity/links.ts";
import type { Subject } from "../identity/subject.ts";
import type { BookTables } from "./book.ts";
import type { DeadLetters } from "./dead.ts";
import type { Envelope } from "./envelope.ts";
import type { Erased, Names } from "./erased.ts";
import { move } from "./ledger.ts";
import type { Log } from "./log.ts";
import { subjectsIn } from "./mapping.ts";
import type { NoteTable } from "./note-table.ts";
import { discard } from "./replay.ts";
import { type AccountRecord, saveRecord } from "./state.ts";
import { numberOf, type Store, textOf } from "./store.ts";
import { settledCursors, type Waiting } from "./waiting.ts";

/** Webhooks, and bytes of them, that one slice of work looks at. */
const WEBHOOKS_AT_ONCE = 100;
const BYTES_AT_ONCE = 4_000_000;

/** Dead letters of webhooks that ended the object, of one source: they are few. */
const CRASHED_AT_ONCE = 1_000;

/** Finished jobs that can be asked about. */
const KEPT_JOBS = 100;

const userId = z.string().transform((value, context) => userIdOf(value) ?? refused(context, "no usable user id"));
const email = z.string().transform((value, context) => emailOf(value) ?? refused(context, "no e-mail address"));
const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}:[^:]+:.+$/, "must be source:kind:id")
  .transform((value, context) => {
    const [source = "", kind = "", ...rest] = value.split(":");
    return anonymousIdOf(source, kind, rest.join(":")) ?? refused(context, "no usable id");
  });

function refused(context: { readonly addIssue: (issue: string) => void }, issue: string): never {
  context.addIssue(issue);
  return z.NEVER;
}

/** Who is to be erased, by one of their identifiers, and what Customer.io is told. */
export const eraseRequest = z
  .strictObject({
    userId: userId.optional(),
    email: email.optional(),
    id: id.optional(),
    customerio: z.enum(["none", "delete", "suppress"]),
    /** Whether the database moves into a new file afterwards, so that nothing of the person is left in the old one. */
    compact: z.boolean().default(false),
  })
  .refine((request) => [request.userId, request.email, request.id].filter((name) => name !== undefined).length === 1, {
    error: "exactly one of userId, email, id",
  });

/** Who is to be erased. */
export type EraseRequest = z.output<typeof eraseRequest>;

/** What a source demands to be forgotten: no more than it knew. */
export interface SourceErasure {
  readonly source: string;
  readonly subject: Subject;
}

const texts = z.array(z.string());
const count = z.int().nonnegative().default(0);

const jobSchema = z.object({
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  finishedAt: z.number().nullable().default(null),
  /** The source that is to forget the person; `null` for the whole account. */
  source: z.string().nullable(),
  customerio: z.enum(["none", "delete", "suppress"]),
  /** Dead letters come last: what was pending may have died. */
  phase: z.enum(["book", "log", "dead", "done"]),
  /** Whom Customer.io is still to be told about. */
  owed: texts,
  /** Calls to Customer.io that it refused. */
  refused: count,
  userIds: texts,
  addresses: texts,
  ids: texts,
  references: texts,
  /** The last number of the log when the identifiers were hashed: everything behind it is recognised by the hashes. */
  through: z.number().default(0),
  /** How far the dead letters, and the log of each source, were looked at. */
  deadAfter: z.number().default(0),
  logAfter: z.array(z.tuple([z.string(), z.number()])).default([]),
  links: count,
  waiting: count,
  dead: count,
  webhooks: count,
});

interface Job extends z.output<typeof jobSchema> {
  readonly number: number;
}

/** How far an erasure is. It names nobody. */
export type ErasureStatus = Pick<
  Job,
  | "number"
  | "startedAt"
  | "finishedAt"
  | "source"
  | "customerio"
  | "phase"
  | "refused"
  | "links"
  | "waiting"
  | "dead"
  | "webhooks"
> & {
  /** Calls that Customer.io has not taken yet. */
  readonly owed: number;
};

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
  /** A number that changes whenever what was mapped in memory is no longer true. */
  version(): number;
  /** Works on all jobs until `deadline`; never beside a flush. @returns whether there is more that can be done now */
  run(tools: EraseTools, account: Account, deadline: number): Promise<boolean>;
}

/** What erasing works on. */
export interface EraseTools {
  readonly store: Store;
  readonly log: Log;
  readonly dead: DeadLetters;
  readonly book: BookTables;
  readonly notes: NoteTable;
  readonly waiting: Waiting;
  readonly erased: Erased;
  /** Replaced as a whole. */
  record: AccountRecord;
  readonly now: () => number;
}

/** Opens the erasures. */
export function openErasures(store: Store): Erasures {
  let version = 0;

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
        return dropWebhooks(job, tools, account);
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
    tools.record = store.transaction(() => {
      const found = book.forget({ ...names, ids: [...job.ids, ...job.references] });
      const grown = job.source === null ? withKnowledge(job, found) : withReferences(job, found);
      const links = job.links + found.people.size + found.references.size + found.addresses.size;
      if (sizeOf(grown) > sizeOf(job)) {
        // What was found may lead further: the next slice looks again.
        save({ ...job, ...grown, links }, now());
        return tools.record;
      }
      erased.add(hashes);
      notes.forget([...names.userIds, ...names.addresses, ...names.ids]);
      const left = waiting.of(job.ids).filter(({ strangers }) => strangers.every((stranger) => job.ids.includes(stranger)));
      for (const { number } of left) waiting.remove(number);
      const ledger = left.reduce((moved, { source }) => move(moved, source, { received: 1, discarded: 1 }), tools.record.ledger);
      const record = { ...tools.record, ledger };
      saveRecord(store, record);
      const owed = job.customerio === "none" ? [] : identifiersOf(job, account);
      save({ ...job, links, phase: "log", owed, waiting: left.length, through: tools.log.lastSeq() }, now());
      return record;
    });
    version += 1;
    waiting.settle();
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
      const { record, moved } = discard(tools, tools.record, { numbers: [number] });
      tools.record = record;
      discarded += moved;
    }
    const last = letters.at(-1);
    const place = last === undefined ? { phase: "done" as const } : { deadAfter: last.number };
    store.transaction(() => save({ ...job, ...place, dead: discarded }, now()));
  }

  /** Webhooks of the log about the person, as far as all of their events have left. */
  async function dropWebhooks(job: Job, tools: EraseTools, account: Account): Promise<boolean> {
    const { log, dead, now } = tools;
    const settled = settledCursors(tools.record.cursors, tools.waiting);
    const sources = job.source === null ? log.sources() : [job.source];
    for (const source of sources) {
      const entries = log
        .read(source, placeIn(job, source), WEBHOOKS_AT_ONCE, BYTES_AT_ONCE)
        .filter(({ lastSeq }) => lastSeq <= Math.min(job.through, settled.get(source)?.seq ?? 0));
      const last = entries.at(-1);
      if (last === undefined) continue;
      const dropped: (typeof entries)[number][] = [];
      // What ended the object each time must not be mapped again.
      const crashed = new Set(dead.find({ source, reason: "crashed" }, 0, CRASHED_AT_ONCE).map(({ id: crashedId }) => crashedId));
      for (const entry of entries) {
        const isMappable = !entry.envelope.events.some(([eventId]) => crashed.has(eventId));
        if (await isAbout(job, entry, sourceOf(isMappable ? source : null, account), source)) dropped.push(entry);
      }
      store.transaction(() => {
        for (const entry of dropped) log.drop(entry);
        const logAfter = [...new Map(job.logAfter).set(source, last.lastSeq)];
        save({ ...job, logAfter, webhooks: job.webhooks + dropped.length }, now());
      });
      return true;
    }
    const isPassed = sources.every((source) => {
      const next = log.read(source, placeIn(job, source), 1, 0)[0];
      return next === undefined || next.seq > job.through;
    });
    if (isPassed) store.transaction(() => save({ ...job, phase: "dead" }, now()));
    return isPassed;
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
    version: () => version,
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

type Wanted = Pick<Job, "userIds" | "addresses" | "ids" | "references">;

const NOBODY: Wanted = { userIds: [], addresses: [], ids: [], references: [] };

function placeIn({ logAfter }: Job, source: string): number {
  return logAfter.find(([name]) => name === source)?.[1] ?? 0;
}

function sizeOf({ userIds, addresses, ids, references }: Wanted): number {
  return userIds.length + addresses.length + ids.length + references.length;
}

function statusOf(job: Job): ErasureStatus {
  const { number, startedAt, finishedAt, source, customerio, phase, owed, links, waiting, dead, webhooks } = job;
  return {
    ...{ number, startedAt, finishedAt, source, customerio, phase },
    ...{ owed: owed.length, refused: job.refused, links, waiting, dead, webhooks },
  };
}

/** How Customer.io knows the person. */
function identifiersOf({ userIds, addresses }: Wanted, { identifiers }: Account): string[] {
  if (identifiers === "email") return addresses;
  return userIds.length > 0 || identifiers === "id" ? userIds : addresses;
}

/** The person's further names, from rows that were forgotten. */
function withKnowledge(job: Wanted, found: Knowledge): Wanted {
  const userIds = new Set(job.userIds);
  const addresses = new Set(job.addresses);
  const ids = new Set(job.ids);
  for (const [address, { userId }] of found.addresses) {
    addresses.add(address);
    if (userId !== null) userIds.add(userId);
  }
  const values = new Set([...userIds, ...addresses]);
  for (const [key, links] of found.people) {
    // What also leads to somebody else is theirs.
    if (!ids.has(key) && withoutValues(links, values) !== null) continue;
    const user = targetOf(links.user);
    const address = targetOf(links.email);
    if (user !== null) userIds.add(user.value);
    // Of somebody with a user id, an address that it does not own may be the company's.
    else if (address !== null) addresses.add(address.value);
    if (key.startsWith(USER_KEY)) userIds.add(key.slice(USER_KEY.length));
    else ids.add(key);
  }
  const grown = { userIds: [...userIds], addresses: [...addresses], ids: [...ids] };
  return { ...withReferences(job, found), ...grown };
}

const USER_KEY = userKeyOf("");

function withReferences(job: Wanted, found: Knowledge): Wanted {
  const { userIds, addresses, ids } = job;
  return { userIds, addresses, ids, references: [...new Set([...job.references, ...found.references.keys()])] };
}

/** The source to map with; `null` where there is none. */
function sourceOf(name: string | null, account: Account): Source | null {
  const state = name === null ? undefined : account.sources.get(name);
  return state?.ok ? state.source : null;
}

/** Whether a webhook names the person: as mapping says, and by its text, since some events are mapped to nothing. */
async function isAbout(
  job: Job,
  { envelope, body }: { readonly envelope: Envelope; readonly body: Uint8Array<ArrayBuffer> },
  source: Source | null,
  sourceName: string,
): Promise<boolean> {
  const webhook = { ...envelope, body, events: null };
  const { subjects, isComplete } = source === null ? { subjects: [], isComplete: false } : await subjectsIn(webhook, source);
  const named = new Set([...job.ids, ...job.references]);
  const isNamed = subjects.some(
    ({ userId, email, people, references }) =>
      (userId !== null && job.userIds.includes(userId)) ||
      (email !== null && job.addresses.includes(email.value)) ||
      [...people, ...references].some((key) => named.has(key)),
  );
  if (isNamed) return true;
  const own = [...named].filter((key) => key.startsWith(`${sourceName}:`)).map((key) => key.split(":").slice(2).join(":"));
  // An address stands for one person wherever it stands; a short id may stand for anything, where mapping knows better.
  const needles = isComplete ? job.addresses : [...job.addresses, ...job.userIds, ...own];
  const text = `${decoder.decode(body)} ${JSON.stringify([envelope.headers, envelope.query])}`.toLowerCase();
  return needles.some((needle) => holds(text, needle.toLowerCase()));
}

const decoder = new TextDecoder();

/** Whether a text holds a name as a whole word, plain or as forms write it; what stands before it may be an escape of either. */
function holds(text: string, name: string): boolean {
  return [name, encodeURIComponent(name).toLowerCase()].some((spelling) => {
    if (!text.includes(spelling)) return false;
    const word = spelling.replaceAll(/[^a-z0-9]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
    return new RegExp(`(?:(?<![\\w.+-])|(?<=%[0-9a-f]{2}|\\\\[nrt]))${word}(?![\\w-]|\\.\\w)`, "u").test(text);
  });
}
