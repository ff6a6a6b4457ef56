/**
 * `npx tributary recover <source> --since TIME`: fetches what a vendor sent, or had to send, while nothing was received.
 */
import { defineCommand } from "../command.ts";
import { timeIn } from "../events/filters.ts";
import { EXAMPLE_SOURCE } from "../examples.ts";
import { HISTORY_ENVIRONMENT, HISTORY_OPTIONS } from "../history/options.ts";
import { bringHistory } from "../history/run.ts";

export const command = defineCommand({
  name: "recover",
  group: "Operate it",
  summary: "Fetch what a vendor sent while nothing was received",
  usage: {
    "<source> --since TIME":
      "Reads the events that the vendor keeps, or what changed since then. What was received has the same ids, and counts once.",
  },
  notes: [
    "npx tributary doctor --to URL says when it is due. What is younger than 72 hours may start automations, as it would have. Which vendors, and which variables hold their keys: docs/backfill-vendors.md.",
  ],
  options: {
    since: { type: "string", value: "TIME", description: "When the outage began. ISO 8601, or 6h, 3d ago." },
    until: { type: "string", value: "TIME", description: "When it ended; now unless said otherwise." },
    ...HISTORY_OPTIONS,
  },
  environment: {
    "<VENDOR>_…": "The key of the vendor's API: see docs/backfill-vendors.md. It is stored nowhere.",
    ...HISTORY_ENVIRONMENT,
  },
  examples: {
    [`${EXAMPLE_SOURCE} --since 6h`]: "After an outage of this morning.",
    [`${EXAMPLE_SOURCE} --since 3d --dry-run`]: "Whether anything is missing.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [source, ...rest] = positionals;
    if (source === undefined || rest.length > 0) return misuse("Which source?");
    const [since, until] = [timeIn(values.since, Date.now()), timeIn(values.until, Date.now())];
    if (since === undefined) return misuse("--since: when did the outage begin?");
    if (since === null || until === null) return misuse("--since and --until are times: 2026-11-29T08:00:00Z, or 6h ago");
    return bringHistory({
      ...{ kind: "recover", source, since: Date.parse(since), until: until === undefined ? null : Date.parse(until) },
      ...{ mayTrigger: true, isDry: values["dry-run"], isAgain: values.again, isJson: values.json, target: values },
    });
  },
});
