/**
 * `npm run build`: `dist/worker` and `dist/sandbox`, each one file that runs on Cloudflare and on plain workerd.
 */
import { parseArgs } from "node:util";
import { bundle } from "../bundle.ts";
import { print, printProblem } from "../printer.ts";
import { SANDBOX_CONFIG, WORKER_CONFIG } from "../project.ts";

/** What is built, and how large it may be: gzip, bytes. A Worker's start-up time follows its size. */
const BUILDS = [
  { config: WORKER_CONFIG, directory: "dist/worker", budget: 300_000 },
  { config: SANDBOX_CONFIG, directory: "dist/sandbox", budget: 120_000 },
];

export async function run(args: string[]): Promise<number> {
  parseArgs({ args, options: {} });
  let failures = 0;
  for (const { config, directory, budget } of BUILDS) {
    const built = await bundle(config, directory);
    if (!built.ok) {
      printProblem(built.output);
      failures += 1;
      continue;
    }
    print(`${directory}/index.js  ${kilobytes(built.size)}, ${kilobytes(built.gzipSize)} gzip`);
    if (built.gzipSize <= budget) continue;
    printProblem(
      `${directory} is larger than its budget of ${kilobytes(budget)} gzip: find out what came in, or raise the budget on purpose`,
    );
    failures += 1;
  }
  return failures === 0 ? 0 : 1;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
