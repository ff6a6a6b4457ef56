import type { DeathReason } from "./dead-letters/dead-letters.ts";
import type { Hold } from "./outbox/delivery.ts";
import type { LookupReport } from "./people/look-up.ts";

/** Something that an operator should see. It holds no payload. */
export type Report =
  | { readonly outcome: "alarm"; readonly reason: Hold["reason"]; readonly source?: string }
  /** A call that merges an anonymous id into a person was refused; nothing else is lost with it. */
  | { readonly outcome: "link_refused" }
  | LookupReport
  /** The database could not be moved on; it is tried again. */
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
