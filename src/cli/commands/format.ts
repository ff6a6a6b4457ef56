/**
 * `npm run format`: fixes style problems.
 */
import { defineCommand } from "../command.ts";
import { exitOfCode } from "../exit-codes.ts";
import { runTool } from "../tools.ts";

export const command = defineCommand({
  name: "format",
  group: "Work on the project",
  summary: "Fix style problems",
  usage: { "[path …] [biome's options]": "" },
  options: {},
  passesTo: "biome",
  examples: { "": "The whole project.", adapters: "One folder." },
  run: async ({ others }) => exitOfCode((await runTool("biome", ["check", "--write", ...others], true)).code),
});
