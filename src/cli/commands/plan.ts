/**
 * `npm run plan`: the tracking plan of one company, and recorded calls held against the plan.
 */
import { existsSync, readFileSync } from "node:fs";
import { counted } from "../../contract/counted.ts";
import { defineCommand } from "../command.ts";
import type { CompanyProperty } from "../company-plan.ts";
import { EXAMPLE_VENDORS } from "../examples.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { print, printJson, printProblem } from "../printer.ts";
import { alignColumns } from "../table.ts";

/** Problems that are printed, at most. */
const MOST_PROBLEMS = 50;

export const command = defineCommand({
  name: "plan",
  group: "Try it",
  summary: "Show the tracking plan of a company, or check calls by it",
  usage: {
    "[--vendors a,b]": "The events that these vendors tell, with their properties.",
    "check <file>": "Holds recorded calls against the plan, whatever vendors they are of.",
  },
  notes: [
    "The file has a call on each line (JSON Lines), or a list of calls, also as the sandbox's /_sandbox/calls gives them. `-` is the standard input. Rename nothing before: rename_events is applied before a call leaves.",
  ],
  options: {
    vendors: { type: "string", value: "A,B", description: "Ids of adapters; by default all." },
    json: { type: "boolean", default: false, description: "Print JSON, for machines." },
  },
  examples: {
    [`--vendors ${EXAMPLE_VENDORS}`]: "What a company with these two gets.",
    "check events.jsonl": "Fails where an event is not as the plan says.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [action, file, ...rest] = positionals;
    if (action === undefined) return show(values.vendors?.split(",").map((id) => id.trim()) ?? null, values.json);
    if (action !== "check") return misuse(`There is no action "${action}".${didYouMean(action, ["check"])}`);
    if (file === undefined || rest.length > 0) return misuse("check takes one file.");
    if (values.vendors !== undefined) return misuse("check takes no vendors: a call names its own.");
    if (file !== "-" && !existsSync(file)) return fail("usage", `There is no file ${file}`);
    return check(readFileSync(file === "-" ? 0 : file, "utf8"), values.json);
  },
});

/** Loads every adapter: only where it is needed. */
async function allVendors() {
  const [{ loadAdapters }, { loadVendors }] = await Promise.all([import("../adapters.ts"), import("../vendors.ts")]);
  return loadVendors(await loadAdapters());
}

async function show(ids: readonly string[] | null, isJson: boolean): Promise<Exit> {
  const { planOf } = await import("../company-plan.ts");
  const all = await allVendors();
  const known = all.map(({ adapter }) => adapter.id);
  for (const id of ids ?? [])
    if (!known.includes(id))
      return fail("usage", `There is no adapter "${id}".${didYouMean(id, known)} There are: ${known.join(", ")}`);
  const events = planOf(all.filter(({ adapter }) => ids === null || ids.includes(adapter.id)));
  if (isJson) {
    printJson(events);
    return "ok";
  }
  let family = "";
  for (const one of events) {
    if (one.family !== family) print(`${family === "" ? "" : "\n"}${one.family.toUpperCase()}`);
    family = one.family;
    const from = Object.entries(one.from).map(([id, types]) => `${id} (${types.join(", ")})`);
    print(`\n${one.event}: ${one.when}\n  from ${from.join("; ")}`);
    for (const row of alignColumns(one.properties.map((property) => rowOf(property, Object.keys(one.from).length)))) print(row);
  }
  return "ok";
}

/** A property as a row. Closed lists stand last, since they may be long, and so do the vendors where not all tell it. */
function rowOf({ name, type, meaning, vendors }: CompanyProperty, all: number): readonly string[] {
  const isList = type.includes("`");
  const words = isList ? `: ${type.replaceAll("`", "")}` : "";
  return [`  ${name}`, isList ? "one of" : type, `${meaning}${words}${vendors.length === all ? "" : ` [${vendors.join(", ")}]`}`];
}

async function check(text: string, isJson: boolean): Promise<Exit> {
  const { checkCalls } = await import("../company-plan.ts");
  const { events, others, problems } = checkCalls(text, await allVendors());
  if (isJson) printJson({ events, others, problems });
  else {
    for (const problem of problems.slice(0, MOST_PROBLEMS)) printProblem(problem);
    if (problems.length > MOST_PROBLEMS) printProblem(`… and ${problems.length - MOST_PROBLEMS} more`);
    print(
      `${counted(events, "event")} held against the plan, ${counted(others, "other call")}, ${counted(problems.length, "problem")}.`,
    );
  }
  return problems.length === 0 ? "ok" : "failed";
}
