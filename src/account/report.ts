/**
 * The lines that an account object writes to the operator's log.
 */
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
    };
