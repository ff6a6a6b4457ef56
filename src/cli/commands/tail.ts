/**
 * `npx tributary tail`: events as they come, and what becomes of each.
 */
import { defineCommand, type Values } from "../command.ts";
import { consolePage, openPage } from "../events/browser.ts";
import { detailsOf } from "../events/details.ts";
import { type Event, eventLine, STATE_WORDS } from "../events/event-line.ts";
import { EVENT_FILTERS, queryOf } from "../events/filters.ts";
import { follow } from "../events/follow.ts";
import { readKeys } from "../events/keys.ts";
import { callsOf } from "../events/read.ts";
import { type Action, asking, NOTHING, press, type Selection, shown, statusOf } from "../events/selection.ts";
import { EXAMPLE_SOURCE } from "../examples.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { createLayout } from "../lines/line.ts";
import { askOperator, OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS } from "../operator.ts";
import { createStatusLine, print, printJson, printParts, printProblem, terminalColumns } from "../printer.ts";
import { targetOf } from "../profiles.ts";

const OPTIONS = {
  ...EVENT_FILTERS,
  last: { type: "string", value: "N", default: "10", description: "Events that were there before, at most 100." },
  ...OPERATOR_OPTIONS,
  json: { type: "boolean", default: false, description: "Print each event as one line of JSON." },
} as const;

type TailValues = Values<typeof OPTIONS>;

export const command = defineCommand({
  name: "tail",
  group: "Operate it",
  summary: "Follow events as they come, and what becomes of each",
  usage: { "[filters]": "Time, state, source, type and id; then the person and the calls, or the reason. Until Ctrl-C." },
  notes: ["What is refused is no event: a local Worker prints that itself (npm run dev), a deployed one counts and logs it."],
  options: OPTIONS,
  tables: {
    States: STATE_WORDS,
    "On a terminal": {
      "j k": "Choose an event: the next, the one before.",
      r: "Replay it; it asks where that may start automations once more.",
      d: "Show it whole, as npx tributary event does.",
      o: "Open it in the console.",
      q: "Quit.",
    },
  },
  environment: OPERATOR_ENVIRONMENT,
  examples: {
    "": "Of the local account demo.",
    "--profile us --state dead": "What cannot be delivered, of a deployed Worker.",
    [`--source ${EXAMPLE_SOURCE} --json | jq .id`]: "For machines.",
  },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes filters alone.");
    const last = Number(values.last);
    if (!Number.isSafeInteger(last) || last < 0 || last > 100) return misuse("--last is a number from 0 to 100.");
    const found = queryOf(values, Date.now());
    if (!found.ok) return misuse(found.problem);
    const { state, ...query } = found.query;
    const ending = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => ending.abort());
    return tail(values, query, state ?? null, last, ending);
  },
});

type Query = Parameters<typeof follow>[1];

async function tail(
  values: TailValues,
  query: Query,
  state: string | null,
  last: number,
  ending: AbortController,
): Promise<Exit> {
  const layout = createLayout(terminalColumns);
  const status = values.json ? null : createStatusLine();
  let selection: Selection = NOTHING;
  const showStatus = (): void => status?.show(statusOf(selection, terminalColumns()));
  /** Prints above the status line. */
  const above = (tell: () => void): void => {
    status?.hide();
    tell();
    showStatus();
  };
  const act = async (action: Action): Promise<void> => {
    if (action.kind === "quit") return ending.abort();
    if (action.kind === "details") {
      const lines = await linesOf(values, action.event);
      above(() => lines.forEach(print));
    } else if (action.kind === "open") {
      const target = targetOf(values);
      if (!target.ok) return;
      const page = consolePage(target.target, action.event);
      openPage(page);
      above(() => print(page));
    } else if (action.kind === "replay") {
      const told = await replay(values, action.event, action.mayTrigger);
      if (told === null) selection = asking(selection);
      above(() => told !== null && print(told));
    }
  };

  const keys = status === null ? null : readKeys();
  keys?.listen((key) => {
    const pressed = press(selection, key);
    selection = pressed.selection;
    showStatus();
    void act(pressed.action);
  });
  showStatus();
  try {
    for await (const followed of follow(values, query, { last, signal: ending.signal })) {
      if (followed.kind === "failed") {
        status?.hide();
        return fail(followed.exit, followed.problem);
      }
      if (followed.kind === "lost") above(() => printProblem(`${followed.problem} Trying again …`));
      if (followed.kind === "found") above(() => printProblem("It answers again."));
      if (followed.kind !== "event") continue;
      const { event } = followed;
      if (state !== null && event.state !== state) continue;
      if (values.json) {
        printJson(event, "line");
        continue;
      }
      const calls = event.state === "delivered" && event.calls > 0 ? await callsOf(values, event) : null;
      selection = shown(selection, event);
      above(() => layout(eventLine(event, calls)).forEach(printParts));
    }
    return "ok";
  } finally {
    keys?.end();
    status?.hide();
  }
}

async function linesOf(values: TailValues, { source, id, webhook }: Event): Promise<readonly string[]> {
  const whole = await askOperator(values, "events.show", { source, id, webhook: String(webhook) });
  return whole.ok ? ["", ...detailsOf(whole.value, terminalColumns()), ""] : [whole.problem];
}

/** @returns what happened; `null` where it may start automations: that is to be asked first */
async function replay(values: TailValues, { source, id }: Event, mayTrigger: boolean): Promise<string | null> {
  const events = [{ source, id }];
  if (!mayTrigger) {
    const plan = await askOperator(values, "events.replay", { events, dry_run: true });
    if (!plan.ok) return plan.problem;
    if (plan.value.may_trigger > 0) return null;
  }
  const done = await askOperator(values, "events.replay", { events, may_trigger: mayTrigger });
  if (!done.ok) return done.problem;
  const [refused] = done.value.refused;
  return refused === undefined
    ? `${id} goes back to the end of the inbox.`
    : `${id} cannot be replayed: ${refused.reason.replaceAll("_", " ")}.`;
}
