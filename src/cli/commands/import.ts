/**
 * `npx tributary import <source> <file>`: takes webhooks that another tool recorded.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { counted } from "../../contract/counted.ts";
import { defineCommand, type Values } from "../command.ts";
import { EXAMPLE_SOURCE } from "../examples.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { cursorFile, readCursor, type SavedJob, writeCursor } from "../history/cursor-file.ts";
import { deliver } from "../history/deliver.ts";
import { fingerprintOf, pagesOf } from "../history/import-file.ts";
import { added, NO_TALLIES } from "../history/job.ts";
import { HISTORY_ENVIRONMENT, HISTORY_OPTIONS } from "../history/options.ts";
import { isRecordingKind, RECORDING_KINDS, RECORDINGS, type RecordingKind } from "../history/recordings.ts";
import { printTallies } from "../history/report.ts";
import { findSource, poster } from "../history/run.ts";
import { didYouMean } from "../nearest.ts";
import { pairs } from "../pairs.ts";
import { PROGRESS_TERMINAL } from "../printer.ts";
import { targetOf } from "../profiles.ts";
import { createProgress } from "../progress.ts";

const OPTIONS = {
  from: { type: "string", value: "KIND", description: "What each line is; seen from the line itself unless it is said." },
  header: { type: "string", value: "N:V", multiple: true, description: "A header of every webhook. May be repeated." },
  ...HISTORY_OPTIONS,
} as const;

type ImportValues = Values<typeof OPTIONS>;

/** Problems that are printed; the rest is counted. */
const MOST_PROBLEMS = 20;

export const command = defineCommand({
  name: "import",
  group: "Operate it",
  summary: "Take webhooks that another tool recorded",
  usage: {
    "<source> <file.jsonl>":
      "One on each line, in the order in which they came; .jsonl.gz too. The source's adapter reads them as it reads its vendor's webhooks, once, with their own ids and times.",
  },
  notes: [
    "They need no signature: the operator's token vouches for them. Interrupted, the same command goes on behind the last page that was kept. Events younger than 72 hours may start automations: --dry-run says how many.",
  ],
  options: OPTIONS,
  tables: { "Kinds of lines": RECORDINGS },
  environment: HISTORY_ENVIRONMENT,
  examples: {
    [`${EXAMPLE_SOURCE} events.jsonl --dry-run`]: "What would be made of them.",
    "shop a.jsonl --header 'X-Topic: orders/create'": "Of a vendor that names the event in a header.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [source, file, ...rest] = positionals;
    if (source === undefined || file === undefined || rest.length > 0) return misuse("It takes a source and a file.");
    const { from } = values;
    if (from !== undefined && !isRecordingKind(from))
      return misuse(`There is no kind "${from}".${didYouMean(from, RECORDING_KINDS)} There are: ${RECORDING_KINDS.join(", ")}`);
    const headers = pairs(values.header ?? [], ":");
    if (headers === null) return misuse("--header takes a name and a value: --header 'X-Topic: orders/create'");
    const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
    if (!existsSync(path)) return fail("usage", `There is no file ${path}`);
    const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return importFile({ values, source, path, kind: from ?? null, headers: Object.fromEntries(lowerCase) });
  },
});

interface Wanted {
  readonly values: ImportValues;
  readonly source: string;
  readonly path: string;
  readonly kind: RecordingKind | null;
  readonly headers: Readonly<Record<string, string>>;
}

async function importFile({ values, source, path, kind, headers }: Wanted): Promise<Exit> {
  const found = await findSource(values, source);
  if (!found.ok) return found.exit;
  const target = targetOf(values);
  if (!target.ok) return fail("usage", target.problem);
  const isDry = values["dry-run"];
  const fingerprint = fingerprintOf(path);
  const cursor = cursorFile("import", target.target, source, fingerprint);
  const saved = isDry || values.again ? null : readCursor(cursor);
  if (saved === "unreadable") return fail("usage", `${cursor} cannot be read. Delete it, or begin --again.`);
  if (saved !== null && saved.finishedAt !== null)
    return fail("ok", `It was imported at ${new Date(saved.finishedAt).toISOString()}. To do it once more: --again`);
  const begunAt = saved?.begunAt ?? Date.now();
  const progress = createProgress(PROGRESS_TERMINAL, null);
  let [tallies, problems] = [saved?.tallies ?? NO_TALLIES, 0];
  const complain = (line: number, problem: string): void => {
    problems += 1;
    if (problems <= MOST_PROBLEMS) progress.say(`line ${line}: ${problem}`);
  };
  const keep = (lines: number, finishedAt: number | null): void => {
    if (isDry) return;
    const where = { worker: target.target.url, account: target.target.account, source };
    const times = { since: 0, from: 0, until: 0, begunAt, finishedAt };
    const place: SavedJob["place"] = { stage: "done" };
    writeCursor(cursor, { version: 1, kind: "import", ...where, ...times, place, lines, file: fingerprint, tallies });
  };
  let last = saved?.lines ?? 0;
  for await (const page of pagesOf({ path, kind, headers, skip: last })) {
    for (const { line, problem } of page.refused) complain(line, problem);
    tallies = added(tallies, { ...NO_TALLIES, records: page.refused.length, refused: page.refused.length });
    const problem = await deliver(
      page.webhooks.map(({ webhook }) => webhook),
      {
        post: poster(values, source, isDry),
        wait: (milliseconds) => pause(milliseconds),
        say: progress.say,
        told: (more, { refused }, from) => {
          tallies = added(tallies, more);
          for (const { index, issue } of refused) complain(page.webhooks[from + index]?.line ?? 0, issue);
        },
      },
    );
    if (problem !== null) {
      progress.end();
      return fail("failed", `${problem}\nKept so far: ${counted(last, "line")}. The same command goes on behind them.`);
    }
    last = page.last;
    keep(last, null);
    progress.show(last, counted(last, "line"));
  }
  keep(last, Date.now());
  progress.end();
  const more = problems > MOST_PROBLEMS ? [`The first ${MOST_PROBLEMS} problems are shown.`] : [];
  printTallies(tallies, isDry, values.json, [...more, ...(isDry ? ["Nothing was kept: this was a dry run."] : [])]);
  return tallies.refused === 0 ? "ok" : "failed";
}
