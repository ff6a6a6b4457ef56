/**
 * `npm run test:faults [-- scenario …]`: what is promised, tried on the built Worker under faults.
 */
import { pathToFileURL } from "node:url";
import { inProject } from "../project.ts";

export async function run(args: string[]): Promise<number> {
  // Outside this program's own files: tests may import the program, never the other way round.
  const suite = await import(pathToFileURL(inProject("test/faults/main.ts")).href);
  return suite.run(args);
}
