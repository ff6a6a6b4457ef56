/**
 * Finds vendor events in the log, newest first. An answer looks at a bounded part of the log: it may hold fewer events than were asked for, or none,
 * and says where to go on.
 */
import type { Account } from "../../config/model.ts";
import type { SqlValue } from "../state/store.ts";
import {
  bytesBetween,
  type LogRow,
  type LogTable,
  logTables,
  lowestOf,
  rowsAt,
  scan,
  seqsHolding,
  sinceOf,
  timeFrom,
} from "./log.ts";
import { eventsOf, type LoggedEvent, type LogParts } from "./outcomes.ts";
import { rangeOf } from "./range.ts";
import type { EventQuery } from "./schemas.ts";
import { seqsEndedAs } from "./sealed.ts";
import { idsHolding } from "./text.ts";

/** Sequence numbers in one step where SQLite selects the rows. */
const STEP = 5_000;

/** Rows that the first step gives; each further step gives twice as many, up to a limit: most pages are filled by few. */
const FIRST_ROWS = 16;
const MOST_ROWS = 100;

/** Sequence numbers that one answer passes where SQLite selects the rows, and rows and events that it looks at otherwise. */
const MOST_PASSED = 20_000;
const MOST_LOOKED_AT = 1_000;
const MOST_EVENTS = 5_000;

/** Sequence numbers in one step of a search in bodies, and bytes of bodies that one answer searches. */
const TEXT_STEP = 512;
const MOST_BYTES = 16_000_000;

/** Webhooks that are found by what became of their events. */
const MOST_CANDIDATES = 10_000;

/** A page of the log. */
export interface Found {
  readonly events: readonly LoggedEvent[];
  /** Where the next page begins; `null` after the last. */
  readonly next: string | null;
  /** Everything since then was looked at, milliseconds since 1970; `null` if that is everything. */
  readonly searchedTo: number | null;
}

interface Search {
  readonly account: LogParts;
  readonly configured: Account | null;
  readonly query: EventQuery;
  readonly tables: readonly LogTable[];
  /** What SQLite decides: a text of constants, and its values. */
  readonly where: readonly string[];
  readonly values: readonly SqlValue[];
  /** The only webhooks that can match, newest first; `null`: any. */
  readonly candidates: readonly number[] | null;
  /** The lowest sequence number. */
  readonly bottom: number;
}

/** One step of a search. */
interface Step {
  readonly rows: readonly LogRow[];
  /** Everything from this sequence number on was passed. */
  readonly down: number;
  /** What the search cost, as a share of what one answer may cost; its rows are counted when they are looked at. */
  readonly cost: number;
}

/** Finds events by everything except the person. */
export async function findEvents(account: LogParts, configured: Account | null, query: EventQuery): Promise<Found> {
  const tables = logTables(account.store, query.source);
  const { bottom, top } = rangeOf(account, tables, query);
  const search: Search = { account, configured, query, tables, ...selectionOf(account, query), bottom };
  const [seq = top, place = 0] = (query.cursor ?? String(top)).split(".").map(Number);
  const events: LoggedEvent[] = [];
  // The webhook in which the page before ended is looked at once more.
  let below = Math.min(top, place > 0 ? seq + 1 : seq);
  let spent = 0;
  for (let most = FIRST_ROWS; below > bottom && spent < 1; most = Math.min(2 * most, MOST_ROWS)) {
    const lacking = query.limit - events.length;
    const { rows, down, cost } = isSelective(query) ? stepOf(search, below, most) : fillingStep(search, below, lacking);
    for (const portion of portionsOf(rows, search.candidates === null ? lacking : Number.POSITIVE_INFINITY)) {
      for (const event of await matching(search, portion)) {
        if (event.seq === seq && event.place >= place) continue;
        events.push(event);
        if (events.length < query.limit) continue;
        return { events, next: `${event.seq}.${event.place}`, searchedTo: event.replayedAt ?? event.receivedAt };
      }
      spent += portion.length / MOST_LOOKED_AT + weightOf(portion) / MOST_EVENTS;
      below = portion.at(-1)?.seq ?? below;
      if (spent >= 1) break;
    }
    // A body's later row may lead to a webhook further down.
    if (spent < 1) below = Math.min(below, down);
    spent += cost;
  }
  return below > bottom
    ? { events, next: String(below), searchedTo: timeFrom(account.store, tables, below) }
    : { events, next: null, searchedTo: null };
}

/** Whether events of a webhook that SQLite selects can be left out. */
function isSelective({ id, type, state, text }: EventQuery): boolean {
  return id !== undefined || type !== undefined || state !== undefined || text !== undefined;
}

