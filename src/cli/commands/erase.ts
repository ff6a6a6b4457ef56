/**
 * `npm run erase`: forgets a person, and moves the database into a new file so that nothing of them is left in the old one.
 */
import { parseArgs } from "node:util";
import { askOperator, OPERATOR_OPTIONS, OPERATOR_USAGE } from "../operator.ts";
import { print, printJson, printProblem } from "../printer.ts";
import { alignColumns } from "../table.ts";

const USAGE = `npm run erase -- --user-id U | --email E | --id source:kind:id --customerio none|delete|suppress
                        forgets a person: the book, what waits, dead letters, webhooks; later events about them are ignored
npm run erase -- status   how far the erasures are
npm run erase -- compact  moves the database into a new file, once no erasure is under way
  --customerio C  what Customer.io is told: nothing, to delete the person, or to suppress them too
  --compact       moves the database afterwards: what was deleted is gone from the disk then. Until it is done webhooks get 503
${OPERATOR_USAGE}`;

const OPTIONS = {
  ...OPERATOR_OPTIONS,
  "user-id": { type: "string" },
  email: { type: "string" },
  id: { type: "string" },
  customerio: { type: "string" },
  compact: { type: "boolean" },
} as const;

type Values = ReturnType<typeof parse>["values"];

const parse = (args: string[]) => parseArgs({ args, options: OPTIONS, allowPositionals: true });

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const { "user-id": userId, email, id, customerio, compact = false } = values;
  const names = Object.entries({ userId, email, id }).filter(([, name]) => name !== undefined);
  if (positionals.join() === "status" && names.length === 0) return status(values);
  if (positionals.join() === "compact" && names.length === 0) return compactNow(values);
  if (positionals.length > 0 || names.length !== 1 || customerio === undefined) return refuse(USAGE);
  const answer = await askOperator(values, "erase.start", { ...Object.fromEntries(names), customerio, compact });
  if (!answer.ok) return refuse(answer.problem);
  const begun = answer.value;
  if (values.json) printJson(begun);
  else print(`Erasure ${begun.number} has begun. It goes on by itself; to see how far it is: npm run erase -- status`);
  return 0;
}

async function compactNow(values: Values): Promise<number> {
  const answer = await askOperator(values, "compact", {});
  if (!answer.ok) return refuse(answer.problem);
  if (values.json) printJson({});
  else print("The database moves as soon as no erasure is under way; to see how that ended: npm run erase -- status");
  return 0;
}

async function status(values: Values): Promise<number> {
  const answer = await askOperator(values, "erase.status", {});
  if (!answer.ok) return refuse(answer.problem);
  const found = answer.value;
  if (values.json) {
    printJson(found);
    return 0;
  }
  const { erasures, compaction } = found;
  const rows = erasures.map((one): string[] => {
    const { number, startedAt, finishedAt, source, phase, customerio, owed, refused } = one;
    const customerIo = owed > 0 ? `${customerio}, not told yet` : refused > 0 ? `${customerio}, refused` : customerio;
    const counts = [one.links, one.waiting, one.dead, one.webhooks].map(String);
    const state = finishedAt === null ? phase : "finished";
    return [String(number), new Date(startedAt).toISOString(), source ?? "all", state, customerIo, ...counts];
  });
  if (rows.length === 0) print("There are no erasures.");
  const head = ["number", "begun", "sources", "state", "Customer.io", "links", "waiting", "dead", "webhooks"];
  if (rows.length > 0) for (const line of alignColumns([head, ...rows])) print(line);
  const { wantedSince, last } = compaction;
  if (wantedSince !== null) print(`A compaction waits since ${new Date(wantedSince).toISOString()} for the erasures to end.`);
  if (last !== null) {
    const { finishedAt, before, after, failed } = last;
    const end = failed ? "could not be made: the database stayed where it was" : `${before} bytes became ${after}`;
    print(`The last compaction ended at ${new Date(finishedAt).toISOString()}: ${end}.`);
  }
  return 0;
}

function refuse(problem: string): number {
  printProblem(problem);
  return 2;
}
