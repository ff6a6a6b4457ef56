/**
 * `npm run build`: `dist/worker` and `dist/sandbox`, each one file that runs on Cloudflare and on plain workerd.
 */
import { bundle } from "../bundle.ts";
import { defineCommand } from "../command.ts";
import { print, printJson, printProblem } from "../printer.ts";
import { SANDBOX_CONFIG, WORKER_CONFIG } from "../project.ts";

/** What is built, and how large it may be: gzip, bytes. */
const BUILDS = [
  { config: WORKER_CONFIG, directory: "dist/worker", budget: 300_000 },
  { config: SANDBOX_CONFIG, directory: "dist/sandbox", budget: 120_000 },
];

export const command = defineCommand({
  name: "build",
  group: "Run it",
  summary: "Write dist/, the bundles of the Worker and the sandbox",
  usage: { "[--json]": "" },
  notes: ["It fails where a bundle is larger than its budget: a Worker's start-up time follows its size."],
  options: { json: { type: "boolean", default: false, description: "Print files and sizes (bytes) as JSON." } },
  examples: { "": "Writes dist/worker/index.js and dist/sandbox/index.js." },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    const problems: string[] = [];
    const files: object[] = [];
    for (const { config, directory, budget } of BUILDS) {
      const built = await bundle(config, directory);
      if (!built.ok) {
        problems.push(built.output);
        continue;
      }
      const { size, gzipSize } = built;
      files.push({ file: `${directory}/index.js`, size, gzipSize, budget });
      if (!values.json) print(`${directory}/index.js  ${kilobytes(size)}, ${kilobytes(gzipSize)} gzip`);
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

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
