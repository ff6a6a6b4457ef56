/**
 * `npm run deploy -- us|eu`: to Cloudflare. The region is demanded, because people's data goes there.
 */
import { parseArgs } from "node:util";
import { printProblem } from "../printer.ts";
import { runTool } from "../tools.ts";

export async function run(args: string[]): Promise<number> {
  const [region = "", ...rest] = parseArgs({ args, options: {}, allowPositionals: true }).positionals;
  if ((region !== "us" && region !== "eu") || rest.length > 0) {
    printProblem("Which region? Customer.io's own of the workspace: npm run deploy -- us, or npm run deploy -- eu");
    return 2;
  }
  return (await runTool("wrangler", ["deploy", "--env", region], true)).code;
}
