/**
 * `npx tributary replay`: sends events once more, whatever became of them.
 */
import type { OperationOutput } from "../../account/operations.ts";
import { counted } from "../../contract/counted.ts";
import { defineCommand, type Values } from "../command.ts";
import type { Event } from "../events/event-line.ts";
import { EVENT_FILTERS, isFiltered, queryOf, TIME_FILTERS } from "../events/filters.ts";
import { findByName } from "../events/name.ts";
import { readEvents } from "../events/read.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { askOperator, OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS, type OperatorAnswer } from "../operator.ts";
import { print, printJson, printProblem } from "../printer.ts";

/** Events of one request, and of one command. */
const AT_ONCE = 500;
const MOST = 10_000;

/** Refused events that are named; the rest is counted. */
const MOST_NAMED = 20;

const OPTIONS = {
  ...EVENT_FILTERS,
  ...TIME_FILTERS,
  "may-trigger": {
    type: "boolean",
    default: false,
    description: "Also those younger than 72 hours, though they may start automations in Customer.io once more.",
  },
  "dry-run": { type: "boolean", default: false, description: "Only say how many, and how many may start automations." },
  ...OPERATOR_OPTIONS,
} as const;

type ReplayValues = Values<typeof OPTIONS>;
type Names = readonly { readonly source: string; readonly id: string }[];
type Answer = OperationOutput<"events.replay">;

const REASONS: Readonly<Record<Answer["refused"][number]["reason"], string>> = {
  absent: "is not in the log",
  not_kept: "was not kept: its vendor can send it again",
  not_finished: "is on its way",
};

export const command = defineCommand({
  name: "replay",
  group: "Operate it",
  summary: "Send events once more, with today's adapters",
  usage: {
    "<id>… [--source S]": "Events by their ids.",
    filters: "All that match, as events lists them.",
  },
  notes: [
    "The events go back to the end of the inbox, whatever became of them: delivered, ignored, dead. Ids, times and messageIds stay, so Customer.io takes what it has already for the same event. It may still start automations for those that are younger than 72 hours: how many is said first, and nothing is done without --may-trigger.",
  ],
  options: OPTIONS,
  environment: OPERATOR_ENVIRONMENT,
  examples: {
    evt_1NG8Du2eZvKYlo2CUI79vXWy: "One event.",
    "--state ignored --source shop --from 3d --dry-run": "How many would go, once an option says that they count.",
    "--state dead --may-trigger": "All dead letters of the log.",
  },
  run: async ({ values, positionals, misuse }) => {
    const found = queryOf(values, Date.now());
    if (!found.ok) return misuse(found.problem);
    const { source = null, ...others } = values;
    const { query } = found;
    if (positionals.length === 0 && !isFiltered(query)) return misuse("Which events? Ids, or filters.");
    const filters = { ...query, source: undefined };
    if (
      positionals.length > 0 &&
      isFiltered(Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)))
    )
      return misuse("Ids or filters: beside ids there is --source alone.");
    const names: { source: string; id: string }[] = [];
    for (const id of positionals) {
      const event = await findByName(others, id, source);
      if (!event.ok) return fail(event.exit, event.problem);
      names.push({ source: event.source, id });
    }
    if (positionals.length === 0) {
      const events = await readEvents(values, query, MOST);
      if (!events.ok) return fail(events.exit, events.problem);
      if (events.next !== null) return fail("usage", `More than ${MOST} events match: --from and --until narrow that.`);
      // What was not kept cannot go back, and what is on its way goes anyway: they are left out unless they are asked for.
      const kept = events.events.filter((event) => query.state !== undefined || (event.kept && isFinished(event)));
      names.push(...kept.map((event) => ({ source: event.source, id: event.id })));
    }
    return replay(values, [...new Map(names.map((name) => [JSON.stringify([name.source, name.id]), name])).values()]);
  },
});

function isFinished({ state }: Event): boolean {
  return ["delivered", "ignored", "dead", "discarded"].includes(state);
}

async function replay(values: ReplayValues, names: Names): Promise<Exit> {
  const plan = await ask(values, names, { dry_run: true });
  if (!plan.ok) return fail(plan.exit, plan.problem);
  const { replayable, may_trigger: mayTrigger } = plan.value;
  if (values["dry-run"]) {
    tell(values, plan.value, names.length);
    return "ok";
  }
  if (mayTrigger > 0 && !values["may-trigger"])
    return fail("failed", `${warning(mayTrigger, replayable)} Nothing was done. To replay them all the same: --may-trigger`);
  const done = await ask(values, names, { may_trigger: values["may-trigger"] });
  if (!done.ok) return fail(done.exit, done.problem);
  tell(values, done.value, names.length);
  return done.value.refused.length === 0 && done.value.replayed > 0 ? "ok" : "failed";
}

/** Asks in as many requests as it takes. */
async function ask(
  values: ReplayValues,
  names: Names,
  how: { readonly dry_run?: true; readonly may_trigger?: boolean },
): Promise<OperatorAnswer<Answer>> {
  const sum = { replayed: 0, replayable: 0, may_trigger: 0 };
  const refused: Answer["refused"][number][] = [];
  for (let first = 0; first < names.length; first += AT_ONCE) {
    const events = names.slice(first, first + AT_ONCE).map((name) => ({ ...name }));
    const answer = await askOperator(values, "events.replay", { events, ...how });
    if (!answer.ok) return answer;
    sum.replayed += answer.value.replayed;
    sum.replayable += answer.value.replayable;
    sum.may_trigger += answer.value.may_trigger;
    refused.push(...answer.value.refused);
  }
  return { ok: true, value: { ...sum, refused } };
}

function warning(mayTrigger: number, all: number): string {
  return `${mayTrigger} of ${counted(all, "event")} happened within the last 72 hours: sent again, they may start automations in Customer.io once more.`;
}

function tell(values: ReplayValues, answer: Answer, all: number): void {
  const { replayed, replayable, may_trigger: mayTrigger, refused } = answer;
  if (values.json) {
    printJson(answer);
    return;
  }
  for (const { source, id, reason } of refused.slice(0, MOST_NAMED)) printProblem(`${source}  ${id} ${REASONS[reason]}`);
  if (refused.length > MOST_NAMED) printProblem(`… and ${refused.length - MOST_NAMED} more cannot go back.`);
  if (all === 0) print("No event matches.");
  else if (values["dry-run"])
    print(
      `${replayable} of ${counted(all, "event")} can be replayed.${mayTrigger > 0 ? ` ${warning(mayTrigger, replayable)}` : ""}`,
    );
  else print(`${replayed} of ${counted(all, "event")} put back at the end of the inbox.`);
}
