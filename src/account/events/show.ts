/**
 * One vendor event whole: its webhook, what the adapter makes of it, who it is about, what was sent, and when.
 */
import type { Account, Source } from "../../config/model.ts";
import type { Draft } from "../../contract/drafts.ts";
import { encode } from "../../contract/verify/encoding.ts";
import type { InboxWebhook } from "../../translate/inbox.ts";
import { readWebhook } from "../../translate/reading.ts";
import type { DeadLetter } from "../dead-letters/dead-letters.ts";
import { keyOf } from "../inbox/dedupe-store.ts";
import type { AccountModules } from "../modules.ts";
import { callsIn } from "../outbox/outbox.ts";
import type { Attempt, Standstill } from "../outbox/trail.ts";
import { type LogRow, type LogTable, logTables, rowsAt, scan } from "./log.ts";
import { eventsOf, type LoggedEvent } from "./outcomes.ts";
import { attemptsOf, type SealedIn } from "./sealed.ts";

/** Other events of the batch that are named. */
const MOST_NEIGHBOURS = 20;

/** Dead letters of one event: a replay may have died again. */
const MOST_LETTERS = 10;

/**
 * Sequence numbers that are searched behind the place of a known event, step by step: duplicates follow it, and an earlier release noted where its
 * commit began. At most as many as one commit may write.
 */
const BEHIND = [64, 1_000, 10_000];

/** Sequence numbers that are searched for an event of which only a line was kept. */
const MOST_SEARCHED = 50_000;

/** What the adapter of today makes of an event. */
export type Mapped =
  | { readonly kind: "drafts"; readonly drafts: readonly Draft[] }
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** The batch that an event left in. */
export interface ShownBatch {
  readonly number: number;
  readonly sealedAt: number;
  readonly events: number;
  readonly calls: number;
  readonly bytes: number;
  readonly neighbours: readonly { readonly source: string; readonly id: string; readonly type: string }[];
  readonly attempts: readonly Attempt[];
}

/** A vendor event whole. */
export interface ShownEvent {
  readonly event: LoggedEvent;
  /** Everything of the log with the same id, newest first: replays and duplicates too. */
  readonly history: readonly LoggedEvent[];
  /** `null` where only a line was kept, or the webhook is gone. */
  readonly webhook: InboxWebhook | null;
  readonly mapped: Mapped;
  /** As they were sent, JSON. */
  readonly calls: readonly { readonly text: string; readonly bytes: number }[];
  readonly batch: ShownBatch | null;
  /** Why nothing can be delivered now, and since when; `null` while delivery works. */
  readonly standstill: Standstill | null;
}

/** The events of the log with this id, newest first. @param isThorough whether an event of which only a line was kept is searched for */
export function historyOf(account: AccountModules, source: string, id: string, isThorough = true): readonly LoggedEvent[] {
  const { store, dedupe, dead } = account;
  const tables = logTables(store, source);
  const condition = { where: "instr(envelope, ?) > 0", values: [JSON.stringify(id)] };
  const found = new Map<number, LogRow>();
  const look = (rows: readonly LogRow[]): void => {
    for (const row of rows) found.set(row.seq, row);
  };
  // A known event is found by its place; a replay names the place before it.
  let place = dedupe.known(keyOf(source, id)).get(0) ?? null;
  for (const seen = new Set<number>(); place !== null && !seen.has(place); ) {
    seen.add(place);
    const isStored = ({ envelope }: LogRow): boolean => envelope.events.some((event) => event.id === id);
    // Duplicates may follow at once, and more than the scan gives.
    const exact = rowsAt(store, tables, [place], condition);
    look(exact);
    let stored = exact.find(isStored);
    for (const width of BEHIND) {
      const { rows } = scan(store, tables, { from: place, below: place + width, limit: MOST_LETTERS }, condition);
      look(rows);
      stored ??= rows.findLast(isStored);
      if (stored !== undefined) break;
    }
    place = stored?.envelope.notes.replayOf ?? null;
  }
  const letters = dead.find({ source, id }, 0, MOST_LETTERS).flatMap((letter) => {
    const webhook = dead.webhookOf(letter.number);
    return webhook === null ? [] : [{ letter, webhook }];
  });
  look(
    rowsAt(
      store,
      tables,
      letters.map(({ webhook }) => webhook.seq),
      { where: "1 = 1", values: [] },
    ),
  );
  // Dead letters are kept longer than the log.
  const old = letters.filter(({ webhook }) => !found.has(webhook.seq)).map(({ letter, webhook }) => deadEvent(letter, webhook));
  if (found.size + old.length === 0 && isThorough) look(searchAll(account, tables, condition));
  const rows = [...found.values()].sort((one, other) => other.seq - one.seq);
  return [...eventsOf(account, rows).filter((event) => event.id === id), ...old];
}