/** Rows in portions that are looked at together: the first has about as many events as the page lacks, each further one twice as many. */
function* portionsOf(rows: readonly LogRow[], enough: number): Generator<readonly LogRow[]> {
  let portion: LogRow[] = [];
  let most = enough;
  for (const row of rows) {
    portion.push(row);
    if (weightOf(portion) < most) continue;
    yield portion;
    portion = [];
    most *= 2;
  }
  if (portion.length > 0) yield portion;
}

/** How many events these rows tell of. */
function weightOf(rows: readonly LogRow[]): number {
  return rows.reduce((sum, { envelope: { events, notes } }) => sum + events.length + (notes.skipped?.length ?? 0), 0);
}

/** What of a query SQLite decides, or the webhooks that can match. */
function selectionOf(
  { store, state: record, dead, waiting }: LogParts,
  { id, type, state }: EventQuery,
): Pick<Search, "where" | "values" | "candidates"> {
  const named = [id, type].flatMap((name) => (name === undefined ? [] : [JSON.stringify(name)]));
  const where = named.map(() => "instr(envelope, ?) > 0");
  const ordered = (seqs: readonly number[]): readonly number[] => [...new Set(seqs)].sort((one, other) => other - one);
  switch (state) {
    case "duplicate":
      return { where: [...where, "duplicates > 0"], values: named, candidates: null };
    case "ignored": {
      const seqs = JSON.stringify(endedAs("ignored"));
      return {
        where: [...where, "(ignored > 0 OR seq IN (SELECT value FROM json_each(?)))"],
        values: [...named, seqs],
        candidates: null,
      };
    }
    case "dead":
      return { where, values: named, candidates: ordered(dead.newestWebhooks(MOST_CANDIDATES)) };
    case "waiting_for_identity":
    case "waiting_for_order":
      return { where, values: named, candidates: ordered(waiting.all().map(({ seq }) => seq)) };
    case "replayed":
    case "discarded":
      return { where, values: named, candidates: ordered(endedAs(state)) };
    default:
      return { where, values: named, candidates: null };
  }

  function endedAs(as: "ignored" | "replayed" | "discarded"): readonly number[] {
    const { ended } = record.current().outbox.trail;
    return [...ended.flatMap((line) => (line.as === as ? [line.seq] : [])), ...seqsEndedAs(store, as, MOST_CANDIDATES)];
  }
}

/** A step in which every event matches: the webhooks that fill a page. */
function fillingStep({ account: { store }, query, tables, bottom }: Search, below: number, lacking: number): Step {
  // A webhook tells of an event at least. Sequence numbers run through all sources: of one, many may be another's.
  const width = query.source === undefined ? MOST_ROWS : STEP;
  const from = lowestOf(store, tables, { from: Math.max(bottom, below - width), below }, lacking);
  const { rows, down } = scan(store, tables, { from, below, limit: MOST_ROWS }, { where: "1 = 1", values: [] });
  return { rows, down, cost: (below - down) / MOST_PASSED };
}

/** @param most rows */
function stepOf(search: Search, below: number, most: number): Step {
  const { account, query, tables, where, values, candidates, bottom } = search;
  const { store } = account;
  const condition = { where: where.length === 0 ? "1 = 1" : where.join(" AND "), values };
  if (candidates !== null) {
    const chunk = candidates.filter((seq) => seq < below && seq >= bottom).slice(0, most);
    const down = chunk.length < most ? bottom : (chunk.at(-1) ?? bottom);
    return { rows: rowsAt(store, tables, chunk, condition), down, cost: chunk.length / MOST_LOOKED_AT };
  }
  if (query.text !== undefined) {
    const range = { from: Math.max(bottom, below - TEXT_STEP), below, limit: most };
    const { seqs, down } = seqsHolding(store, tables, range, query.text);
    const bytes = bytesBetween(store, tables, down, below);
    return { rows: rowsAt(store, tables, seqs, condition), down, cost: bytes / MOST_BYTES + (below - down) / MOST_PASSED };
  }
  // Sequence numbers run through all sources: of all together few are needed, of one many may be another's.
  const width = where.length > 0 || query.source !== undefined ? STEP : most;
  const from = Math.max(bottom, below - width);
  const { rows, down } = scan(store, tables, { from, below, limit: most }, condition);
  return { rows, down, cost: (below - down) / MOST_PASSED };
}

/** The events of these webhooks that match. */
async function matching({ account, configured, query }: Search, rows: readonly LogRow[]): Promise<readonly LoggedEvent[]> {
  const { id, type, state, from, to, text } = query;
  const inTime = rows.filter(({ envelope }) => {
    const since = sinceOf(envelope);
    return (from === undefined || since >= from) && (to === undefined || since < to);
  });
  const holding = text === undefined ? null : await idsHolding(account, configured, inTime, text);
  return eventsOf(account, inTime, { state }).filter(
    (event) =>
      (id === undefined || event.id === id) &&
      (type === undefined || event.type === type) &&
      (state === undefined || event.state === state) &&
      (holding === null || holding(event)),
  );
}
