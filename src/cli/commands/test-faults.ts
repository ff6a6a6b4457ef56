/**
 * `npm run test:faults [-- scenario …]`: what is promised, tried on the built Worker under faults.
 */
import { pathToFileURL } from "node:url";
import { defineCommand } from "../command.ts";
import { exitOfCode } from "../exit-codes.ts";
import { inProject } from "../project.ts";

export const command = defineCommand({
  name: "test:faults",
  group: "Work on the project",
  summary: "Test the delivery promises under faults",
  usage: { "[scenario …]": "" },
  notes: ["It kills, fills, floods and refuses what is built, and counts what is lost. Without a scenario it runs all of them."],
  options: {},
  environment: { FAULTS_WEBHOOKS: "How many webhooks a flood has. Default: 100000." },
  examples: { "": "All scenarios.", "kill control": "Two of them." },
  run: async ({ positionals }) => {
    // Outside this program's own files: tests may import the program, never the other way round.
    const suite = await import(pathToFileURL(inProject("test/faults/main.ts")).href);
    return exitOfCode(await suite.run(positionals));
  },
});
