/**
 * `npm run bench`: how fast the built Worker is, each figure beside what it is compared with and its goal. Whole processes, measured from outside,
 * by turns. Absolute numbers are those of one machine; nothing in the tests depends on any of them.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, ENTRIES } from "../../src/cli/bundle.ts";
import { inProject } from "../../src/cli/project.ts";
import { makeBundles } from "../faults/stage.ts";
import { accounts } from "./accounts.ts";
import { acknowledging } from "./acknowledging.ts";
import { adapters } from "./adapters.ts";
import { batches } from "./batches.ts";
import { delivering } from "./delivering.ts";
import { type Figure, goalTable, isMet, markdown, plainText, type Section } from "./figures.ts";
import { growing } from "./growing.ts";
import { price } from "./price.ts";
import { profile } from "./profile.ts";
import { refused } from "./refused.ts";
import { startUp } from "./start-up.ts";

/** Where the figures of a whole run are written, inside the project. */
const PAGE = "docs/benchmarks.md";

/** The parts, in their order. */
export const PARTS = [
  "start",
  "acknowledging",
  "steps",
  "delivering",
  "growing",
  "accounts",
  "batches",
  "adapters",
  "refusing",
  "price",
] as const;

type Part = (typeof PARTS)[number];

/** Runs the bench. @param wanted some of the parts; all, and the page is written, if empty @returns the exit code */
export async function run(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !PARTS.some((part) => part === name));
  if (unknown.length > 0) {
    console.error(`There is no part ${unknown.join(", ")}. There are: ${PARTS.join(", ")}`);
    return 2;
  }
  return inFolder(async (directory) => {
    const bundles = await makeBundles(directory);
    const parts: Readonly<Record<Part, () => Promise<Section>>> = {
      start: () => startUp(bundles, directory, false),
      acknowledging: () => acknowledging(bundles.worker, directory, false),
      steps: () => profile(),
      delivering: () => delivering(bundles.worker, directory),
      growing: () => growing(bundles.worker, directory),
      accounts: () => accounts(bundles.worker, directory),
      batches: () => batches(bundles),
      adapters: () => adapters(),
      refusing: () => refused(bundles, directory),
      price: () => price(),
    };
    const sections: Section[] = [];
    for (const part of PARTS) {
      if (wanted.length > 0 && !wanted.includes(part)) continue;
      const section = await parts[part]();
      sections.push(section);
      show(section);
    }
    const figures = sections.flatMap((section) => section.figures);
    console.log(`\nGoals\n${plainText(goalTable(figures))}`);
    if (wanted.length === 0) writeFileSync(inProject(PAGE), pageOf(sections));
    return 0;
  });
}

/** The short form: less than a minute, and one line of JSON at the end. @returns the exit code */
export async function runQuick(): Promise<number> {
  return inFolder(async (directory) => {
    const made = await bundle(ENTRIES.worker, join(directory, "worker"));
    if (!made.ok) throw new Error(made.output);
    const sections = [await startUp({ worker: made.file }, directory, true), await acknowledging(made.file, directory, true)];
    for (const section of sections) show(section);
    const figures = sections.flatMap((section) => section.figures);
    console.log(`\nGoals\n${plainText(goalTable(figures))}`);
    console.log(JSON.stringify(Object.fromEntries(figures.map((figure) => [figure.id, summaryOf(figure)]))));
    return 0;
  });
}

function summaryOf(figure: Figure) {
  const { value, goal } = figure;
  return { value: Number(value.toPrecision(4)), ...goal, met: isMet(figure) };
}

async function inFolder(work: (directory: string) => Promise<number>): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-bench-"));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function show({ title, how, tables, notes = [] }: Section): void {
  console.log([`\n${title}`, `  ${how}`, ...tables.map(plainText), ...notes.map((note) => `  ${note}`)].join("\n"));
}

function pageOf(sections: readonly Section[]): string {
  const processors = cpus();
  const machine = `${processors.length} × ${processors[0]?.model ?? "unknown"}`;
  const parts = sections.map(({ title, how, tables, notes = [] }) =>
    [`## ${title}`, how, ...tables.map(markdown), ...notes].join("\n\n"),
  );
  return `${[
    "# Benchmarks",
    `Written by \`npm run bench\` on ${machine}, ${new Date().toISOString().slice(0, 10)}. Client and servers share the machine, so only ratios of one run mean anything. \`npm run bench -- --quick\` takes less than a minute.`,
    "**The floor** is a Worker of 150 lines that knows three vendors by heart: it verifies the signature, parses the body and inserts it into one table of an object. **Express** is what a team writes for itself: `express`, the vendor's library, and `node:sqlite` with `synchronous = FULL`, or Customer.io's own client, which keeps events in memory.",
    "## Goals",
    markdown(goalTable(sections.flatMap(({ figures }) => figures))),
    ...parts,
  ].join("\n\n")}\n`;
}
