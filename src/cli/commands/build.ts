/**
 * `npm run build`: `dist/worker` and `dist/sandbox`, which run on Cloudflare and on plain workerd. wrangler runs it before it uploads.
 */
import { declaredAdapters } from "../../config/load.ts";
import { counted } from "../../contract/counted.ts";
import { ADAPTERS_BUILT, BUDGETS, bundle, ENTRIES } from "../bundle.ts";
import { defineCommand } from "../command.ts";
import { print, printJson, printProblem } from "../printer.ts";
import { readWranglerConfig, WORKER_CONFIG } from "../project.ts";

/** What is built. */
const BUILDS = [
  { entry: ENTRIES.worker, directory: "dist/worker", budget: BUDGETS.worker },
  { entry: ENTRIES.sandbox, directory: "dist/sandbox", budget: BUDGETS.sandbox },
];

export const command = defineCommand({
  name: "build",
  group: "Run it",
  summary: "Write dist/, the bundles of the Worker and the sandbox",
  usage: { "[--configured]": "", "[--json]": "" },
  notes: [
    "wrangler runs it before it uploads. npm run deploy has it leave out the adapters that the Worker does not need. A bare wrangler deploy uploads all: it does not know whether the Worker has a directory of accounts, which may need any. A source whose adapter was left out answers 503, and the Worker says that it must be deployed again.",
  ],
  options: {
    configured: { type: "boolean", default: false, description: "Leave out the adapters that no source in wrangler.toml names." },
    json: { type: "boolean", default: false, description: "Print files and sizes (bytes) as JSON." },
  },
  environment: { [ADAPTERS_BUILT]: "The adapters of the Worker, separated by commas. npm run deploy sets it. Default: all." },
  examples: { "": "Writes dist/worker/ and dist/sandbox/." },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    const adapters = values.configured ? configuredAdapters() : builtAdapters();
    if (adapters?.size === 0) {
      printProblem("no source in wrangler.toml names an adapter: declare sources, or build without --configured");
      return "failed";
    }
    const problems: string[] = [];
    const files: object[] = [];
    for (const { entry, directory, budget } of BUILDS) {
      const built = await bundle(entry, directory, true, entry === ENTRIES.worker ? adapters : null);
      if (!built.ok) {
        problems.push(built.output);
        continue;
      }
      const { modules, size, gzipSize } = built;
      files.push({ file: `${directory}/index.js`, modules, size, gzipSize, budget });
      if (!values.json) print(`${directory}  ${counted(modules, "module")}, ${kilobytes(size)}, ${kilobytes(gzipSize)} gzip`);
      // Own adapters may be worth it: only the project's own check holds it to its budget.
      if (gzipSize > budget && !values.json)
        print(`${directory} is larger than ${kilobytes(budget)} gzip: it starts more slowly`);
    }
    if (values.json) printJson(files);
    for (const problem of problems) printProblem(problem);
    return problems.length === 0 ? "ok" : "failed";
  },
});

/** The adapters that the sources of any environment use. */
function configuredAdapters(): ReadonlySet<string> {
  const { vars, env } = readWranglerConfig(WORKER_CONFIG);
  return new Set([vars, ...Object.values(env).map((one) => one.vars)].flatMap(declaredAdapters));
}

function builtAdapters(): ReadonlySet<string> | null {
  const given = process.env[ADAPTERS_BUILT] ?? "";
  return given === "" ? null : new Set(given.split(","));
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
