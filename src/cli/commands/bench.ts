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
  summary: "Measure the Worker beside a bare one and Express",
  usage: { "[part …]": "", "--quick": "" },
  notes: [
    "The parts: start, acknowledging, steps, delivering, growing, accounts, batches, adapters, refusing, price. A run of all parts writes docs/benchmarks.md.",
    "The comparison with Express needs its packages: npm ci --prefix test/bench/comparisons",
  ],
  options: {
    quick: { type: "boolean", default: false, description: "Start-up and one kind of webhook; ends with a line of JSON." },
  },
  examples: { "": "Everything; ten minutes on a quiet machine.", "--quick": "Less than a minute.", acknowledging: "One part." },
  run: async ({ values, positionals, misuse }) => {
    if (values.quick && positionals.length > 0) return misuse("--quick has parts of its own.");
    // Outside this program's own files: tests may import the program, never the other way round.
    const suite = await import(pathToFileURL(inProject("test/bench/main.ts")).href);
    return exitOfCode(await (values.quick ? suite.runQuick() : suite.run(positionals)));
  },
});
