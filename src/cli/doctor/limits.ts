/**
 * Cloudflare's limits on variables and secrets.
 * @see https://developers.cloudflare.com/workers/platform/limits/#environment-variables
 */
import { counted } from "../../contract/counted.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, sourcesOf, titleOf } from "./environments.ts";
import type { Report } from "./report.ts";

/** Bytes of one variable. */
const LARGEST = 5 * 1024;

/** Variables and secrets of one Worker, on each plan. */
const MOST = { free: 64, paid: 128 } as const;

/** Examines the size and the number of an environment's variables, counting the secrets that its accounts need. */
export function examineLimits(environment: Environment, report: Report): readonly Diagnosis[] {
  const { path, vars, accounts } = environment;
  const title = titleOf(environment);
  const tooLarge = Object.entries(vars).flatMap(([name, value]) => {
    const bytes = Buffer.byteLength(typeof value === "string" ? value : JSON.stringify(value));
    if (bytes <= LARGEST) return [];
    const text = `has ${bytes} bytes as JSON, and Cloudflare takes at most ${LARGEST} in a variable. Leave out options that are the defaults, or move accounts to another Worker.`;
    return [report({ code: "too_large", level: "error", path: [...path, "vars", name], place: `${title} ${name}`, text })];
  });
  const [accountCount, sourceCount] = [Object.keys(accounts).length, sourcesOf(environment).length];
  // One key for each account, one secret for each source, and the operator's token.
  const count = Object.keys(vars).length + accountCount + sourceCount + 1;
  if (count <= MOST.free) return tooLarge;
  const limit = count > MOST.paid ? `at most ${MOST.paid}` : `only ${MOST.free} on the Free plan`;
  const text = `needs ${count} variables and secrets (${counted(accountCount, "account")}, ${counted(sourceCount, "source")}), and Cloudflare allows ${limit}. Move accounts to another Worker.`;
  const level = count > MOST.paid ? "error" : "warning";
  return [...tooLarge, report({ code: "too_many", level, path: [...path, "vars", "ACCOUNTS"], place: title, text })];
}
