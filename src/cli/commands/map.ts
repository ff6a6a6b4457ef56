/**
 * `npm run map -- <source> <file>`: the calls that a recorded webhook would become, and nothing is sent.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { mapWebhook } from "../../account/mapping.ts";
import { formatOf } from "../../contract/formats.ts";
import { findSourceToMap } from "../configuration.ts";
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

  const body = new Uint8Array(readFileSync(file));
  const outcomes = await mapWebhook(
    {
      receivedAt: Date.now(),
      format: formatOf(source.adapter.format, body),
      headers: Object.fromEntries(Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value])),
      query,
      nonce: null,
      body,
      events: null,
    },
    source,
    account,
  );
  printJson(outcomes);
  return outcomes.some(({ kind }) => kind === "dead") ? 1 : 0;
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
