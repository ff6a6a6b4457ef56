/**
 * One round of translation: webhooks from the inbox, in order, become the events of one batch. Pure: what is to be stored is in the result.
 */
import type { Knowledge } from "../identity/links.ts";
import type { PeopleView } from "./address.ts";
import { type BatchInput, bytesOf, ENOUGH, openBatch } from "./batch.ts";
import type { InboxReader, InboxWebhook, WaitingEvent } from "./inbox.ts";
import { type ReadyEvent, type Result, type ResultInput, resultOf } from "./result.ts";
import { takeTurns } from "./turns.ts";

/** What a round starts from. */
export interface RoundInput extends Omit<BatchInput, "filled">, ResultInput {
  /** Events of the core's own: they leave first. */
  readonly own: readonly ReadyEvent[];
  /** Events whose time to wait is over. */
  readonly due: readonly WaitingEvent[];
  /** Webhooks of each source that has any, oldest first. */
  readonly inbox: ReadonlyMap<string, InboxReader>;
  /** How many events of a source's first webhook were translated in an earlier round. */
  readonly passed: (source: string) => number;
  /** Whether webhooks are taken strictly in the order of acceptance: no source gives way to another. */
  readonly isInOrder: boolean;
  /** Told before each webhook. `false`: it must not be translated. */
  readonly mayTranslate: (entry: InboxWebhook) => boolean;
}

/** What a round came to. */
export interface Round extends Result {
  /** Webhooks that are wholly translated. */
  readonly closed: readonly InboxWebhook[];
  /** The source in whose next webhook the round ended, and how many events of that are translated. */
  readonly partial: { readonly source: string; readonly events: number } | null;
  readonly knowledge: Knowledge;
}

/** Translates webhooks until there is enough for a batch, or no more. */
export async function translateRound(input: RoundInput, view: PeopleView): Promise<Round> {
  const filled = input.own.reduce((sum, { calls }) => sum + bytesOf(calls), 0);
  const batch = openBatch({ ...input, filled }, view);
  const closed: InboxWebhook[] = [];
  const end = (partial: Round["partial"]): Round => {
    const result = resultOf(batch.items(), input);
    return { ...result, ready: [...input.own, ...result.ready], closed, partial, knowledge: view.book.learned() };
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
      const isTaken = isRefused ? batch.giveUp(entry, name, "crashed", CRASHED) : await batch.take(entry, name, null);
      if (!isTaken) return end({ source: entry.source, events: passed + index });
    }
    closed.push(entry);
    turns.used(entry.source, batch.bytes() - before);
  }
  return end(null);
}

const CRASHED = "translating this webhook ended the account object three times";
