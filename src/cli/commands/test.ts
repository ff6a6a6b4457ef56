/**
 * `npm test`: every test that needs nothing but this project. What follows is vitest's.
 */
import { runTool } from "../tools.ts";

export async function run(args: string[]): Promise<number> {
  return (await runTool("vitest", ["run", ...args], true)).code;
}
