/**
 * Opens the database of an account, migrates it, and wires the modules that work on it.
 */
import { type Alerts, openAlerts } from "./alerts/alerts.ts";
import { heldIn } from "./alerts/held.ts";
import { type DeadLetters, openDeadLetters } from "./dead-letters/dead-letters.ts";
import { type Drift, openDrift } from "./drift/drift.ts";
import { type Erased, openErased } from "./erasure/erased.ts";
import { type Erasures, openErasures } from "./erasure/erasures.ts";
import { createLock } from "./gate.ts";
import { type Accepting, createAccept, SIZE_CAP } from "./inbox/accept.ts";
import { type DedupeStore, openDedupeStore } from "./inbox/dedupe-store.ts";
import { type Cursors, type Inbox, openInbox } from "./inbox/inbox.ts";
import { newestOf } from "./inbox/newest.ts";
import { type Nonces, openNonces } from "./inbox/nonces.ts";
import { type Activity, createActivity } from "./outbox/activity.ts";
import { createDrain } from "./outbox/drain.ts";
import { unsentOf } from "./outbox/lanes.ts";
import { type Outbox, openOutbox, replayMovements } from "./outbox/outbox.ts";
import { createSealer } from "./outbox/seal.ts";
import type { SealedEvent } from "./outbox/sealed-event.ts";
import { type BookTables, openBookTables } from "./people/book-tables.ts";
import { type Conflicts, openConflicts } from "./people/conflicts.ts";
import { createLookup } from "./people/look-up.ts";
import { type NoteTable, openNoteTable } from "./people/note-table.ts";
import type { Fetch } from "./people/vendor-api.ts";
import { openWaiting, type Waiting } from "./people/waiting.ts";
import type { Report } from "./report.ts";
import { type Destination, run } from "./run.ts";
import { type Balance, balance } from "./state/ledger.ts";
import { migrateOnce } from "./state/migrations.ts";
import { oldestOpen, RETENTION } from "./state/retention.ts";
import { openState, type State } from "./state/state.ts";
import type { Store } from "./state/store.ts";
import { readTables, type Tables } from "./state/tables.ts";
import { readKnown } from "./waking.ts";

/** What the modules use: the database, clocks, randomness, network, and the operator's log. */
export interface Surroundings {
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Delivery's own clock, milliseconds: faster than the world's under a `TIME_SCALE`. */
  readonly deliveryNow: () => number;
  readonly random: () => number;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Asks vendors. */
  readonly fetch: Fetch;
  /** Tells the operator. */
  readonly report: (line: Report) => void;
  /** `SIZE_CAP`, except in tests. */
  readonly cap?: number;
  /** Called after each commit of webhooks. */
  readonly onStored: () => void;
  /** Called once all modules are open. */
  readonly onOpened?: (account: AccountModules) => void;
}

/** An account whose object is awake: it keeps webhooks, and opens the rest when something else is asked. */
export interface AwakeAccount extends Accepting {
  /** The account's id; `null` before it is known. */
  id(): string | null;
  /** Opens all modules, once. */
  modules(): AccountModules;
}

/** The modules of an account, over its open database. */
export interface AccountModules extends Accepting {
  readonly store: Store;
  readonly state: State;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly dedupe: DedupeStore;
  readonly nonces: Nonces;
  readonly dead: DeadLetters;
  readonly book: BookTables;
  readonly notes: NoteTable;
  readonly conflicts: Conflicts;
  readonly waiting: Waiting;
  readonly erased: Erased;
  readonly erasures: Erasures;
  /** What delivery did since the object was started. */
  readonly activity: Activity;
  readonly alerts: Alerts;
  /** What changed at vendors. */
  readonly drift: Drift;
  readonly now: () => number;
  readonly fetch: Fetch;
  /** Runs work that reads and then writes the book; one at a time. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Seals and sends. Must not run concurrently. @returns when to run again, by delivery's clock; `null` if nothing is left to send */
  run(destination: Destination): Promise<number | null>;
  /** Whether anything is left to translate or send. */
  isPending(): boolean;
  /** How far each source's inbox is finished: waiting and unsent events still need their webhooks. */
  settled(): Cursors;
  /** The ledger, pending events included, by source. */
  balances(): ReadonlyMap<string, Balance>;
  /** When the oldest pending event was received or replayed, milliseconds since 1970; `null` if none is pending. */
  oldestPending(): number | null;
}

/** Migrates the database to this release's schema, and opens all modules. */
export function openModules(given: Surroundings): AccountModules {
  return wakeAccount(readTables(given.store), given).modules();
}

