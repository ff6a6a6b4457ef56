/**
 * One round of translation: turns webhooks of the inbox, in order, into the content of one batch. Pure: everything to store is in the result.
 */
import type { BookRows } from "../identity/book.ts";
import { bytesOf } from "../pipelines/pack.ts";
import type { PeopleView } from "./address.ts";
import { type BatchInput, ENOUGH, openBatch } from "./batch.ts";
import type { InboxReader, InboxWebhook, WaitingEvent } from "./inbox.ts";
import { MERGES, type ReadyEvent, type Result, type ResultInput, resultOf } from "./result.ts";
import { takeTurns } from "./turns.ts";

/** The input of a round. */
export interface RoundInput extends Omit<BatchInput, "filled">, ResultInput {
  /** The core's own events: they are sent first, merges before everything else. */
  readonly own: readonly ReadyEvent[];
  /** Waiting events whose time is over. */
  readonly due: readonly WaitingEvent[];
  /** The webhooks of each source. */
  readonly inbox: ReadonlyMap<string, InboxReader>;
  /** How many events of a source's first webhook are finished already. */
  readonly passed: (source: string) => number;
  /** Whether webhooks are translated strictly in the order of acceptance, without shares for sources. */
  readonly isInOrder: boolean;
  /** Called before each event. @returns what to wait for first; `null` for nothing */
  readonly giveWay: (entry: InboxWebhook) => Promise<void> | null;
  /** Called before each webhook. `false`: it must not be translated. */
  readonly mayTranslate: (entry: InboxWebhook) => boolean;
}

/** The result of a round. */
export interface Round extends Result {
  /** Webhooks that are translated completely. */
  readonly closed: readonly InboxWebhook[];
  /** The source of the webhook in which the round ended, and how many of its events are finished. */
  readonly partial: { readonly source: string; readonly events: number } | null;
  /** The rows of the book that changed. */
  readonly book: BookRows;
}

/** Translates webhooks until the batch is full, or none is left. */
export async function translateRound(input: RoundInput, view: PeopleView): Promise<Round> {
  const filled = input.own.reduce((sum, { calls }) => sum + bytesOf(calls), 0);
  const batch = openBatch({ ...input, filled }, view);
  const closed: InboxWebhook[] = [];
  const end = (partial: Round["partial"]): Round => {
    const result = resultOf(batch.items(), input);
    const isMerge = ({ source }: ReadyEvent): boolean => source === MERGES;
    return {
      ...result,
      merges: [...input.own.filter(isMerge), ...result.merges],
      ready: [...input.own.filter((event) => !isMerge(event)), ...result.ready],
      closed,
      partial,
      book: view.book.changes(),
    };
  };
  for (const event of input.due) if (!(await batch.take(input.webhookOf(event), event, event))) return end(null);

  const turns = takeTurns(input.inbox, input.isInOrder ? Number.POSITIVE_INFINITY : ENOUGH / Math.max(1, input.inbox.size));
  for (let turn = turns.next(); turn !== null; turn = turns.next()) {
    const { entry, isFirst } = turn;
    const before = batch.bytes();
    const passed = isFirst ? input.passed(entry.source) : 0;
    const isRefused = !input.mayTranslate(entry);
    const events = isRefused ? entry.events : await batch.eventsOf(entry);
    for (const [index, name] of events.slice(passed).entries()) {
      const others = input.giveWay(entry);
      if (others !== null) await others;
      // Not after a crash: nothing is touched before its turn.
      if (!input.isInOrder && !batch.isPrepared(entry, name))
        await batch.prepare(entry, events, passed + index, input.inbox.get(entry.source));
      const isTaken = isRefused ? batch.giveUp(entry, name, "crashed", CRASHED) : await batch.take(entry, name, null);
      if (!isTaken) return end({ source: entry.source, events: passed + index });
    }
    closed.push(entry);
    batch.close(entry);
    turns.used(entry.source, batch.bytes() - before);
  }
  return end(null);
}

const CRASHED = "translating this webhook ended the account object three times";
