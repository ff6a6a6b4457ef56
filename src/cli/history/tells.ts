/**
 * What a history can be used for.
 */
import type { History } from "../../contract/history.ts";
import type { Job } from "./job.ts";

/** Whether a vendor's past can be told in this way. */
export function canTell({ people, past, events, changes }: History, kind: Job["kind"]): boolean {
  return kind === "backfill" ? people.length + past.length > 0 : (events ?? changes) !== undefined;
}
