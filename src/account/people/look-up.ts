/**
 * Enrichment: asks a vendor about a person when an event has only an id. Off the ack path, rate-limited, and once per id. Identifiers in the
 * answer go into the book at once, since no event teaches them again; traits are not sent. What the answer tells of the event itself is noted, and
 * its handler reads it.
 */
import * as z from "zod";
import type { Account, Source, VendorApi } from "../../config/model.ts";
import type { Draft, Value } from "../../contract/drafts.ts";
import type { IdFact } from "../../contract/facts.ts";
import type { Lookup as Remote, RemoteRequest } from "../../contract/remote.ts";
import { openBook } from "../../identity/book.ts";
import { anonymousIdOf } from "../../identity/identifiers.ts";
import { learn } from "../../identity/learn.ts";
import { type Subject, subjectOf } from "../../identity/subject.ts";
import { policyOf } from "../../translate/policy.ts";
import type { Sought } from "../../translate/result.ts";
import type { Erased } from "../erasure/erased.ts";
import type { Store } from "../state/store.ts";
import type { BookTables } from "./book-tables.ts";
import type { Note, NoteKey, NoteTable } from "./note-table.ts";
import { askVendor, type Fetch, type VendorAnswer } from "./vendor-api.ts";

/** Limits of an answer about one person. */
const LIMITS = { largest: 64 * 1024, timeout: 3_000 };

/** Requests at the same time, and within a minute. Others are asked when the event's wait ends, or another event has the id. */
const MOST_AT_ONCE = 10;
const MOST_A_MINUTE = 60;
const MINUTE = 60_000;

/** Maximum of characters of what an answer tells of an event; more is not noted. */
const LONGEST_FOUND = 16_384;

/** How long an answer is valid, also one that the person is unknown, milliseconds. */
const ANSWER_LASTS = 24 * 3_600_000;

/** How long look-ups of a source pause after its vendor failed, and after it refused the key, milliseconds. */
const PAUSE = MINUTE;
const LONG_PAUSE = 10 * MINUTE;

/** What look-ups need of the account. */
export interface LookupTools {
  readonly store: Store;
  readonly book: BookTables;
  readonly notes: NoteTable;
  readonly erased: Erased;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fetch: Fetch;
  /** Runs work that reads and then writes the book; one at a time. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Tells the operator. */
  readonly report: (line: LookupReport) => void;
}

/** The vendor refused the API key: look-ups pause. */
export interface LookupReport {
  readonly outcome: "lookup_refused";
  readonly source: string;
}

/** Asks vendors about people. */
export interface Lookup {
  /** Whether a request about any of these people is due. @param most maximum of requests */
  wants(sought: readonly Sought[], account: Account, most: number): boolean;
  /** Asks, and stores the answers in the book. @param most maximum of requests @returns how many were made */
  ask(sought: readonly Sought[], account: Account, most: number): Promise<number>;
  /** What an answer told of the events that name an id of a source; undefined if it told nothing, or is no longer valid. */
  found(source: string, id: IdFact): Value;
}

interface Question {
  readonly source: Source;
  readonly note: NoteKey;
  readonly request: RemoteRequest;
  readonly api: VendorApi;
  readonly lookup: Remote;
  readonly id: IdFact;
}

/** An answer, read. */
interface Found {
  readonly drafts: readonly Draft[];
  readonly told: Value;
}

/** The end of a question: how many requests it took, and the answer; `null` for none. */
interface Put {
  readonly requests: number;
  readonly found: Found | null;
}

