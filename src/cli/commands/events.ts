/**
 * `npx tributary events`: the vendor events of an account's log, newest first.
 */
import { defineCommand } from "../command.ts";
import { eventLine, STATE_WORDS } from "../events/event-line.ts";
import { EVENT_FILTERS, queryOf, TIME_FILTERS } from "../events/filters.ts";
import { readEvents } from "../events/read.ts";
import { EXAMPLE_EVENT, EXAMPLE_SOURCE } from "../examples.ts";
import { fail } from "../exit-codes.ts";
import { createLayout } from "../lines/line.ts";
import { OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS } from "../operator.ts";
import { print, printJson, printParts, terminalColumns } from "../printer.ts";

/** Events of one answer at most. */
const MOST = 10_000;

export const command = defineCommand({
  name: "events",
  group: "Operate it",
  summary: "List events, newest first: what became of each, and why",
  usage: { "[filters]": "Time, state, source, type, and what happened: the person and the calls, or the reason." },
  notes: [
    "The log has every event of the retention, seven days unless it is set otherwise: also those that were ignored or known.",
  ],
  options: {
    id: { type: "string", value: "ID", description: "Filter: events with this id, by the vendor's own name." },
    ...EVENT_FILTERS,
    ...TIME_FILTERS,
    limit: { type: "string", value: "N", default: "20", description: `How many, at most ${MOST}.` },
    cursor: { type: "string", value: "C", description: "Where a list before this one ended." },
    ...OPERATOR_OPTIONS,
  },
  tables: { States: STATE_WORDS },
  environment: OPERATOR_ENVIRONMENT,
  examples: {
    "": "The last events of the local account demo.",
    "--state ignored --from 6h": "What was left out in the last six hours.",
    "--person ada@example.com --limit 100": "All about Ada.",
    [`--source ${EXAMPLE_SOURCE} --type ${EXAMPLE_EVENT} --json`]: "For machines.",
  },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse(`One event is shown by: npx tributary event ${positionals[0]}`);
    const limit = Number(values.limit);
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST) return misuse(`--limit is a number from 1 to ${MOST}.`);
    const query = queryOf(values, Date.now());
    if (!query.ok) return misuse(query.problem);
    const id = values.id === undefined ? {} : { id: values.id };
    const found = await readEvents(values, { ...query.query, ...id }, limit, values.cursor ?? null);
    if (!found.ok) return fail(found.exit, found.problem);
    const { events, next } = found;
    if (values.json) {
      printJson({ events, next });
      return "ok";
    }
    if (events.length === 0) print("No event matches.");
    const layout = createLayout(terminalColumns, true);
    for (const event of events) for (const row of layout(eventLine(event, null))) printParts(row);
    if (next !== null) print(`\nThere may be more: --cursor ${next}`);
    return "ok";
  },
});
