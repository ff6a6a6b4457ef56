/**
 * `npm run dead -- list|show|replay|discard`: the dead letters of an account.
 */
import { parseArgs } from "node:util";
import type { OperationOutput } from "../../account/operations.ts";
import { askOperator, OPERATOR_OPTIONS, OPERATOR_USAGE, type OperatorInput } from "../operator.ts";
import { print, printJson, printProblem } from "../printer.ts";
import { alignColumns } from "../table.ts";

const USAGE = `npm run dead -- list [filters]            what could not be delivered, and why
npm run dead -- show <number>             one of them, with its webhook as it came
npm run dead -- replay <number>… | --all  puts them back, mapped with today's adapters; ids and times stay, their order does not come back
npm run dead -- discard <number>… | --all gives them up
Filters, for all of them:
  --source S  --type T  --reason R  --text T  --since DATE  --before DATE
${OPERATOR_USAGE}`;

const OPTIONS = {
  ...OPERATOR_OPTIONS,
  all: { type: "boolean", default: false },
  source: { type: "string" },
  type: { type: "string" },
  reason: { type: "string" },
  text: { type: "string" },
  since: { type: "string" },
  before: { type: "string" },
} as const;

type Letter = OperationOutput<"dead.list">["letters"][number];
type Values = ReturnType<typeof parse>["values"];

const parse = (args: string[]) => parseArgs({ args, options: OPTIONS, allowPositionals: true });

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [action, ...numbers] = positionals;
  const query = queryOf(values, numbers);
  if (query === null) return refuse(USAGE);
  if (action === "list" && numbers.length === 0) return list(values, query);
  if (action === "show" && numbers.length === 1) return show(values, numbers[0] ?? "");
  // Without a number or a filter everything would be meant: that has to be said.
  const isMeant = values.all || Object.keys(query).length > 0;
  // What dies again meanwhile must not be taken again.
  const until = query.numbers === undefined && query.before === undefined ? { before: Date.now() } : {};
  const all = values.all ? { all: true as const } : {};
  if ((action === "replay" || action === "discard") && isMeant) return move(values, action, { ...query, ...until, ...all });
  return refuse(USAGE);
}

/** Which dead letters a person means. */
type Query = OperatorInput<"dead.replay">;

/** The query that the API takes; `null` where a number or a date is none. */
function queryOf(values: Values, numbers: readonly string[]): Query | null {
  const { source, type, reason, text } = values;
  const dates = Object.entries({ since: values.since, before: values.before }).filter(([, date]) => date !== undefined);
  const times = dates.map(([name, date]): [string, number] => [name, Date.parse(date ?? "")]);
  const wanted = numbers.map(Number);
  if (times.some(([, time]) => Number.isNaN(time)) || !wanted.every(Number.isSafeInteger)) return null;
  const filters = Object.entries({ source, type, reason, text }).filter(([, filter]) => filter !== undefined);
  return { ...Object.fromEntries([...filters, ...times]), ...(wanted.length === 0 ? {} : { numbers: wanted }) };
}

async function list(values: Values, query: Query): Promise<number> {
  const search = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const found: Letter[] = [];
  let after = 0;
  for (;;) {
    const answer = await askOperator(values, "dead.list", { ...search, after: String(after) });
    if (!answer.ok) return refuse(answer.problem);
    const { letters, total } = answer.value;
    found.push(...letters);
    after = letters.at(-1)?.number ?? after;
    if (letters.length > 0 && found.length < total) continue;
    if (values.json) printJson({ letters: found });
    else if (found.length === 0) print("There are no dead letters.");
    else for (const line of alignColumns([COLUMNS, ...found.map(rowOf)])) print(line);
    return 0;
  }
}

const COLUMNS = ["number", "source", "type", "event", "occurred", "reason", "detail"];

function rowOf({ number, source, type, id, occurredAt, reason, detail }: Letter): readonly string[] {
  return [String(number), source, type, id, occurredAt, reason, detail.slice(0, 80)];
}

async function show(values: Values, number: string): Promise<number> {
  const answer = await askOperator(values, "dead.show", { number });
  if (!answer.ok) return refuse(answer.problem);
  const { letter: found, receivedAt, headers, query, body } = answer.value;
  const text = Buffer.from(body, "base64").toString("utf8");
  const shownLetter = { ...found, receivedAt: new Date(receivedAt).toISOString(), headers, query };
  if (values.json) printJson({ ...shownLetter, body: text, bodyBase64: body });
  else {
    printJson(shownLetter);
    print(`\n${text}`);
  }
  return 0;
}

async function move(values: Values, action: "replay" | "discard", query: Query): Promise<number> {
  let total = 0;
  for (;;) {
    const answer = await askOperator(values, `dead.${action}`, query);
    if (!answer.ok) return refuse(answer.problem);
    const count = answer.value.moved;
    total += count;
    if (count > 0) continue;
    if (values.json) printJson({ moved: total });
    else print(action === "replay" ? `${total} put back at the end of the log.` : `${total} given up.`);
    return 0;
  }
}

function refuse(problem: string): number {
  printProblem(problem);
  return 2;
}