/** Makes the look-ups of one account. */
export function createLookup(tools: LookupTools): Lookup {
  /** When requests were made, within the last minute. */
  let made: readonly number[] = [];
  const pausedUntil = new Map<string, number>();

  const isPaused = (source: string): boolean => (pausedUntil.get(source) ?? 0) > tools.now();
  const answerIn = (note: NoteKey): NotedAnswer | null => {
    const answer = readAnswer(tools.notes.get(note) ?? "");
    return answer.until > tools.now() ? answer : null;
  };

  function questionOf({ source: name, ids }: Sought, account: Account): Question | null {
    const state = account.sources.get(name);
    const source = state?.ok ? state.source : null;
    const lookup = source?.adapter.lookup;
    if (!source?.api || !lookup || isPaused(name)) return null;
    for (const id of ids) {
      const note = noteAbout(name, id);
      const request = note === null ? null : lookup.request(id, source.api.key);
      if (note !== null && request !== null && answerIn(note) === null)
        return { source, note, request, api: source.api, lookup, id };
    }
    return null;
  }

  async function put({ source, request, api, lookup, id }: Question): Promise<Put> {
    const answer = await askFor(request, api);
    const plainer = isNo(answer) ? (lookup.plainer?.(id, api.key) ?? null) : null;
    const last = plainer === null ? answer : await askFor(plainer, api);
    const requests = plainer === null ? 1 : 2;
    if (last.kind === "answer")
      return { requests, found: { drafts: lookup.read(last.body) ?? [], told: lookup.found?.(last.body) } };
    if (last.kind === "nothing") return { requests, found: { drafts: [], told: undefined } };
    const isRefused = last.kind === "refused";
    if (isRefused && !isPaused(source.name)) tools.report({ outcome: "lookup_refused", source: source.name });
    pausedUntil.set(source.name, tools.now() + (isRefused ? LONG_PAUSE : PAUSE));
    return { requests, found: null };
  }

  const askFor = (request: RemoteRequest, api: VendorApi): Promise<VendorAnswer> => askVendor(request, api, LIMITS, tools.fetch);

  /** @returns how many requests were made */
  async function putTogether(questions: readonly Question[]): Promise<number> {
    const answers = await Promise.all(questions.map(put));
    const notes: Note[] = [];
    const learned: (readonly [Subject, Source])[] = [];
    for (const [index, { source, note }] of questions.entries()) {
      const answer = answers[index]?.found ?? null;
      if (answer === null) continue;
      notes.push({ ...note, value: answerText({ until: tools.now() + ANSWER_LASTS, told: answer.told }) });
      for (const { person } of answer.drafts) {
        const subject = subjectOf(person, policyOf(source));
        if (!(await tools.erased.includes(subject))) learned.push([subject, source]);
      }
    }
    await tools.alone(async () => {
      const at = tools.now();
      const book = openBook((keys) => tools.book.read(keys, at));
      for (const [subject, source] of learned)
        learn(book, subject, { source: source.name, people: source.options.people, at, by: "look-up" });
      tools.store.transaction(() => {
        tools.notes.apply(notes);
        tools.book.write(book.changes(), at);
      });
    });
    return answers.reduce((sum, { requests }) => sum + requests, 0);
  }

  /** The requests that are due, each once. */
  function questionsAbout(sought: readonly Sought[], account: Account, most: number): readonly Question[] {
    const questions = new Map<string, Question>();
    for (const person of sought) {
      const question = questionOf(person, account);
      if (question !== null) questions.set(question.note.subject, question);
    }
    made = made.filter((at) => at > tools.now() - MINUTE);
    return [...questions.values()].slice(0, Math.max(0, Math.min(most, MOST_A_MINUTE - made.length)));
  }

  return {
    wants: (sought, account, most) => questionsAbout(sought, account, most).length > 0,
    ask: async (sought, account, most) => {
      const chosen = questionsAbout(sought, account, most);
      let requests = 0;
      for (let from = 0; from < chosen.length && requests < most; from += MOST_AT_ONCE) {
        const some = chosen.slice(from, from + MOST_AT_ONCE).filter(({ source }) => !isPaused(source.name));
        if (some.length === 0) continue;
        const asked = await putTogether(some);
        requests += asked;
        made = [...made, ...Array.from({ length: asked }, () => tools.now())];
      }
      return requests;
    },
    found: (source, id) => {
      const note = noteAbout(source, id);
      return note === null ? undefined : answerIn(note)?.told;
    },
  };
}

/** An answer as it is noted: until when it is valid, milliseconds since 1970, and what it told of events. */
interface NotedAnswer {
  readonly until: number;
  readonly told: Value;
}

function noteAbout(source: string, { kind, id }: IdFact): NoteKey | null {
  const subject = anonymousIdOf(source, kind, id);
  return subject === null ? null : { kind: "lookup", scope: "", subject };
}

/** The time stands first, where `pruneLookups` reads it. */
function answerText({ until, told }: NotedAnswer): string {
  const json = told === undefined ? "" : JSON.stringify(told);
  return json === "" || json.length > LONGEST_FOUND ? String(until) : `${until} ${json}`;
}

function readAnswer(text: string): NotedAnswer {
  const space = text.indexOf(" ");
  if (space < 0) return { until: Number(text), told: undefined };
  return { until: Number(text.slice(0, space)), told: z.json().parse(JSON.parse(text.slice(space + 1))) };
}

/** Whether the vendor said no: to the key, or to what was asked for. */
function isNo(answer: VendorAnswer): boolean {
  return answer.kind === "refused" || (answer.kind === "failed" && answer.status === 400);
}

/** Deletes expired answers; inside the caller's transaction. */
export function pruneLookups(store: Store, now: number): void {
  store.run("DELETE FROM people_note WHERE kind = 'lookup' AND CAST(value AS INTEGER) <= ?", now);
}
