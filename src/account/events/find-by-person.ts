/**
 * Finds the events that were sent about a person, or wait for them, in the order in which they were sent, newest first.
 */
import type { Account } from "../../config/model.ts";
import type { AccountModules } from "../modules.ts";
import { tablesIn } from "../outbox/outbox.ts";
import { namesOf } from "../people/explain.ts";
import type { Found } from "./find.ts";
import { type LogTable, logTables, rowsAt } from "./log.ts";
import { eventsOf, type LoggedEvent } from "./outcomes.ts";
import type { EventQuery } from "./schemas.ts";
import { batchesNaming, type SealedIn } from "./sealed.ts";

/** Batches in one step, and in one answer. */
const STEP = 20;
const MOST_BATCHES = 200;

const ANY = { where: "1 = 1", values: [] };

/** Finds a person's events. @param person a user id, an address, or `<source>:<kind>:<id>` */
export function findByPerson(account: AccountModules, configured: Account, person: string, query: EventQuery): Found {
  const { store, waiting } = account;
  const { identifiers, keys } = namesOf(account, configured, person);
  const names = new Set(identifiers);
  const logs = logTables(store);
  const [batch = Number.MAX_SAFE_INTEGER, place = 0] = (query.cursor?.slice(1) ?? "").split(".").filter(Boolean).map(Number);
  const events: LoggedEvent[] = [];
  if (query.cursor === undefined) {
    const waits = waiting.of(keys);
    events.push(...lookUp(account, logs, waits).filter((event) => isWanted(event, query)));
  }

  let seen = 0;
  for (const table of tablesIn(store).toReversed()) {
    for (let below = batch + 1; ; ) {
      const batches = batchesNaming(store, table, below, identifiers, STEP);
      for (const { batch: number, sealedAt, events: sealed } of batches) {
        const theirs = sealed.filter(({ event }) => event.about.some(({ name }) => names.has(name))).toReversed();
        const left = theirs.filter((one) => one.batch !== batch || one.index < place);
        for (const [index, event] of lookUpSealed(account, logs, left).entries()) {
          if (event === null || !isWanted(event, query)) continue;
          events.push(event);
          if (events.length < query.limit) continue;
          return { events, next: `p${number}.${left[index]?.index}`, searchedTo: sealedAt };
        }
        seen += 1;
        below = number;
        if (seen >= MOST_BATCHES) return { events, next: `p${below}.0`, searchedTo: sealedAt };
      }
      if (batches.length < STEP) break;
    }
  }
  return { events, next: null, searchedTo: null };
}

/** Whether the other filters let an event through. */
function isWanted(event: LoggedEvent, { id, source, type, state, from, to }: EventQuery): boolean {
  const since = event.replayedAt ?? event.receivedAt;
  return (
    (id === undefined || event.id === id) &&
    (source === undefined || event.source === source) &&
    (type === undefined || event.type === type) &&
    (state === undefined || event.state === state) &&
    (from === undefined || since >= from) &&
    (to === undefined || since < to)
  );
}

/** The events of the log with these names. */
function lookUp(
  account: AccountModules,
  logs: readonly LogTable[],
  names: readonly { readonly seq: number; readonly id: string }[],
): readonly LoggedEvent[] {
  const wanted = new Set(names.map(({ seq, id }) => `${seq}/${id}`));
  const rows = rowsAt(account.store, logs, [...new Set(names.map(({ seq }) => seq))], ANY);
  return eventsOf(account, rows).filter(({ seq, id }) => wanted.has(`${seq}/${id}`));
}

/** The events of the log that were sealed so; `null` where the webhook is gone. */
function lookUpSealed(
  account: AccountModules,
  logs: readonly LogTable[],
  sealed: readonly SealedIn[],
): readonly (LoggedEvent | null)[] {
  const rows = rowsAt(account.store, logs, [...new Set(sealed.map(({ event }) => event.seq))], ANY);
  // Where they were sealed is known already.
  const record = { sealed: Map.groupBy(sealed, ({ event }) => event.seq), ended: new Map() };
  const found = new Map(eventsOf(account, rows, { find: () => record }).map((event) => [`${event.seq}/${event.id}`, event]));
  return sealed.map(({ event: { seq, id } }) => found.get(`${seq}/${id}`) ?? null);
}
