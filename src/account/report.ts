/**
 * The lines that an account object writes to the operator's log.
 */
import { loggable, toConsole } from "../log-line.ts";
import type { ConflictReason } from "../translate/merges.ts";
import type { DeathReason } from "./dead-letters/dead-letters.ts";
import type { Hold } from "./outbox/delivery.ts";
import type { LookupReport } from "./people/look-up.ts";

/** A line for the operator's log. It contains no payload. */
export type Report =
  | { readonly outcome: "alarm"; readonly reason: Hold["reason"]; readonly source?: string }
  /** Something was left to do and no alarm was set. It is set again. */
  | { readonly outcome: "alarm_lost" }
  /** Customer.io refused a merge call; nothing else is lost. */
  | { readonly outcome: "merge_call_refused" }
  /** A person exists twice in Customer.io, or may: an operator must decide. */
  | { readonly outcome: "conflict"; readonly reason: ConflictReason }
  /** An event that its adapter, or the rules about people, ignore: in local runs alone. */
  | { readonly outcome: "ignored"; readonly source: string; readonly type: string; readonly id: string; readonly reason: string }
  | LookupReport
  /** The operator's webhook did not take a message; it is tried again. `reason`: its status, or why there was none. */
  | { readonly outcome: "alert_not_sent"; readonly reason: string }
  /** A compaction could not continue; it is tried again. */
  | { readonly outcome: "compaction_interrupted" }
  /** Customer.io did not accept the deletion or suppression of an erased person. */
  | { readonly outcome: "erasure_refused" }
  | {
      readonly outcome: "dead";
      readonly source: string;
      readonly type: string;
      readonly id: string;
      readonly reason: DeathReason;
    }
  /** A failure of our own code: only the name of the error. */
  | { readonly outcome: "defect"; readonly name: string };

/** The line about a failure of our own code. */
export function defectOf(error: unknown): Report {
  return { outcome: "defect", name: error instanceof Error ? error.name : "unknown" };
}

/** Writes a line. Not awaited: it writes nothing to the store. @param account its id @param isDetailed whether ignored events are told too */
export function writeReport(account: string | null, line: Report, isDetailed: boolean): void {
  const isDetail = line.outcome === "ignored";
  if (isDetail && !isDetailed) return;
  const named = "id" in line ? Promise.all([loggable(line.type), loggable(line.id)]) : Promise.resolve([]);
  void named.then(([type, id]) =>
    toConsole(isDetail ? "info" : "error", JSON.stringify({ account, ...line, ...(type && id ? { type, id } : {}) })),
  );
}