/** An event of which only the dead letter is left. */
function deadEvent(letter: DeadLetter, { seq, receivedAt, replayedAt }: InboxWebhook): LoggedEvent {
  const { source, id, type, reason, detail, diedAt, number } = letter;
  return {
    ...{ source, id, type, seq, place: 0, kept: true, state: "dead", reason, detail, receivedAt, replayedAt },
    ...{ endedAt: diedAt, about: [], sealed: null, dead: number, until: null, waited: null },
  };
}

function searchAll(
  { store }: AccountModules,
  tables: readonly LogTable[],
  condition: Parameters<typeof scan>[3],
): readonly LogRow[] {
  const top = Math.max(0, ...tables.map(({ last }) => last + 1));
  const from = Math.max(top - MOST_SEARCHED, Math.min(top, ...tables.map(({ first }) => first)));
  return scan(store, tables, { from, below: top, limit: 20 }, condition).rows;
}

/** An event whole. @param seq which one of its history; the one that was kept last if it is `null` */
export async function showEvent(
  account: AccountModules,
  configured: Account | null,
  source: string,
  id: string,
  seq: number | null,
): Promise<ShownEvent | null> {
  const history = historyOf(account, source, id);
  const event = seq === null ? (history.find(({ kept }) => kept) ?? history[0]) : history.find((one) => one.seq === seq);
  if (event === undefined) return null;
  const webhook = webhookOf(account, event);
  const state = configured?.sources.get(source);
  const mapped: Mapped =
    webhook === null || !state?.ok
      ? { kind: "failed", reason: webhook === null ? "of what is not kept nothing is translated" : "its source cannot be used" }
      : await mappedBy(state.source, webhook, id);
  const { calls, batch } = event.sealed === null ? { calls: [], batch: null } : sentIn(account, event.sealed);
  const { standstill } = account.state.current().outbox;
  const lasting = standstill?.until === null ? standstill : null;
  return { event, history, webhook, mapped, calls, batch, standstill: lasting };
}

function webhookOf({ inbox, dead }: AccountModules, { source, seq, kept, dead: letter }: LoggedEvent): InboxWebhook | null {
  if (!kept) return null;
  return inbox.find(source, seq) ?? (letter === null ? null : dead.webhookOf(letter));
}

async function mappedBy(source: Source, webhook: InboxWebhook, id: string): Promise<Mapped> {
  const { events, unreadable } = await readWebhook(webhook, source);
  const event = events.find((one) => one.event.id === id)?.event;
  if (event === undefined)
    return { kind: "failed", reason: unreadable[0]?.issue ?? "the adapter no longer finds this event in its webhook" };
  const mapped = source.configured.map(event);
  if (mapped.kind === "ignore") return { kind: "ignored", reason: mapped.reason };
  return mapped.kind === "failed" ? { kind: "failed", reason: mapped.issue } : mapped;
}

function sentIn({ store, state, outbox }: AccountModules, { batch, index }: SealedIn): Pick<ShownEvent, "calls" | "batch"> {
  const found = outbox.read(batch);
  if (found === null) return { calls: [], batch: null };
  const { events, body, sealedAt } = found;
  const { open, trail } = state.current().outbox;
  const attempts =
    open.find(({ id }) => id === batch)?.attempts ??
    trail.answered.find((one) => one.batch === batch)?.attempts ??
    attemptsOf(store, batch);
  const others = events.filter(({ source }, place) => place !== index && !source.startsWith("+"));
  return {
    calls: (callsIn(body, events)[index] ?? []).map((bytes) => ({ text: decoder.decode(bytes), bytes: bytes.byteLength })),
    batch: {
      number: batch,
      sealedAt,
      events: events.length,
      calls: events.reduce((sum, { calls }) => sum + calls.length, 0),
      bytes: body.byteLength,
      neighbours: others.slice(0, MOST_NEIGHBOURS).map(({ source, id, type }) => ({ source, id, type })),
      attempts,
    },
  };
}

const decoder = new TextDecoder();

/** The body of a webhook in base64. */
export function bodyOf({ body }: InboxWebhook): string {
  return encode(body, "base64");
}
