/**
 * `npm run format`: mends the style.
 */
import { runTool } from "../tools.ts";

export async function run(args: string[]): Promise<number> {
  return (await runTool("biome", ["check", "--write", ...args], true)).code;
}
