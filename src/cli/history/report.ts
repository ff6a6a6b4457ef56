/**
 * Says what became of what was read.
 */
import { counted } from "../../contract/counted.ts";
import { print, printJson } from "../printer.ts";
import { alignColumns } from "../table.ts";
import type { Tallies } from "./job.ts";

/** Names of one list that are printed. */
const MOST_LINES = 20;

/** Prints the tallies, and lines behind them. */
export function printTallies(tallies: Tallies, isDry: boolean, isJson: boolean, lines: readonly string[]): void {
  if (isJson) {
    printJson({ dry_run: isDry, ...tallies, notes: lines });
    return;
  }
  const { records, accepted, duplicate, ignored, refused, unreadable, may_trigger: mayTrigger } = tallies;
  const would = isDry ? "would be " : "";
  print(
    `${counted(records, "webhook")} read: ${counted(accepted, "event")} ${would}accepted, ${counted(duplicate, "duplicate")}, ${ignored} ignored${refused > 0 ? `, ${refused} refused` : ""}.`,
  );
  if (unreadable > 0) print(`${unreadable} of them cannot be read: they ${isDry ? "would become" : "become"} dead letters.`);
  if (mayTrigger > 0)
    print(
      `${mayTrigger} of them ${mayTrigger === 1 ? "is" : "are"} younger than 72 hours: they may start automations in Customer.io, as webhooks do.`,
    );
  table(isDry ? "What would be made of them" : "What is made of them", tallies.makes);
  table("Ignored", tallies.reasons);
  for (const line of lines) print(line);
}

function table(title: string, counts: Readonly<Record<string, number>>): void {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (rows.length === 0) return;
  print(`\n${title}:`);
  for (const line of alignColumns(rows.slice(0, MOST_LINES).map(([name, times]) => [`  ${name}`, String(times)]))) print(line);
  if (rows.length > MOST_LINES) print(`  … and ${rows.length - MOST_LINES} more`);
}
