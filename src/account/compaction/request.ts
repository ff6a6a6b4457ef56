/**
 * Asking for a compaction: it begins once no erasure is under way.
 */
import type { State } from "../state/state.ts";

/** Notes that the database should move into a new file. @param now milliseconds since 1970 */
export function requestCompaction(state: State, now: number): void {
  state.update((record) => ({ ...record, compaction: { ...record.compaction, wantedSince: now } }));
}
