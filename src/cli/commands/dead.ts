/**
 * `npm run dead -- list|show|replay|discard`: the dead letters of an account.
 */
import type { OperationOutput } from "../../account/operations.ts";
import { defineCommand, type Values } from "../command.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { askOperator, OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS, type OperatorAnswer, type OperatorInput } from "../operator.ts";
import { print, printJson } from "../printer.ts";
import { alignColumns } from "../table.ts";

const OPTIONS = {
  source: { type: "string", value: "S", description: "Filter: letters of this source." },
  type: { type: "string", value: "T", description: "Filter: letters of this type of event." },
  reason: { type: "string", value: "R", description: "Filter: letters with this reason." },
  text: { type: "string", value: "T", description: "Filter: letters whose id or detail has this text." },
  since: { type: "string", value: "DATE", description: "Filter: letters that died then or later (ISO 8601)." },
  before: { type: "string", value: "DATE", description: "Filter: letters that died earlier." },
  all: { type: "boolean", default: false, description: "Replay or discard without a number or a filter." },
  ...OPERATOR_OPTIONS,
} as const;

type Letter = OperationOutput<"dead.list">["letters"][number];
type DeadValues = Values<typeof OPTIONS>;

const ACTIONS = ["list", "show", "replay", "discard"];

export const command = defineCommand({
  name: "dead",
  group: "Operate it",
  summary: "List, show, replay or discard dead letters",
  usage: {
    "list [filters]": "What could not be delivered, and why.",
    "show <number>": "One of them, with its webhook as it came.",
    "replay <number>… | filters | --all":
      "Puts them back, translated with today's adapters. Ids and times stay; their place in the order does not.",
    "discard <number>… | filters | --all": "Gives them up.",
  },
  options: OPTIONS,
  environment: OPERATOR_ENVIRONMENT,
  examples: {
    list: "All dead letters of the local account demo.",
    "show 7 --json": "One of them, for machines.",
    "replay --reason schema": "Once the adapter is fixed.",
    "list --to https://tributary.example.com --account acme": "Of a deployed Worker.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [action = "", ...numbers] = positionals;
    if (!ACTIONS.includes(action))
      return misuse(action === "" ? "Which action?" : `There is no action "${action}".${didYouMean(action, ACTIONS)}`);
    const query = queryOf(values, numbers);
    if (!query.ok) return misuse(query.problem);
    if (action === "list") return numbers.length === 0 ? list(values, query.value) : misuse("list takes filters, no numbers.");
    if (action === "show") return numbers.length === 1 ? show(values, numbers[0] ?? "") : misuse("show takes one number.");
    // Without a number or a filter everything would be meant: that has to be said.
    const isMeant = values.all || Object.keys(query.value).length > 0;
    if (!isMeant) return misuse(`Which ones? ${action} takes numbers, filters, or --all.`);
    // What dies again meanwhile must not be taken again.
    const until = query.value.numbers === undefined && query.value.before === undefined ? { before: Date.now() } : {};
    const all = values.all ? { all: true as const } : {};
    return move(values, action === "replay" ? "replay" : "discard", { ...query.value, ...until, ...all });
  },
});

/** Which dead letters a person means. */
type Query = OperatorInput<"dead.replay">;

type FoundQuery = { readonly ok: true; readonly value: Query } | { readonly ok: false; readonly problem: string };

/** The query that the API takes; a problem where a number or a date is none. */
function queryOf(values: DeadValues, numbers: readonly string[]): FoundQuery {
  const { source, type, reason, text } = values;
  const dates = Object.entries({ since: values.since, before: values.before }).filter(([, date]) => date !== undefined);
  const times = dates.map(([name, date]): [string, number] => [name, Date.parse(date ?? "")]);
  const wrong = times.find(([, time]) => Number.isNaN(time));
  if (wrong !== undefined) return { ok: false, problem: `--${wrong[0]} is not a date: 2026-11-29, or 2026-11-29T12:00:00Z` };
  const wanted = numbers.map(Number);
  if (!wanted.every(Number.isSafeInteger))
    return { ok: false, problem: `${numbers.join(" ")}: not the numbers of dead letters.` };
  const filters = Object.entries({ source, type, reason, text }).filter(([, filter]) => filter !== undefined);
  const value = { ...Object.fromEntries([...filters, ...times]), ...(wanted.length === 0 ? {} : { numbers: wanted }) };
  return { ok: true, value };
}

async function list(values: DeadValues, query: Query): Promise<Exit> {
  const search = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const found: Letter[] = [];
  for (let cursor: string | null = "0"; cursor !== null; ) {
    const answer: OperatorAnswer<OperationOutput<"dead.list">> = await askOperator(values, "dead.list", { ...search, cursor });
    if (!answer.ok) return fail(answer.exit, answer.problem);
    found.push(...answer.value.letters);
    cursor = answer.value.next;
  }
  if (values.json) printJson({ letters: found });
  else if (found.length === 0) print("There are no dead letters.");
  else for (const line of alignColumns([COLUMNS, ...found.map(rowOf)])) print(line);
  return "ok";
}

const COLUMNS = ["number", "source", "type", "event", "occurred", "reason", "detail"];

function rowOf({ number, source, type, id, occurredAt, reason, detail }: Letter): readonly string[] {
  return [String(number), source, type, id, occurredAt, reason, detail.slice(0, 80)];
}

async function show(values: DeadValues, number: string): Promise<Exit> {
  const answer = await askOperator(values, "dead.show", { number });
  if (!answer.ok) return fail(answer.exit, answer.problem);
  const { letter: found, receivedAt, headers, query, body } = answer.value;
  const text = Buffer.from(body, "base64").toString("utf8");
  const shownLetter = { ...found, receivedAt: new Date(receivedAt).toISOString(), headers, query };
  if (values.json) printJson({ ...shownLetter, body: text, bodyBase64: body });
  else {
    printJson(shownLetter);
    print(`\n${text}`);
  }
  return "ok";
}

async function move(values: DeadValues, action: "replay" | "discard", query: Query): Promise<Exit> {
  let total = 0;
  for (;;) {
    const answer = await askOperator(values, `dead.${action}`, query);
    if (!answer.ok) return fail(answer.exit, answer.problem);
    const count = answer.value.moved;
    total += count;
    if (count > 0) continue;
    if (values.json) printJson({ moved: total });
    else print(action === "replay" ? `${total} put back at the end of the inbox.` : `${total} given up.`);
    return "ok";
  }
}
