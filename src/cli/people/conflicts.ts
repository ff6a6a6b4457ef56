/**
 * `npx tributary people conflicts`: people who exist twice in Customer.io, and what an operator decides about them.
 */
import type { OperationOutput } from "../../account/operations.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { askOperator, type OperatorAnswer } from "../operator.ts";
import { print, printJson } from "../printer.ts";
import type { TargetValues } from "../profiles.ts";

/** The values of options that are used. */
export interface ConflictValues extends TargetValues {
  readonly json: boolean;
}

type Page = OperationOutput<"conflicts.list">;
type Conflict = OperationOutput<"conflicts.decide">;

/** States in the order of a list: what waits for a decision first. */
const LISTED = ["open", "merging"] as const;

/** Prints the conflicts that are open, and those whose merge has not been sent. */
export async function listConflicts(values: ConflictValues): Promise<Exit> {
  const found: Conflict[] = [];
  for (const state of LISTED) {
    for (let cursor: string | null = "0"; cursor !== null; ) {
      const answer: OperatorAnswer<Page> = await askOperator(values, "conflicts.list", { state, cursor });
      if (!answer.ok) return fail(answer.exit, answer.problem);
      found.push(...answer.value.conflicts);
      cursor = answer.value.next;
    }
  }
  if (values.json) {
    printJson(found);
    return "ok";
  }
  if (found.length === 0) print("There are no conflicts.");
  for (const conflict of found) print(describe(conflict));
  return "ok";
}

/** Decides about one of them. */
export async function decideConflict(values: ConflictValues, number: number, decision: "merge" | "dismiss"): Promise<Exit> {
  const answer = await askOperator(values, "conflicts.decide", { number, decision });
  if (!answer.ok) return fail(answer.exit, answer.problem);
  const { keep, fold } = answer.value;
  if (values.json) printJson(answer.value);
  else if (decision === "merge") print(`${fold} becomes part of ${keep} with the next batch. That cannot be undone.`);
  else print(`Conflict ${number} is dismissed. It is not found again.`);
  return "ok";
}

function describe({ number, state, foundAt, mergeable, text }: Conflict): string {
  const choices = mergeable ? [`conflicts merge ${number}`, `conflicts dismiss ${number}`] : [`conflicts dismiss ${number}`];
  const next =
    state === "open" ? choices.map((choice) => `npx tributary people ${choice}`).join("\n    ") : "The merge is on its way.";
  return `${number}  ${new Date(foundAt).toISOString()}\n    ${text}\n    ${next}`;
}
