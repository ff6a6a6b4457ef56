/**
 * `npm run bench`: how fast the built Worker is, as ratios to what the same machine does without it.
 */

import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { inProject } from "../project.ts";

export async function run(args: string[]): Promise<number> {
  parseArgs({ args, options: {} });
  // Outside this program's own files: tests may import the program, never the other way round.
  const suite = await import(pathToFileURL(inProject("test/bench/main.ts")).href);
  return suite.run();
}
