/**
 * `npm run erase`: forgets a person, lets one come back, and moves the database into a new file so that nothing of them is left in the old one.
 */
import type { ErasureStatus } from "../../account/erasure/job.ts";
import { counted } from "../../contract/counted.ts";
import { defineCommand, type Values } from "../command.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { askOperator, OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS } from "../operator.ts";
import { print, printJson } from "../printer.ts";
import { alignColumns } from "../table.ts";

const OPTIONS = {
  "user-id": { type: "string", value: "U", description: "The person with this user id." },
  email: { type: "string", value: "E", description: "The person with this address." },
  id: { type: "string", value: "S:K:I", description: "The person with a vendor's id: source:kind:id." },
  customerio: {
    type: "string",
    value: "C",
    description: "What Customer.io is told: none, delete, or suppress (delete, and never take the person again).",
  },
  compact: {
    type: "boolean",
    default: false,
    description:
      "Afterwards move the database into a new file: what was deleted is gone from the disk then. Until that is done webhooks get 503.",
  },
  ...OPERATOR_OPTIONS,
} as const;

type EraseValues = Values<typeof OPTIONS>;

const ACTIONS = ["status", "compact", "lift"];
const CUSTOMERIO = ["none", "delete", "suppress"];

export const command = defineCommand({
  name: "erase",
  group: "Operate it",
  summary: "Forget a person, let one come back, or show the progress",
  usage: {
    "--user-id U | --email E | --id S:K:I  --customerio C":
      "Forgets a person: the identity book, what waits, dead letters, webhooks. Later events about them are ignored.",
    status: "How far the erasures are.",
    "lift --user-id U | --email E | --id S:K:I":
      "Lets a person come back who was erased, or deleted by a vendor: later events about them count again.",
    compact: "Moves the database into a new file, once no erasure is under way.",
  },
  options: OPTIONS,
  environment: OPERATOR_ENVIRONMENT,
  examples: {
    "--email ada@example.com --customerio delete": "Forgets Ada, here and in Customer.io.",
    status: "How far it is.",
  },
  run: async ({ values, positionals, misuse }) => {
    const { "user-id": userId, email, id, customerio, compact } = values;
    const names = Object.entries({ userId, email, id }).filter(([, name]) => name !== undefined);
    const [action, ...rest] = positionals;
    if (action !== undefined) {
      if (!ACTIONS.includes(action)) return misuse(`There is no action "${action}".${didYouMean(action, ACTIONS)}`);
      if (rest.length > 0) return misuse(`${rest.join(" ")}: too much.`);
      if (action === "lift") {
        if (names.length !== 1) return misuse("Who? Exactly one of --user-id, --email and --id.");
        return customerio === undefined ? lift(values, Object.fromEntries(names)) : misuse("lift tells Customer.io nothing.");
      }
      if (names.length > 0) return misuse(`${action} takes no person.`);
      return action === "status" ? status(values) : compactNow(values);
    }
    if (names.length !== 1) return misuse("Who? Exactly one of --user-id, --email and --id.");
    if (customerio === undefined) return misuse("What is Customer.io told? --customerio none, delete or suppress.");
    if (!CUSTOMERIO.includes(customerio))
      return misuse(`--customerio is none, delete or suppress.${didYouMean(customerio, CUSTOMERIO)}`);
    const answer = await askOperator(values, "erase.start", { ...Object.fromEntries(names), customerio, compact });
    if (!answer.ok) return fail(answer.exit, answer.problem);
    const begun = answer.value;
    const shards = begun.shards.map(({ account }) => account).join(", ");
    const where = shards === "" ? "" : `, and in ${shards}`;
    if (values.json) printJson(begun);
    else
      print(`Erasure ${begun.number} has begun${where}. It goes on by itself; to see how far it is: npx tributary erase status`);
    return "ok";
  },
});

async function lift(values: EraseValues, person: Readonly<Record<string, string | undefined>>): Promise<Exit> {
  const answer = await askOperator(values, "erase.lift", person);
  if (!answer.ok) return fail(answer.exit, answer.problem);
  const { identifiers, deletions } = answer.value;
  if (values.json) printJson(answer.value);
  else if (identifiers + deletions === 0) print("This person is neither erased nor deleted.");
  else
    print(
      `No longer erased: ${counted(identifiers, "identifier")}. No longer deleted: ${counted(deletions, "profile")}. Later events about the person count again. If Customer.io suppressed them, end that there too.`,
    );
  return "ok";
}

async function compactNow(values: EraseValues): Promise<Exit> {
  const answer = await askOperator(values, "compact", {});
  if (!answer.ok) return fail(answer.exit, answer.problem);
  if (values.json) printJson({});
  else print("The database moves as soon as no erasure is under way; to see how that ended: npx tributary erase status");
  return "ok";
}

async function status(values: EraseValues): Promise<Exit> {
  const answer = await askOperator(values, "erase.status", {});
  if (!answer.ok) return fail(answer.exit, answer.problem);
  const found = answer.value;
  if (values.json) {
    printJson(found);
    return "ok";
  }
  const { erasures, compaction, shards } = found;
  printErasures(erasures);
  for (const { account, erasures: theirs } of shards) {
    print(`In ${account}, which has an object of its own:`);
    if (theirs === null) print("It does not answer. Ask again in a minute.");
    else printErasures(theirs);
  }
  const { wantedSince, last } = compaction;
  if (wantedSince !== null) print(`A compaction waits since ${new Date(wantedSince).toISOString()} for the erasures to end.`);
  if (last !== null) {
    const { finishedAt, before, after, failed } = last;
    const end = failed ? "could not be made: the database stayed where it was" : `${before} bytes became ${after}`;
    print(`The last compaction ended at ${new Date(finishedAt).toISOString()}: ${end}.`);
  }
  return "ok";
}

function printErasures(erasures: readonly ErasureStatus[]): void {
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
}
