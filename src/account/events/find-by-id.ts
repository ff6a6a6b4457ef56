/**
 * Finds events by their id: what was kept is found at once, by the dedupe store; of what was not kept only a search finds the lines.
 */
import type { Account } from "../../config/model.ts";
import type { AccountModules } from "../modules.ts";
import { type Found, findEvents } from "./find.ts";
import { logTables } from "./log.ts";
import type { LoggedEvent } from "./outcomes.ts";
import type { EventQuery } from "./schemas.ts";
import { historyOf } from "./show.ts";

/** Cursors of the search for lines begin so. */
const LINES = "i";

/** Finds events by id: first those that were kept, then, from the next page on, lines about others. */
export async function findById(
  account: AccountModules,
  configured: Account | null,
  id: string,
  query: EventQuery,
): Promise<Found> {
  const { cursor, ...rest } = query;
  if (cursor !== undefined) {
    const isRest = cursor.startsWith(LINES);
    const found = await findEvents(account, configured, { ...rest, cursor: isRest ? cursor.slice(1) : cursor });
    const { events, next, searchedTo } = found;
    return {
      events: isRest ? events.filter(({ kept }) => !kept) : events,
      next: next === null || !isRest ? next : LINES + next,
      searchedTo,
    };
  }
  const sources = query.source === undefined ? new Set(logTables(account.store).map(({ source }) => source)) : [query.source];
  const found: LoggedEvent[] = [];
  for (const source of sources) found.push(...historyOf(account, source, id, false));
  const kept = found.filter((event) => event.kept && isWanted(event, query));
  if (kept.length === 0) return findEvents(account, configured, query);
  return {
    events: kept.toSorted((one, other) => other.seq - one.seq),
    next: query.text === undefined ? LINES + String(account.inbox.lastSeq() + 1) : null,
    searchedTo: null,
  };
}

function isWanted(event: LoggedEvent, { type, state, from, to, text }: EventQuery): boolean {
  const since = event.replayedAt ?? event.receivedAt;
  return (
    text === undefined &&
    (type === undefined || event.type === type) &&
    (state === undefined || event.state === state) &&
    (from === undefined || since >= from) &&
    (to === undefined || since < to)
  );
}
