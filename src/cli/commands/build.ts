/**
 * `npm run build`: `dist/worker` and `dist/sandbox`, which run on Cloudflare and on plain workerd. wrangler runs it before it uploads.
 */
import { bundle, ENTRIES } from "../bundle.ts";
import { defineCommand } from "../command.ts";
import { print, printJson, printProblem } from "../printer.ts";

/** What is built, and how large it may be: gzip, bytes. */
const BUILDS = [
  { entry: ENTRIES.worker, directory: "dist/worker", budget: 320_000 },
  { entry: ENTRIES.sandbox, directory: "dist/sandbox", budget: 120_000 },
];

export const command = defineCommand({
  name: "build",
  group: "Run it",
  summary: "Write dist/, the bundles of the Worker and the sandbox",
  usage: { "[--json]": "" },
  notes: ["It fails where a bundle is larger than its budget: a Worker's start-up time follows its size."],
  options: { json: { type: "boolean", default: false, description: "Print files and sizes (bytes) as JSON." } },
  examples: { "": "Writes dist/worker/ and dist/sandbox/." },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    const problems: string[] = [];
    const files: object[] = [];
    for (const { entry, directory, budget } of BUILDS) {
      const built = await bundle(entry, directory);
      if (!built.ok) {
        problems.push(built.output);
        continue;
      }
      const { modules, size, gzipSize } = built;
      files.push({ file: `${directory}/index.js`, modules, size, gzipSize, budget });
      if (!values.json) print(`${directory}  ${counted(modules)}, ${kilobytes(size)}, ${kilobytes(gzipSize)} gzip`);
      if (gzipSize <= budget) continue;
      problems.push(
        `${directory} is larger than its budget of ${kilobytes(budget)} gzip: find out what came in, or raise the budget on purpose`,
      );
    }
    if (values.json) printJson(files);
    for (const problem of problems) printProblem(problem);
    return problems.length === 0 ? "ok" : "failed";
  },
});

function counted(modules: number): string {
  return modules === 1 ? "1 module" : `${modules} modules`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
