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
  if (folder === undefined || !existsSync(resolve(folder))) {
    printProblem(
      "Which folder? It holds recorded webhooks and a manifest.json, or bodies named <adapter>.<case>.json: npm run payloads -- <folder>",
    );
    return 2;
  }
  process.env.PAYLOADS = resolve(folder);
  const suite = existsSync(resolve(folder, "manifest.json")) ? "payloads" : "cases";
  return (await runTool("vitest", ["run", "--project", "node", `test/node/${suite}.test.ts`], true)).code;
}
