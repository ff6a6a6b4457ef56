/**
 * Reads a vendor's past and hands it on: people first, then what happened, by time. After any interruption it goes on from the place that was
 * saved last: what is handed on twice has the same ids.
 */
import type { HistoryList, PastWebhook, Span } from "../../contract/history.ts";
import type { Job, Place } from "./job.ts";
import type { VendorClient } from "./vendor-client.ts";

const DAY = 86_400_000;

/** The first and the longest span of time that is read at once, and the shortest, milliseconds. */
const FIRST_STEP = 30 * DAY;
const LONGEST_STEP = 120 * DAY;
const SHORTEST_STEP = 60_000;

/** Webhooks of one span: with more of them it is read in shorter ones, with few in longer ones. */
const MANY = 5_000;
const FEW = 500;

/** How often a list is begun anew because a page of it is gone. */
const MOST_RESTARTS = 3;

/** What reading needs. */
export interface PastTools {
  readonly client: VendorClient;
  /** Hands webhooks on. @returns the problem that ended it, or `null` once all of them are kept */
  deliver(webhooks: readonly PastWebhook[]): Promise<string | null>;
  /** Saves how far it is: called once everything before is kept. */
  save(place: Place): void;
  /** @param share of the whole, from 0 to 1; `null` while nobody knows */
  show?(share: number | null, text: string): void;
}

/** How it ended. `exit` says whose the problem is. */
export type PastEnding =
  | { readonly ok: true }
  | { readonly ok: false; readonly exit: "usage" | "failed"; readonly problem: string };

/** Where a job begins. */
export function beginningOf({ kind, since }: Pick<Job, "kind" | "since">): Place {
  return kind === "backfill" ? { stage: "people", list: 0, page: null } : { stage: "past", from: since, step: FIRST_STEP };
}

/** When the events that the vendor keeps take over from its lists, milliseconds since 1970. */
export function takeover({ history, kind, begunAt, since, until }: Job): number {
  if (kind === "recover") return history.events === undefined ? until : since;
  if (history.events === undefined) return until;
  return Math.min(until, Math.max(since, begunAt - history.events.days * DAY));
}

/** Reads everything from a place on. */
export async function readPast(job: Job, from: Place, tools: PastTools): Promise<PastEnding> {
  let place = from;
  let restarts = 0;
  while (place.stage !== "done") {
    const next: Next = await readOn(job, place, tools);
    if (!next.ok) return next;
    if (next.isRestart) restarts += 1;
    if (restarts > MOST_RESTARTS)
      return { ok: false, exit: "failed", problem: "The pages of a list are gone before they are read." };
    place = next.place;
    tools.save(place);
  }
  return { ok: true };
}

/** `isRestart`: a list is begun anew, since its next page is gone. */
type Next = { readonly ok: true; readonly place: Place; readonly isRestart?: true } | Exclude<PastEnding, { readonly ok: true }>;

function readOn(job: Job, place: Exclude<Place, { stage: "done" }>, tools: PastTools): Promise<Next> {
  switch (place.stage) {
    case "people":
      return readPeople(job, place, tools);
    case "past":
      return readSpan(job, place, tools);
    case "stream":
      return readStream(job, place, tools);
  }
}

/** Reads one page of people. */
async function readPeople(job: Job, place: Extract<Place, { stage: "people" }>, tools: PastTools): Promise<Next> {
  const list = job.history.people[place.list];
  if (list === undefined) return { ok: true, place: { stage: "past", from: job.since, step: FIRST_STEP } };
  tools.show?.(null, list.name);
  const read = await readPage(list, job, spanOf(0, job.until), place.page, tools);
  if (read.kind === "gone") return { ok: true, place: { ...place, page: null }, isRestart: true };
  if (read.kind === "failed") return read.ending;
  // Who came later is told by the events that take over, or by webhooks.
  const problem = await tools.deliver(read.webhooks.filter(isBefore(takeover(job))));
  if (problem !== null) return { ok: false, exit: "failed", problem };
  return { ok: true, place: read.next === null ? { ...place, list: place.list + 1, page: null } : { ...place, page: read.next } };
}

/** Reads all lists of one span of time. */
async function readSpan(job: Job, { from, step }: Extract<Place, { stage: "past" }>, tools: PastTools): Promise<Next> {
  const { history, kind, since, until } = job;
  if (from >= until) return { ok: true, place: { stage: "done" } };
  const border = takeover(job);
  const { events } = history;
  const isEvents = events !== undefined && from >= border;
  if (isEvents && events.isStream) return { ok: true, place: { stage: "stream", page: null } };
  const lists = isEvents ? [events] : kind === "recover" ? (history.changes ?? []) : history.past;
  const end = isEvents ? until : border;
  const to = Math.min(end, from + step);
  tools.show?.((from - since) / Math.max(1, until - since), new Date(from).toISOString().slice(0, 10));
  const found: PastWebhook[] = [];
  for (const list of lists) {
    const read = await readList(list, job, spanOf(from, to), tools, to - from > SHORTEST_STEP ? MANY - found.length : null);
    if (read.kind === "many") return { ok: true, place: { stage: "past", from, step: Math.max(SHORTEST_STEP, (to - from) / 2) } };
    if (read.kind === "failed") return read.ending;
    // What happened to a record later is told by the events that take over, or by webhooks.
    found.push(...read.webhooks.filter(isBefore(end)));
  }
  const problem = await tools.deliver(byTime(found));
  if (problem !== null) return { ok: false, exit: "failed", problem };
  const wider = found.length < FEW ? Math.min(LONGEST_STEP, 2 * step) : step;
  return { ok: true, place: { stage: "past", from: to, step: wider } };
}

