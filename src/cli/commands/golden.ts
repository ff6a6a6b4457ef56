/**
 * `npm run golden -- <adapter> [event …]`: writes what fixtures become. The author reads it line by line: it is the adapter's specification.
 */
import { parseArgs } from "node:util";
import { writeGoldens } from "../golden.ts";
import { print, printProblem } from "../printer.ts";
import { ADAPTERS } from "../registry.ts";

export async function run(args: string[]): Promise<number> {
  const [id = "", ...events] = parseArgs({ args, options: {}, allowPositionals: true }).positionals;
  if (process.env.CI) {
    printProblem("Goldens are written by a person who reads them, never in CI.");
    return 1;
  }
  const adapter = ADAPTERS.get(id);
  if (adapter === undefined) {
    printProblem(`Which adapter? ${[...ADAPTERS.keys()].join(", ")}`);
    return 2;
  }
  const written = await writeGoldens(adapter, events);
  if (!written.ok) {
    printProblem(written.problem);
    return 1;
  }
  for (const path of written.paths) print(`written, to be read: ${path}`);
  return 0;
}
