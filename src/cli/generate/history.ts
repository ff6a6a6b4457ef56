/**
 * `docs/backfill.md`, the part about each vendor: its variables, lists and gaps.
 */
import { readFileSync } from "node:fs";
import type { History } from "../../contract/history.ts";
import { historians, loadHistory } from "../history/load.ts";
import { canTell } from "../history/run.ts";
import { inProject } from "../project.ts";
import { code, table } from "./markdown.ts";

/** Where the generated part begins, in a page that people write. */
const BEGINNING = "<!-- Generated from adapters/<id>/history.ts by `npm run generate`: do not edit below. -->";

/** The page: what people wrote, and what follows from the adapters. @param names of the adapters, by id */
export async function renderBackfill(names: ReadonlyMap<string, string>): Promise<string> {
  const [written = ""] = readFileSync(inProject("docs/backfill.md"), "utf8").split(BEGINNING);
  const sections = await Promise.all(
    historians().map(async (id) => {
      const history = await loadHistory(id);
      return history === null ? "" : sectionOf(id, names.get(id) ?? id, history);
    }),
  );
  return `${written.trimEnd()}\n\n${BEGINNING}\n\n${sections.join("\n").trimEnd()}\n`;
}

function sectionOf(id: string, name: string, history: History): string {
  const { credentials, people, past, events, changes, notes, pace } = history;
  const variables = Object.entries(credentials).map(([variable, { hint, isOptional }]) => [
    code(variable),
    `${hint}${isOptional ? " (may be left out)" : ""}`,
  ]);
  const lists = [...people, ...past].map((list) => list.name);
  const kept = events ? `${events.name} of the last ${events.days} days` : null;
  const recovered = events ? kept : (changes ?? []).map((list) => list.name).join(", ");
  return [
    `### ${name}`,
    "",
    table(["variable", "what it holds"], variables),
    canTell(history, "backfill")
      ? `- ${code(`backfill ${id}`)} reads ${lists.join(", ")}${kept ? `, and the ${kept}` : ""}.`
      : `- There is no ${code(`backfill ${id}`)}.`,
    canTell(history, "recover")
      ? `- ${code(`recover ${id}`)} reads ${events ? `the ${recovered}` : recovered}.`
      : `- There is no ${code(`recover ${id}`)}.`,
    `- Asked at most ${pace.requests} times ${pace.seconds === 1 ? "a second" : `in ${pace.seconds} seconds`}.`,
    `- Ids: ${notes.ids}`,
    `- Not told: ${notes.lacks}`,
    "",
  ].join("\n");
}
