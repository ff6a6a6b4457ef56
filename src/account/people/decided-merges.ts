/**
 * Merges that an operator decided, as the core's own events. They leave as merge calls: before everything else.
 */
import type { Account } from "../../config/model.ts";
import type { Book } from "../../identity/book.ts";
import { serialise } from "../../pipelines/pack.ts";
import { shapeCall } from "../../pipelines/shape.ts";
import { finish } from "../../pipelines/stamp.ts";
import type { Conflict, Fold } from "../../translate/merges.ts";
import { resolveConflict } from "../../translate/resolve-conflict.ts";
import { MERGES, type ReadyEvent } from "../../translate/result.ts";
import type { StoredConflict } from "./conflicts.ts";

/** Maximum of merges in one batch: each has at most two calls of 32 KB. */
export const MERGED_AT_ONCE = 5;

/** Decided merges: their events, the profiles that were folded by them, and the conflicts that arise from them. */
export interface DecidedMerges {
  readonly events: readonly ReadyEvent[];
  readonly folds: readonly Fold[];
  readonly conflicts: readonly Conflict[];
}

/**
 * The events of these conflicts, in order. The book is changed as if they were accepted.
 * @param now milliseconds since 1970
 * @returns nothing for a conflict in which nothing is left to merge
 * @throws Error if a call cannot be made: a defect
 */
export async function decidedMerges(
  conflicts: readonly StoredConflict[],
  book: Book,
  account: Account,
  now: number,
): Promise<DecidedMerges> {
  const folds: Fold[] = [];
  const found: Conflict[] = [];
  const events: ReadyEvent[] = [];
  for (const conflict of conflicts) {
    const event = { id: `conflict/${conflict.number}`, type: "merge", occurredAt: new Date(now).toISOString() };
    const resolved = resolveConflict(book, conflict, account, now);
    folds.push(...resolved.folds);
    found.push(...resolved.conflicts);
    const finished = await finish(resolved.calls, {
      account: account.id,
      source: MERGES,
      provider: "tributary",
      event,
      integrations: {},
    });
    if (!finished.ok) throw new Error(`a merge cannot be told: ${finished.issue}`);
    // Attributes that cannot be made to fit stay as they are there: that must not stop the merge.
    const calls = finished.calls.flatMap((call) => shapeCall(call)?.call ?? []);
    if (calls.length > 0) events.push({ source: MERGES, seq: 0, ...event, since: now, calls: calls.map(serialise) });
  }
  return { events, folds, conflicts: found };
}
