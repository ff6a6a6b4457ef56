/**
 * The part of the log in which a search can find something, as sequence numbers.
 */
import { unsentOf } from "../outbox/lanes.ts";
import { firstSince, type LogTable } from "./log.ts";
import type { LogParts } from "./outcomes.ts";
import type { EventQuery } from "./schemas.ts";

const DAY = 86_400_000;

/** From the lowest sequence number that can match, to below the highest one. */
export interface Range {
  readonly bottom: number;
  readonly top: number;
}

/** The range of a query. */
export function rangeOf(account: LogParts, tables: readonly LogTable[], { from, to, state }: EventQuery): Range {
  const bottom = Math.min(...tables.map((table) => (from === undefined ? table.first : placeOf(account, table, from))));
  const top = Math.max(0, ...tables.map((table) => (to === undefined ? table.last + 1 : placeOf(account, table, to))));
  const pending = state === "pending" ? Math.max(bottom, oldestPending(account)) : bottom;
  return { bottom: Math.min(pending, top), top };
}

/** Where in a table a time is. A table's name tells its day: most need no search. */
function placeOf({ store }: LogParts, table: LogTable, time: number): number {
  if ((table.day + 1) * DAY <= time) return table.last + 1;
  return table.day * DAY > time ? table.first : firstSince(store, table, time);
}

/** The first webhook with an event that is not sent yet, apart from those that wait. */
function oldestPending({ state, inbox, outbox }: LogParts): number {
  const { cursors, outbox: sealed } = state.current();
  const behind = inbox.sourcesBehind(cursors).map((source) => (cursors.get(source)?.seq ?? 0) + 1);
  const unsent = sealed.open.flatMap(({ id, passed }) => {
    const batch = outbox.read(id);
    return batch === null ? [] : unsentOf({ batch, passed }).flatMap(({ seq }) => (seq > 0 ? [seq] : []));
  });
  return Math.min(...behind, ...unsent);
}
