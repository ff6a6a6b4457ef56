/**
 * The ledger of vendor events: received = delivered + pending + ignored + duplicate + dead + discarded, for each source.
 */
import * as z from "zod";
import type { Cursors, PendingCounts } from "../inbox/inbox.ts";

const count = z.int().nonnegative();

/** Counts of one source over all finished events. */
export const countsSchema = z.object({
  received: count.default(0),
  delivered: count.default(0),
  ignored: count.default(0),
  duplicate: count.default(0),
  dead: count.default(0),
  /** By an operator, by retention, or by an erasure. */
  discarded: count.default(0),
  /** Delivered later than 72 hours after they happened: Customer.io then starts no automation. */
  late: count.default(0),
  /** Sealed while their people were unknown: they may have been delivered, and may be tied to a person later. */
  anonymous: count.default(0),
  /** Why events were ignored. */
  reasons: z.record(z.string(), count).default({}),
  /** Since when its vendor sends webhooks here, milliseconds since 1970; absent where an earlier release counted the first ones. */
  since: z.number().exactOptional(),
});

/** Counts of one source. */
export type Counts = z.output<typeof countsSchema>;

/** Counts by source. A Map, since a source may be called "constructor". */
export type Ledger = ReadonlyMap<string, Counts>;

/** What is added to a source's counts. */
export type Movement = Partial<Omit<Counts, "reasons">> & { readonly reasons?: Readonly<Record<string, number>> };

/** A source's counts with pending events, as the API answers them. */
export const balanceSchema = () => countsSchema.omit({ since: true }).extend({ pending: z.number() });

/** A source's counts, with pending events. */
export type Balance = Omit<Counts, "since"> & { readonly pending: number };

/** The `since` of a source of which so far only imported webhooks were counted. */
export const NO_WEBHOOKS_YET = Number.MAX_SAFE_INTEGER;

/** Maximum of distinct reasons per source; further reasons are counted as "other". */
const MOST_REASONS = 64;

const EMPTY: Counts = countsSchema.parse({});

/** The counts of a source that received nothing. */
export const NO_BALANCE: Balance = { ...EMPTY, pending: 0 };

/** The ledger with a movement added. */
export function withMovement(ledger: Ledger, source: string, movement: Movement): Ledger {
  const known = ledger.get(source) ?? EMPTY;
  return new Map(ledger).set(source, {
    received: sum(known.received, movement.received),
    delivered: sum(known.delivered, movement.delivered),
    ignored: sum(known.ignored, movement.ignored),
    duplicate: sum(known.duplicate, movement.duplicate),
    dead: sum(known.dead, movement.dead),
    discarded: sum(known.discarded, movement.discarded),
    late: sum(known.late, movement.late),
    anonymous: sum(known.anonymous, movement.anonymous),
    reasons: movement.reasons === undefined ? known.reasons : addReasons(known.reasons, movement.reasons),
    ...earliest(known, movement),
  });
}

/** An earlier release counted the first webhooks without their time: then it stays unknown. */
function earliest({ received, since }: Counts, movement: Movement): Pick<Counts, "since"> {
  if (movement.since === undefined || (since === undefined && received > 0)) return since === undefined ? {} : { since };
  return { since: Math.min(since ?? movement.since, movement.since) };
}

/** Never below zero: a count that is taken off twice must not make the state unreadable. */
function sum(known: number, added = 0): number {
  return Math.max(0, known + added);
}

function addReasons(known: Counts["reasons"], added: Counts["reasons"]): Counts["reasons"] {
  const reasons = new Map(Object.entries(known));
  for (const [reason, times] of Object.entries(added)) {
    const name = reasons.has(reason) || reasons.size < MOST_REASONS ? reason : "other";
    reasons.set(name, sum(reasons.get(name) ?? 0, times));
  }
  return Object.fromEntries(reasons);
}

/**
 * The ledger, pending events included.
 * @param pending counts after the cursors
 * @param waiting how many events wait for an unknown person
 * @param unsent how many events are sealed and not sent
 */
export function balance(
  ledger: Ledger,
  pending: ReadonlyMap<string, PendingCounts>,
  waiting: ReadonlyMap<string, number>,
  unsent: ReadonlyMap<string, number>,
  cursors: Cursors,
): ReadonlyMap<string, Balance> {
  const balances = new Map(
    [...ledger].map(([source, { since: _, ...counts }]): [string, Balance] => [source, { ...counts, pending: 0 }]),
  );
  for (const [source, behind] of pending) {
    const known = balances.get(source) ?? { ...EMPTY, pending: 0 };
    // Some events of the webhook at the cursor are finished. They may be more than were counted, if it was unreadable at first.
    const left = Math.max(0, behind.events - (cursors.get(source)?.events ?? 0));
    balances.set(source, {
      ...known,
      received: known.received + left + behind.ignored + behind.duplicates,
      ignored: known.ignored + behind.ignored,
      duplicate: known.duplicate + behind.duplicates,
      pending: left,
    });
  }
  for (const [source, count] of [...waiting, ...unsent]) {
    const known = balances.get(source) ?? { ...EMPTY, pending: 0 };
    balances.set(source, { ...known, received: known.received + count, pending: known.pending + count });
  }
  return balances;
}
