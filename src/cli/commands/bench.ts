/**
 * `npm run bench`: how fast the built Worker is, as ratios to what the same machine does without it.
 */
import { pathToFileURL } from "node:url";
import { defineCommand } from "../command.ts";
import { exitOfCode } from "../exit-codes.ts";
import { inProject } from "../project.ts";

export const command = defineCommand({
  name: "bench",
  group: "Work on the project",
  summary: "Measure start-up, requests and adapters, as ratios",
  usage: { "": "" },
  options: {},
  examples: { "": "Everything; it takes a few minutes on a quiet machine." },
  run: async ({ positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    // Outside this program's own files: tests may import the program, never the other way round.
    const suite = await import(pathToFileURL(inProject("test/bench/main.ts")).href);
    return exitOfCode(await suite.run());
  },
});
