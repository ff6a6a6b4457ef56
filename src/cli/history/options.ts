/**
 * What `backfill`, `recover` and `import` share on the command line.
 */
import { OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS } from "../operator.ts";

/** The options of all three. */
export const HISTORY_OPTIONS = {
  "dry-run": {
    type: "boolean",
    default: false,
    description: "Read everything and keep nothing: say what would be made, and what may start automations.",
  },
  again: { type: "boolean", default: false, description: "Begin anew, although it was done or begun before." },
  ...OPERATOR_OPTIONS,
} as const;

/** The environment variables of all three. */
export const HISTORY_ENVIRONMENT = {
  TRIBUTARY_PROGRESS: "The folder of the files that say how far each is. Default: .tributary.",
  ...OPERATOR_ENVIRONMENT,
} as const;

/** Younger events may start automations, milliseconds. @see docs/backfill.md */
export const MAY_TRIGGER = 72 * 3_600_000;
