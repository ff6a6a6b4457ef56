/**
 * `npx tributary backfill <source> --since TIME`: brings a vendor's past into an account.
 */
import { defineCommand } from "../command.ts";
import { timeIn } from "../events/filters.ts";
import { EXAMPLE_SOURCE } from "../examples.ts";
import { HISTORY_ENVIRONMENT, HISTORY_OPTIONS } from "../history/options.ts";
import { bringHistory } from "../history/run.ts";

export const command = defineCommand({
  name: "backfill",
  group: "Operate it",
  summary: "Bring past customers, orders and payments into an account",
  usage: {
    "<source> --since TIME":
      "Reads the vendor's API: people first, then what happened, by time. The same handlers make calls of it, with the vendor's times.",
  },
  notes: [
    "It ends where webhooks begin: what the vendor sent here already is not told again. What is younger than 72 hours may start automations, and is told only with --may-trigger. Interrupted, the same command goes on from where it was.",
    "Which vendors, which variables hold their keys, and what each vendor's API does not tell: docs/backfill-vendors.md.",
  ],
  options: {
    since: { type: "string", value: "TIME", description: "What is older is not told. ISO 8601, or 90d ago." },
    until: { type: "string", value: "TIME", description: "Where it ends, if not where webhooks begin." },
    "may-trigger": {
      type: "boolean",
      default: false,
      description: "Also what is younger than 72 hours, though it may start automations in Customer.io.",
    },
    ...HISTORY_OPTIONS,
  },
  environment: {
    "<VENDOR>_…": "The key of the vendor's API: see docs/backfill-vendors.md. It is stored nowhere.",
    ...HISTORY_ENVIRONMENT,
  },
  examples: {
    [`${EXAMPLE_SOURCE} --since 2026-01-01 --dry-run`]: "How much it is, and what would be made of it.",
    [`${EXAMPLE_SOURCE} --since 2026-01-01 --profile us`]: "Into an account of a deployed Worker.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [source, ...rest] = positionals;
    if (source === undefined || rest.length > 0) return misuse("Which source?");
    const [since, until] = [timeIn(values.since, Date.now()), timeIn(values.until, Date.now())];
    if (since === undefined) return misuse("--since: from when on?");
    if (since === null || until === null) return misuse("--since and --until are times: 2026-01-01, or 90d ago");
    return bringHistory({
      ...{ kind: "backfill", source, since: Date.parse(since), until: until === undefined ? null : Date.parse(until) },
      ...{ mayTrigger: values["may-trigger"], isDry: values["dry-run"], isAgain: values.again },
      ...{ isJson: values.json, target: values },
    });
  },
});
