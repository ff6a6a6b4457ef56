/**
 * `npm run lint`: reports style problems, and changes nothing.
 */
import { defineCommand } from "../command.ts";
import { exitOfCode } from "../exit-codes.ts";
import { runTool } from "../tools.ts";

export const command = defineCommand({
  name: "lint",
  group: "Work on the project",
  summary: "Report style problems",
  usage: { "[path …] [biome's options]": "" },
  options: {},
  passesTo: "biome",
  examples: { "": "The whole project.", adapters: "One folder." },
  run: async ({ others }) => exitOfCode((await runTool("biome", ["check", ...others], true)).code),
});
