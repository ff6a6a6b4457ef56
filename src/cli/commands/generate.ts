/**
 * `npm run generate`: registry, catalogue, demo accounts and their secrets, from `adapters/`. With `--check`, writes nothing.
 */
import { parseArgs } from "node:util";
import { generate, staleFiles } from "../generate/files.ts";
import { print, printProblem } from "../printer.ts";

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { check: { type: "boolean", default: false } } });
  if (!values.check) {
    for (const path of await generate()) print(`written: ${path}`);
    return 0;
  }
  const stale = await staleFiles();
  for (const { path } of stale) printProblem(`${path} is not what the adapters make of it: npm run generate`);
  return stale.length === 0 ? 0 : 1;
}