/** Reads one page of events that come oldest first, whatever they are asked for. */
async function readStream(job: Job, place: Extract<Place, { stage: "stream" }>, tools: PastTools): Promise<Next> {
  const { events } = job.history;
  if (events === undefined) return { ok: true, place: { stage: "done" } };
  const [from, until] = [takeover(job), job.until];
  const read = await readPage(events, job, spanOf(from, until), place.page, tools);
  if (read.kind === "gone") return { ok: true, place: { stage: "stream", page: null }, isRestart: true };
  if (read.kind === "failed") return read.ending;
  const times = read.webhooks.map(({ at }) => Date.parse(at));
  tools.show?.(null, read.webhooks.at(-1)?.at.slice(0, 10) ?? "");
  const problem = await tools.deliver(
    read.webhooks.filter((_, index) => (times[index] ?? 0) >= from && (times[index] ?? 0) < until),
  );
  if (problem !== null) return { ok: false, exit: "failed", problem };
  const isOver = read.next === null || (times.length > 0 && times.every((time) => time >= until));
  return { ok: true, place: isOver ? { stage: "done" } : { stage: "stream", page: read.next } };
}

/** Whether it is to be told: it happened before the end, or it says how something stands. */
function isBefore(end: number): (webhook: PastWebhook) => boolean {
  return ({ at, isState }) => isState === true || Date.parse(at) < end;
}

/** Equal times stay in the order of the lists. */
function byTime(webhooks: readonly PastWebhook[]): readonly PastWebhook[] {
  return webhooks.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function spanOf(from: number, until: number): Span {
  return { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
}

type Failed = { readonly kind: "failed"; readonly ending: Exclude<PastEnding, { readonly ok: true }> };
type ReadList = { readonly kind: "read"; readonly webhooks: readonly PastWebhook[] } | { readonly kind: "many" } | Failed;

/** Reads a whole list. @param most webhooks at which it is given up; `null`: never */
async function readList(list: HistoryList, job: Job, span: Span, tools: PastTools, most: number | null): Promise<ReadList> {
  for (let restarts = 0; ; restarts += 1) {
    const webhooks: PastWebhook[] = [];
    let page: string | null = null;
    for (;;) {
      const read: ReadPage = await readPage(list, job, span, page, tools);
      if (read.kind === "failed") return read;
      if (read.kind === "gone") break;
      webhooks.push(...read.webhooks);
      if (most !== null && webhooks.length > most) return { kind: "many" };
      if (read.next === null) return { kind: "read", webhooks };
      page = read.next;
    }
    if (restarts === MOST_RESTARTS) return failed("failed", `The pages of ${list.name} are gone before they are read.`);
  }
}

type ReadPage =
  | { readonly kind: "read"; readonly webhooks: readonly PastWebhook[]; readonly next: string | null }
  | { readonly kind: "gone" }
  | Failed;

/** Reads a page, and the records that it names. `gone`: the list is to be read from its beginning. */
async function readPage(
  list: HistoryList,
  { given, since }: Job,
  span: Span,
  page: string | null,
  { client }: PastTools,
): Promise<ReadPage> {
  const asked = await client.ask(list.request(span, page, given));
  if (asked.kind === "absent" && page === null && list.mayBeAbsent) return { kind: "read", webhooks: [], next: null };
  if (asked.kind !== "answer") {
    if (page !== null && (asked.kind === "refused" || asked.kind === "absent")) return { kind: "gone" };
    const advice = asked.kind === "unauthorized" ? `: the key may not read ${list.name}, or is one of the other mode` : "";
    return failed(asked.kind === "failed" ? "failed" : "usage", `${asked.problem}${advice}.`);
  }
  const read = list.read(asked.answer, span, page, new Date(since).toISOString(), given);
  if (read === null) return failed("failed", `The vendor's answer is no page of ${list.name}: its API may have changed.`);
  if (read.next !== null && read.next === page) return failed("failed", `The pages of ${list.name} do not end.`);
  const webhooks = [...read.webhooks];
  for (const name of read.records ?? []) {
    if (list.record === undefined) break;
    const one = await client.ask(list.record.request(name, given));
    // It was deleted meanwhile.
    if (one.kind === "absent") continue;
    if (one.kind !== "answer") return failed(one.kind === "failed" ? "failed" : "usage", `${one.problem}.`);
    const told = list.record.read(one.answer);
    if (told === null) return failed("failed", `The vendor's answer is no record of ${list.name}: its API may have changed.`);
    webhooks.push(...told);
  }
  return { kind: "read", webhooks, next: read.next };
}

function failed(exit: "usage" | "failed", problem: string): Failed {
  return { kind: "failed", ending: { ok: false, exit, problem } };
}
