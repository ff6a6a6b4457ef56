/**
 * `npm run check`: everything that can be known without running the project.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adapterFiles } from "../adapters.ts";
import { BUDGETS, bundle, ENTRIES } from "../bundle.ts";
import { defineCommand, type LoadCommands } from "../command.ts";
import { renderDiagnosis } from "../doctor/diagnosis.ts";
import { USUAL_SOURCES } from "../examples.ts";
import { staleFiles } from "../generate/files.ts";
import { print, printJson } from "../printer.ts";
import { inProject } from "../project.ts";
import { type Ending, runTool } from "../tools.ts";

const PROJECTS = [
  "tsconfig.json",
  "src/cli/tsconfig.json",
  "test/tsconfig.json",
  "test/node/tsconfig.json",
  "test/faults/tsconfig.json",
  "test/bench/tsconfig.json",
];

const checksWith = (loadCommands: LoadCommands): readonly { readonly name: string; readonly check: () => Promise<Ending> }[] => [
  { name: "style", check: () => runTool("biome", ["check", "--error-on-warnings"], false) },
  ...PROJECTS.map((path) => ({ name: `types of ${path}`, check: () => runTool("tsc", ["--project", path, "--noEmit"], false) })),
  { name: "generated files", check: () => generatedFiles(loadCommands) },
  { name: "configuration", check: configuration },
  { name: "sizes", check: sizes },
  { name: "upload for us", check: () => uploadFor("us") },
  { name: "upload for eu", check: () => uploadFor("eu") },
];

export const command = defineCommand({
  name: "check",
  group: "Work on the project",
  summary: "Check types, style, generated files and uploads",
  usage: { "[--json]": "" },
  options: { json: { type: "boolean", default: false, description: "Print each check's result as JSON." } },
  examples: { "": "Before each commit." },
  run: async ({ values, positionals, loadCommands, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    const results: { readonly name: string; readonly ok: boolean; readonly output: string }[] = [];
    for (const { name, check } of checksWith(loadCommands)) {
      const { code, output } = await check();
      const ok = code === 0;
      results.push({ name, ok, output: ok ? "" : output.trimEnd() });
      if (!values.json) print(`${ok ? "ok    " : "FAILED"}  ${name}${ok ? "" : `\n${output.trimEnd()}`}`);
    }
    const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
    if (values.json) printJson(results);
    else {
      const list = failed.length > 0 ? `: ${failed.join(", ")}` : "";
      print(`        ${adapterLengths()}\n\n${results.length - failed.length} passed, ${failed.length} failed${list}`);
    }
    return failed.length === 0 ? "ok" : "failed";
  },
});

/** How long the adapters' files are, with those in folders of their own: a reader should need few screens for one. */
function adapterLengths(): string {
  const lengths = readdirSync(inProject("adapters"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(inProject(join("adapters", file)), "utf8").trimEnd())
    .map((text) => text.split("\n").length)
    .sort((one, other) => one - other);
  const [shortest, median, longest] = [0, Math.floor(lengths.length / 2), lengths.length - 1].map((index) => lengths[index] ?? 0);
  return `${adapterFiles().length} adapters in ${lengths.length} files of ${shortest} to ${longest} lines, median ${median}`;
}

async function generatedFiles(loadCommands: LoadCommands): Promise<Ending> {
  const stale = await staleFiles(await loadCommands());
  const output = stale.map(({ path }) => `${path} is not up to date: npm run generate`).join("\n");
  return { code: stale.length === 0 ? 0 : 1, output };
}

/** What `npm run doctor` says of `wrangler.toml`. Warnings do not count. */
async function configuration(): Promise<Ending> {
  // It loads every adapter: only where it is needed.
  const { examineProject } = await import("../doctor/examine.ts");
  const errors = examineProject(null).filter(({ level }) => level === "error");
  return { code: errors.length === 0 ? 0 : 1, output: errors.map(renderDiagnosis).join("\n") };
}

/** Whether the bundles are within their budgets: a Worker's start-up time follows its size. */
async function sizes(): Promise<Ending> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-"));
  try {
    const problems: string[] = [];
    for (const [name, entry, adapters] of [
      ["usual", ENTRIES.worker, new Set(USUAL_SOURCES)],
      ["worker", ENTRIES.worker, null],
      ["sandbox", ENTRIES.sandbox, null],
    ] as const) {
      const made = await bundle(entry, join(directory, name), true, adapters);
      if (!made.ok) problems.push(made.output);
      else if (made.gzipSize > BUDGETS[name])
        problems.push(
          `${name}: ${made.gzipSize} bytes of ${BUDGETS[name]}: find out what came in, or raise the budget on purpose`,
        );
    }
    return { code: problems.length === 0 ? 0 : 1, output: problems.join("\n") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What wrangler would upload. */
async function uploadFor(environment: "us" | "eu"): Promise<Ending> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-"));
  try {
    const ending = await runTool("wrangler", ["deploy", "--dry-run", "--env", environment, "--outdir", directory], false);
    // Where it is stopped it ends with 0 and leaves nothing.
    return existsSync(join(directory, "index.js")) ? ending : { ...ending, code: 1 };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
