/**
 * `npm run map -- <source> <file>`: what the Worker would do with each event of a recorded webhook, and nothing is sent.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { findSourceToMap } from "../configuration.ts";
import { preview } from "../preview.ts";
import { printJson, printProblem } from "../printer.ts";

const USAGE = "npm run map -- <source> <file> [--header name:value] [--query name=value] [--account A]";

const OPTIONS = {
  header: { type: "string", multiple: true },
  query: { type: "string", multiple: true },
  account: { type: "string", default: "demo" },
} as const;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [name, file] = positionals;
  if (name === undefined || file === undefined) return refuse(USAGE);
  if (!existsSync(file)) return refuse(`There is no file ${file}`);
  const found = findSourceToMap(values.account, name);
  if (!found.ok) return refuse(found.problem);
  const { account, source } = found;
  const headers = pairs(values.header ?? [], ":");
  const query = pairs(values.query ?? [], "=");
  if (headers === null || query === null) return refuse(USAGE);

  const lowerCase = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]);
  const body = new Uint8Array(readFileSync(file));
  const previewed = await preview(
    { headers: Object.fromEntries(lowerCase), query, body, nonce: null, receivedAt: Date.now() },
    source,
    account,
  );
  if (previewed.kind === "refused") {
    printProblem(`The Worker would refuse it: ${previewed.issue}`);
    return 1;
  }
  if (previewed.kind === "handshake") {
    printProblem("It is a handshake: the Worker would answer it, and keep nothing.");
    return 0;
  }
  printJson(previewed.outcomes);
  return previewed.outcomes.some(({ kind }) => kind === "dead") ? 1 : 0;
}

function refuse(problem: string): number {
  printProblem(problem);
  return 2;
}

/** `name:value` texts as an object; `null` where one is no such text. */
function pairs(texts: readonly string[], separator: string): Readonly<Record<string, string>> | null {
  if (texts.some((text) => text.indexOf(separator) < 1)) return null;
  const at = (text: string) => text.indexOf(separator);
  return Object.fromEntries(texts.map((text) => [text.slice(0, at(text)).trim(), text.slice(at(text) + 1).trim()]));
}
