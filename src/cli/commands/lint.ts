/**
 * `npm run lint`: problems of style, and nothing changed.
 */
import { runTool } from "../tools.ts";

export async function run(args: string[]): Promise<number> {
  return (await runTool("biome", ["check", ...args], true)).code;
}