/** Migrates the database to this release's schema, and opens what accepting needs. @param tables those of the database */
export function wakeAccount(tables: Tables, given: Surroundings): AwakeAccount {
  const { store, now, onStored } = given;
  migrateOnce(store, tables);
  const known = readKnown(store, tables);
  const { finished } = known;
  const inbox = openInbox({ store, known: tables, finished, onRemoval: (seq) => dedupe.release(seq, now()) });
  const dedupe = openDedupeStore({ store, retention: RETENTION, known: tables, rows: inbox.keys });
  const nonces = openNonces(store, RETENTION);
  let modules: AccountModules | null = null;
  const openOnce = (): AccountModules => {
    if (modules === null) {
      modules = openAll(given, tables, { inbox, dedupe, nonces, accepting });
      given.onOpened?.(modules);
    }
    return modules;
  };
  const accepting = createAccept({
    ...{ store, inbox, dedupe, nonces, now, onStored },
    get cap() {
      return given.cap ?? SIZE_CAP;
    },
    makeRoom: () => {
      const { state, outbox, settled } = openOnce();
      return store.transaction(() => [outbox.retireOldest(oldestOpen(state)), inbox.retireOldest(settled())].includes(true));
    },
  });
  return { ...accepting, id: () => (modules === null ? known.account : modules.state.current().account), modules: openOnce };
}

/** What is open already. */
interface Opened {
  readonly inbox: Inbox;
  readonly dedupe: DedupeStore;
  readonly nonces: Nonces;
  readonly accepting: Accepting;
}

function openAll(given: Surroundings, tables: Tables, { inbox, dedupe, nonces, accepting }: Opened): AccountModules {
  const { store, now, deliveryNow, random, pause, fetch, report } = given;
  const state = openState(store, replayMovements(store));
  const parts = {
    store,
    state,
    inbox,
    outbox: openOutbox(store, tables),
    dedupe,
    nonces,
    dead: openDeadLetters(store),
    book: openBookTables(store),
    notes: openNoteTable(store),
    conflicts: openConflicts(store),
    waiting: openWaiting(store),
    erased: openErased(store),
    erasures: openErasures(store),
    now,
    pause,
    fetch,
    report,
    activity: createActivity(),
    drift: openDrift(store, now),
    alone: createLock(),
  };
  const { waiting, conflicts } = parts;
  const drain = createDrain({ ...parts, deliveryNow, random });
  const sealer = createSealer({ ...parts, lookUp: createLookup(parts) });

  /** Without the core's own events. */
  const unsent = (): readonly SealedEvent[] =>
    drain
      .open()
      .flatMap(unsentOf)
      .filter(({ source }) => !source.startsWith("+"));
  const settled = (): Cursors => {
    const events = unsent();
    const oldest = (source: string): number =>
      Math.min(waiting.oldestOf(source), ...events.filter((event) => event.source === source).map(({ seq }) => seq));
    return new Map(
      [...state.current().cursors].map(([source, { seq }]) => [source, { seq: Math.min(seq, oldest(source) - 1), events: 0 }]),
    );
  };

  /** The database moves into a new file between two runs. */
  const isAwaited = (): boolean => state.current().compaction.wantedSince !== null && !parts.erasures.isOpen();

  const oldestPending = (): number | null => {
    const times = [inbox.oldestBehind(state.current().cursors), ...unsent().map(({ since }) => since)].filter(
      (time) => time !== null,
    );
    return times.length === 0 ? null : Math.min(...times);
  };
  const alerts = openAlerts({
    ...parts,
    random,
    newestOf: (source) => newestOf(store, source),
    observe: (account) => ({
      ...heldIn(state.current().delivery, now() / deliveryNow()),
      dead: parts.dead.count(),
      conflicts: conflicts.countOpen(),
      oldestPending: oldestPending(),
      drift: parts.drift.notices(account),
      limitedAt: parts.activity.limitedAt(),
    }),
  });

  return {
    ...parts,
    alerts,
    ...accepting,
    run: (destination) => run({ sealer, drain, pause, isAwaited, now, deliveryNow }, destination),
    isPending: () =>
      state.current().outbox.open.length > 0 || inbox.sourcesBehind(state.current().cursors).length > 0 || conflicts.isMerging(),
    settled,
    balances: () => {
      const counts = new Map<string, number>();
      for (const { source } of unsent()) counts.set(source, (counts.get(source) ?? 0) + 1);
      const { ledger, cursors } = state.current();
      return balance(ledger, inbox.pending(cursors), waiting.counts(), counts, cursors);
    },
    oldestPending,
  };
}
