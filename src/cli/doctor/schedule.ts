/**
 * Whether an environment has a schedule for the sweep, and one that Cloudflare accepts: it refuses the others after the Worker is uploaded.
 * @see https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions
 */
import * as z from "zod";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, titleOf } from "./environments.ts";
import type { Report } from "./report.ts";

const triggers = z.object({ crons: z.array(z.string()).catch([]) }).catch({ crons: [] });

/** One field of a cron expression. */
interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Abbreviations of its values, the first of which is the lowest one. */
  readonly names?: readonly string[];
  /** What it takes beside values, ranges and steps. */
  readonly more?: RegExp;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: readonly Field[] = [
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day of the month", from: 1, to: 31, more: /^(l|lw|l-\d+|(?:[1-9]|[12]\d|3[01])w)$/ },
  { name: "month", from: 1, to: 12, names: MONTHS },
  { name: "day of the week", from: 1, to: 7, names: WEEKDAYS, more: /^(l|(?:[1-7]|sun|mon|tue|wed|thu|fri|sat)(?:l|#[1-5]))$/ },
];

/** Examines the schedules of an environment. Environments inherit them. */
export function examineSchedule(top: Environment, environment: Environment, report: Report): readonly Diagnosis[] {
  const title = titleOf(environment);
  const isOwn = "triggers" in environment.own;
  const { crons } = triggers.parse(isOwn ? environment.own.triggers : top.own.triggers);
  if (crons.length === 0) {
    const text = 'has no schedule, so no sweep finds accounts whose alarm was lost: add crons = ["*/10 * * * *"].';
    return [
      report({ code: "no_sweep", level: "warning", path: [...environment.path, "triggers"], place: `${title} triggers`, text }),
    ];
  }
  return crons.flatMap((cron) => {
    const problem = problemOf(cron);
    if (problem === null) return [];
    const text = `"${cron}" is no schedule that Cloudflare accepts: ${problem}. Every ten minutes is "*/10 * * * *".`;
    const path = [...(isOwn ? environment.path : []), "triggers", "crons"];
    return [
      report({ code: "bad_schedule", level: "error", path, place: `${isOwn ? title : ""} triggers`.trim(), text, word: cron }),
    ];
  });
}

/** What is wrong with a cron expression; `null` if nothing is. */
function problemOf(cron: string): string | null {
  const texts = cron.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) return "it must have five fields: minute, hour, day of the month, month, day of the week";
  for (const [index, field] of FIELDS.entries()) {
    const text = texts[index] ?? "";
    if (text.split(",").every((item) => isItem(item.toLowerCase(), field))) continue;
    const hint = field.names === WEEKDAYS ? ", from Sunday, 1, to Saturday, 7, or SUN to SAT" : "";
    return `"${text}" is no ${field.name} (${field.from} to ${field.to}${hint})`;
  }
  return null;
}

function isItem(item: string, field: Field): boolean {
  if (field.more?.test(item) === true) return true;
  const [, values = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
  if (step !== undefined && Number(step) === 0) return false;
  return values === "*" || (/^[^-]+(-[^-]+)?$/.test(values) && values.split("-").every((value) => isValue(value, field)));
}

function isValue(value: string, { from, to, names = [] }: Field): boolean {
  return names.includes(value) || (/^\d{1,2}$/.test(value) && Number(value) >= from && Number(value) <= to);
}
