/**
 * `npm run payloads -- <folder>`: webhooks that others recorded, kept outside of the project, must all end well.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { printProblem } from "../printer.ts";
import { runTool } from "../tools.ts";

export async function run(args: string[]): Promise<number> {
  const [folder] = parseArgs({ args, options: {}, allowPositionals: true }).positionals;
  if (folder === undefined || !existsSync(resolve(folder, "manifest.json"))) {
    printProblem("Which folder? It holds recorded webhooks and a manifest.json: npm run payloads -- <folder>");
    return 2;
  }
  process.env.PAYLOADS = resolve(folder);
  return (await runTool("vitest", ["run", "--project", "node", "test/node/payloads.test.ts"], true)).code;
}
