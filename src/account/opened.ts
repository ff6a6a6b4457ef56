import { createAccept, SIZE_CAP } from "./accept.ts";
import { openBookTables } from "./book.ts";
import { openDeadLetters } from "./dead.ts";
import { openErasures } from "./erase.ts";
import { openErased } from "./erased.ts";
import { createFlush, type Destination, type FlushTools } from "./flush.ts";
import { openLog } from "./log.ts";
import { openNoteTable } from "./note-table.ts";
import { RETENTION } from "./retention.ts";
import type { AcceptAnswer, AcceptRequest } from "./rpc.ts";
import { migrate } from "./schema.ts";
import { openSeen, type Seen } from "./seen.ts";
import { loadRecord } from "./state.ts";
import { openWaiting, settledCursors } from "./waiting.ts";

/** What the parts of an account are given: the database, and the world around it. */
export interface Surroundings extends Pick<FlushTools, "store" | "now" | "deliveryNow" | "random" | "fetch" | "report"> {
  /** `SIZE_CAP`, but in tests. */
  readonly cap?: number;
  /** Called after each commit of webhooks. */
  readonly onStored: () => void;
}

/** An account whose database is open. */
export interface OpenAccount extends FlushTools {
  readonly seen: Seen;
  /** Keeps a webhook. Rejects when the store does. */
  accept(request: AcceptRequest): Promise<AcceptAnswer>;
  /** Never twice at a time. @returns when to run again, by delivery's clock; `null` when nothing is to be sent */
  flush(destination: Destination): Promise<number | null>;
  isPending(): boolean;
}

/** Brings the database to this release's schema, and opens what stands in it. */
export function openAccount(given: Surroundings): OpenAccount {
  const { store, now, deliveryNow, random, fetch, report, onStored } = given;
  migrate(store);
  const record = loadRecord(store);
  const log = openLog(store, record.cursors);
  const seen = openSeen(store, RETENTION);
  const waiting = openWaiting(store);
  const tools: FlushTools & { readonly seen: Seen } = {
    store,
    now,
    deliveryNow,
    random,
    fetch,
    report,
    log,
    seen,
    dead: openDeadLetters(store),
    book: openBookTables(store),
    notes: openNoteTable(store),
    waiting,
    erased: openErased(store),
    erasures: openErasures(store),
    record,
    isBookStale: false,
  };
  const accept = createAccept({
    store,
    log,
    seen,
    now,
    get cap() {
      return given.cap ?? SIZE_CAP;
    },
    makeRoom: () => log.retireOldest(settledCursors(tools.record.cursors, waiting)),
    onStored,
  });
  return Object.assign(tools, {
    accept,
    flush: createFlush(tools),
    isPending: () => log.sourcesBehind(tools.record.cursors).length > 0,
  });
}
