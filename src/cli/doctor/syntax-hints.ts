/**
 * What people do who write TOML for the first time, told by the line on which the parser gives up.
 */
import { parse, TomlError } from "smol-toml";
import { statementsOfToml } from "./toml-lines.ts";

/** Each mistake, by how its line looks. */
const MISTAKES: readonly (readonly [looksLike: RegExp, hint: string])[] = [
  [/\0|\uFFFD/, "the file is not UTF-8; save it as UTF-8"],
  [/[“”„‘’]/, 'typographic quotation marks; write " instead'],
  [/[\u00a0\u2000-\u200b\u3000]/, "a space that is none; write an ordinary space instead"],
  [/^\s*[\w-]+\s*:/, "a colon; write = between name and value"],
  [/^\s*[{}]/, "JSON; write TOML, as in the file as it was delivered"],
  [/=\s*(True|False|yes|no|on|off)\b/, "a bare word; write true or false"],
  [/=\s*[A-Za-z][\w.-]*\s*(#.*)?$/, 'a text without quotation marks; write "…"'],
];

/** What is probably wrong with a line; `null` if nothing is recognised. @param line counted from 1 */
export function hintOf(text: string, line: number): string | null {
  const rows = text.split("\n");
  const row = rows[line - 1] ?? "";
  return repeatedIn(rows, line) ?? MISTAKES.find(([looksLike]) => looksLike.test(row))?.[1] ?? null;
}

/** Names what stands in the file twice, and where it stood first. */
function repeatedIn(rows: readonly string[], line: number): string | null {
  const before = rows.slice(0, line - 1).join("\n");
  try {
    parse(before);
  } catch (error) {
    // A statement of several lines: the mistake is inside it.
    if (error instanceof TomlError) return null;
    throw error;
  }
  const row = rows[line - 1] ?? "";
  const [, header] = /^\s*\[([^[\]]+)\]/.exec(row) ?? [];
  const [, key] = /^\s*([\w."-]+)\s*=/.exec(row) ?? [];
  if (header === undefined && key === undefined) return null;
  const statements = [...statementsOfToml(before)];
  const table = statements.at(-1)?.table ?? [];
  const path = header === undefined ? [...table, ...partsOf(key)] : partsOf(header);
  const wanted = JSON.stringify(path);
  const first = statements.find(({ table: place, keys }) =>
    (keys === null ? [place] : keys.map((own) => [...place, ...own])).some((own) => JSON.stringify(own) === wanted),
  );
  return first === undefined ? null : `${path.join(".")} stands in line ${first.lines.first} already`;
}

function partsOf(dotted: string | undefined): readonly string[] {
  return dotted === undefined ? [] : dotted.split(".").map((part) => part.trim().replace(/^"|"$/g, ""));
}
