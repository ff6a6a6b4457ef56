/**
 * `npm run generate`: registry, catalogue, demo accounts and their secrets from `adapters/`; the list of commands from their definitions.
 */
import { defineCommand } from "../command.ts";
import { generate, staleFiles } from "../generate/files.ts";
import { print, printProblem } from "../printer.ts";

export const command = defineCommand({
  name: "generate",
  group: "Write an adapter",
  summary: "Write the files that follow from adapters and commands",
  usage: { "[--check]": "" },
  options: { check: { type: "boolean", default: false, description: "Write nothing; fail where a file is not up to date." } },
  examples: { "": "Writes them, and says which changed.", "--check": "For CI; npm run check does it too." },
  run: async ({ values, positionals, loadCommands, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    const commands = await loadCommands();
    if (!values.check) {
      for (const path of await generate(commands)) print(`written: ${path}`);
      return "ok";
    }
    const stale = await staleFiles(commands);
    for (const { path } of stale) printProblem(`${path} is not up to date: npm run generate`);
    return stale.length === 0 ? "ok" : "failed";
  },
});
