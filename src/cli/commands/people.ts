/**
 * `npx tributary people`: fills an account's identity book, prints it, explains what it knows of a person, and decides about people who exist
 * twice in Customer.io.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import type { OperationName, OperationOutput } from "../../account/operations.ts";
import { counted } from "../../contract/counted.ts";
import { defineCommand, type Values } from "../command.ts";
import { EXAMPLE_SOURCE } from "../examples.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { askOperator, OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS, type OperatorAnswer } from "../operator.ts";
import { decideConflict, listConflicts } from "../people/conflicts.ts";
import { explain } from "../people/explain.ts";
import { PROGRESS_TERMINAL, print, printJson, printJsonLines } from "../printer.ts";
import { createProgress } from "../progress.ts";
import { type FileRow, rowsOf } from "../rows.ts";

const OPTIONS = {
  from: { type: "string", value: "LINE", default: "1", description: "The line that an import begins with." },
  page: { type: "string", value: "P", description: "The page of the vendor that a pull begins with." },
  ...OPERATOR_OPTIONS,
} as const;

/** Rows of one request. */
const ROWS_AT_ONCE = 500;

/** Problems that are printed; the rest is counted. */
const MOST_PROBLEMS = 20;

type Answer<Name extends OperationName> = OperatorAnswer<OperationOutput<Name>>;

type PeopleValues = Values<typeof OPTIONS>;

const ACTIONS = ["import", "export", "pull", "explain", "conflicts"];

const DECISIONS = ["merge", "dismiss"] as const;

export const command = defineCommand({
  name: "people",
  group: "Operate it",
  summary: "Explain people, load who they are, settle conflicts",
  usage: {
    "import <file.csv|file.jsonl> [--from LINE]":
      "Loads which ids and addresses belong to the same person. Importing a file twice changes nothing. Nothing is sent to Customer.io.",
    export: "All links as JSON lines, as import takes them, with or without --json.",
    "pull <source> [--page P]": "The vendor's customers, by the API key that is configured for the source.",
    "explain <user id|email|source:kind:id>":
      "What the book knows of a person, from which events, and where an event that names them goes.",
    conflicts: "People who exist twice in Customer.io, and what can be done about each.",
    "conflicts merge <number>": "Makes one person of the two in Customer.io. That cannot be undone.",
    "conflicts dismiss <number>": "Leaves them as they are.",
  },
  notes: [
    "Columns: source (or vendor), kind, id, email, user_id; trust (verified, or claimed), at (ISO 8601), role (person, or reference). A row needs two of id, email and user_id. Empty cells are left out.",
  ],
  options: OPTIONS,
  environment: OPERATOR_ENVIRONMENT,
  examples: {
    "import customers.csv": "Into the local account demo.",
    "import customers.csv --from 5001": "The rest, after an import broke off.",
    [`pull ${EXAMPLE_SOURCE}`]: "From the vendor, page by page.",
    "explain ada@example.com": "Who Ada is, and why.",
    conflicts: "What waits for a decision.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [action = "", subject, ...rest] = positionals;
    const from = Number(values.from);
    if (!Number.isSafeInteger(from) || from < 1) return misuse("--from is the number of a line, from 1.");
    if (!ACTIONS.includes(action))
      return misuse(action === "" ? "Which action?" : `There is no action "${action}".${didYouMean(action, ACTIONS)}`);
    if (action === "conflicts") return conflicts(values, positionals.slice(1), misuse);
    if (rest.length > 0) return misuse(`${rest.join(" ")}: too much.`);
    if (action === "explain")
      return subject === undefined ? misuse("Who? A user id, an address, or source:kind:id.") : explain(values, subject);
    if (action === "export") return subject === undefined ? exportAll(values) : misuse("export takes no file: it prints.");
    if (subject === undefined) return misuse(action === "import" ? "Which file?" : "Which source?");
    return action === "import" ? importFile(values, subject, from) : pullAll(values, subject);
  },
});

async function conflicts(
  values: PeopleValues,
  [decision, number = "", ...rest]: readonly string[],
  misuse: (problem: string) => Exit,
): Promise<Exit> {
  if (decision === undefined) return listConflicts(values);
  const decided = DECISIONS.find((one) => one === decision);
  if (decided === undefined) return misuse(`There is no decision "${decision}".${didYouMean(decision, DECISIONS)}`);
  if (!/^[1-9]\d{0,8}$/.test(number) || rest.length > 0) return misuse(`Which conflict? ${decided} takes one number.`);
  return decideConflict(values, Number(number), decided);
}

async function importFile(values: PeopleValues, file: string, from: number): Promise<Exit> {
  const format = /\.(csv|jsonl)$/.exec(file)?.[1];
  if (format !== "csv" && format !== "jsonl") return fail("usage", "The file's name must end in .csv or .jsonl.");
  if (!existsSync(file)) return fail("usage", `There is no file ${file}.`);
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
        return fail(answer.exit, `${answer.problem}\nContinue with --from ${rows[0]?.line ?? from}`);
      }
      const { written: more, refused: theirs } = answer.value;
      written += more;
      for (const { index, problem } of theirs) complain(good[index]?.line ?? 0, problem);
    }
    progress.show(stream.bytesRead, counted(read, "row"));
  }
  progress.end();
  const more = refused > MOST_PROBLEMS ? ` (the first ${MOST_PROBLEMS} are shown)` : "";
  if (values.json) printJson({ read, refused, written });
  else print(`${counted(read, "row")} read, ${refused} refused${more}; ${counted(written, "row")} of the book changed.`);
  return refused === 0 ? "ok" : "failed";
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

async function exportAll(values: PeopleValues): Promise<Exit> {
  let exit: Exit = "ok";
  async function* rows(): AsyncGenerator<unknown> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const answer: Answer<"identities.export"> = await askOperator(values, "identities.export", { cursor });
      if (!answer.ok) {
        exit = fail(answer.exit, answer.problem);
        return;
      }
      yield* answer.value.rows;
      cursor = answer.value.next;
    }
  }
  await printJsonLines(rows());
  return exit;
}

async function pullAll(values: PeopleValues, source: string): Promise<Exit> {
  const progress = createProgress(PROGRESS_TERMINAL, null);
  let [people, written] = [0, 0];
  for (let page: string | null | undefined = values.page ?? null; page !== undefined; ) {
    const answer: Answer<"identities.pull"> = await askOperator(values, "identities.pull", { source, page });
    if (!answer.ok) {
      progress.end();
      return fail(answer.exit, page === null ? answer.problem : `${answer.problem}\nContinue with --page ${page}`);
    }
    const found: OperationOutput<"identities.pull"> = answer.value;
    people += found.people;
    written += found.written;
    progress.show(0, counted(people, "person", "people"));
    page = found.next ?? undefined;
  }
  progress.end();
  if (values.json) printJson({ people, written });
  else print(`${counted(people, "person", "people")} read; ${counted(written, "row")} of the book changed.`);
  return "ok";
}
