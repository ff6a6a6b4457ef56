/**
 * `npm run identities -- import|export|pull`: fills an account's identity book, or prints it. Nothing is sent to Customer.io.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import type { OperationName, OperationOutput } from "../../account/operations.ts";
import { askOperator, OPERATOR_OPTIONS, OPERATOR_USAGE, type OperatorAnswer } from "../operator.ts";
import { PROGRESS_TERMINAL, print, printJson, printJsonLines, printProblem } from "../printer.ts";
import { createProgress } from "../progress.ts";
import { type FileRow, rowsOf } from "../rows.ts";

const USAGE = `npm run identities -- import <file.csv|file.jsonl> [--from LINE]
                                          whose ids and addresses are whose; the same file again changes nothing
npm run identities -- export              all links as JSON lines, as import takes them
npm run identities -- pull <source> [--page P]
                                          the vendor's customers, by the API key that is configured for the source
Columns: source (or vendor), kind, id, email, user_id; trust (verified, or claimed), at (ISO 8601), role (person, or reference).
A row needs two of id, email and user_id. Empty cells are left out. What is exported is JSON in any case.
${OPERATOR_USAGE}`;

const OPTIONS = {
  ...OPERATOR_OPTIONS,
  from: { type: "string", default: "1" },
  page: { type: "string" },
} as const;

/** Rows of one request. */
const ROWS_AT_ONCE = 500;

/** Problems that are printed; the rest is counted. */
const MOST_PROBLEMS = 20;

type Answer<Name extends OperationName> = OperatorAnswer<OperationOutput<Name>>;

type Values = ReturnType<typeof parse>["values"];

const parse = (args: string[]) => parseArgs({ args, options: OPTIONS, allowPositionals: true });

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [action, subject, ...rest] = positionals;
  const from = Number(values.from);
  if (rest.length > 0 || !Number.isSafeInteger(from) || from < 1) return refuse(USAGE);
  if (action === "import" && subject !== undefined) return importFile(values, subject, from);
  if (action === "export" && subject === undefined) return exportAll(values);
  if (action === "pull" && subject !== undefined) return pullAll(values, subject);
  return refuse(USAGE);
}

async function importFile(values: Values, file: string, from: number): Promise<number> {
  const format = /\.(csv|jsonl)$/.exec(file)?.[1];
  if (format !== "csv" && format !== "jsonl") return refuse("The file's name must end in .csv or .jsonl.");
  if (!existsSync(file)) return refuse(`There is no file ${file}.`);
  const { size } = statSync(file);
  const stream = createReadStream(file);
  const progress = createProgress(PROGRESS_TERMINAL, size);
  let [read, written, refused] = [0, 0, 0];
  const complain = (line: number, problem: string): void => {
    refused += 1;
    if (refused <= MOST_PROBLEMS) progress.say(`line ${line}: ${problem}`);
  };

  for await (const rows of batchesOf(rowsOf(stream, format), from, ROWS_AT_ONCE)) {
    read += rows.length;
    for (const row of rows) if (!row.ok) complain(row.line, row.problem);
    const good = rows.filter((row) => row.ok);
    if (good.length > 0) {
      const answer = await askOperator(values, "identities.seed", { rows: good.map(({ row }) => row) });
      if (!answer.ok) {
        progress.end();
        return refuse(`${answer.problem}\nContinue with --from ${rows[0]?.line ?? from}`);
      }
      const { written: more, refused: theirs } = answer.value;
      written += more;
      for (const { index, problem } of theirs) complain(good[index]?.line ?? 0, problem);
    }
    progress.show(stream.bytesRead, `${read} rows`);
  }
  progress.end();
  const more = refused > MOST_PROBLEMS ? ` (the first ${MOST_PROBLEMS} are shown)` : "";
  if (values.json) printJson({ read, refused, written });
  else print(`${read} rows read, ${refused} refused${more}; ${written} rows of the book changed.`);
  return refused === 0 ? 0 : 1;
}

/** Rows from a line on, several at a time. */
export async function* batchesOf(rows: AsyncIterable<FileRow>, from: number, most: number): AsyncGenerator<readonly FileRow[]> {
  let batch: FileRow[] = [];
  for await (const row of rows) {
    if (row.line < from) continue;
    batch.push(row);
    if (batch.length < most) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function exportAll(values: Values): Promise<number> {
  let problem: string | null = null;
  async function* rows(): AsyncGenerator<unknown> {
    for (let after: string | null = ""; after !== null; ) {
      const answer: Answer<"identities.export"> = await askOperator(values, "identities.export", { after });
      if (!answer.ok) {
        problem = answer.problem;
        return;
      }
      yield* answer.value.rows;
      after = answer.value.next;
    }
  }
  await printJsonLines(rows());
  return problem === null ? 0 : refuse(problem);
}

async function pullAll(values: Values, source: string): Promise<number> {
  const progress = createProgress(PROGRESS_TERMINAL, null);
  let [people, written] = [0, 0];
  for (let page: string | null | undefined = values.page ?? null; page !== undefined; ) {
    const answer: Answer<"identities.pull"> = await askOperator(values, "identities.pull", { source, page });
    if (!answer.ok) {
      progress.end();
      return refuse(page === null ? answer.problem : `${answer.problem}\nContinue with --page ${page}`);
    }
    const found: OperationOutput<"identities.pull"> = answer.value;
    people += found.people;
    written += found.written;
    progress.show(0, `${people} people`);
    page = found.next ?? undefined;
  }
  progress.end();
  if (values.json) printJson({ people, written });
  else print(`${people} people read; ${written} rows of the book changed.`);
  return 0;
}

function refuse(problem: string): number {
  printProblem(problem);
  return 2;
}
