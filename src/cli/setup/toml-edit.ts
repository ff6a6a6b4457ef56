/**
 * Changes a TOML file without touching anything else in it: comments, order and layout stay.
 */
import { isDeepStrictEqual } from "node:util";
import { parse } from "smol-toml";
import { valueAt } from "../../config/schema.ts";
import { statementsOfToml, type TomlStatement } from "../doctor/toml-lines.ts";

/** A value that can be written into a TOML file. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | { readonly [key: string]: TomlValue };

/** Most characters of a line; a list that is longer has a line for each item. */
const WIDTH = 120;

/**
 * Gives a key of a table a value. A table that is missing is added.
 * @param text a valid TOML file
 * @param table the path of the table
 * @returns the new text; `null` if the file is written in a way in which this cannot be added, such as a table in braces
 */
export function withValue(text: string, table: readonly string[], key: string, value: TomlValue): string | null {
  if (isDeepStrictEqual(plain(valueAt(parse(text), [...table, key])), value)) return text;
  const rows = text.split("\n");
  const statements = [...statementsOfToml(text)];
  const line = `${renderKey(key)} = ${renderValue(value, renderKey(key).length + 3)}`;
  const present = statements.find(({ table: own, keys }) => isSame(own, table) && keys?.some((path) => isSame(path, [key])));
  const inside = statements.filter(({ table: own }) => isSame(own, table));
  const last = inside.at(-1);
  if (present !== undefined) {
    const { first, last: end } = present.lines;
    rows.splice(first - 1, end - first + 1, line + trailingComment(rows.slice(first - 1, end)));
  } else if (last !== undefined) rows.splice(last.lines.last, 0, line);
  else {
    const place = placeFor(table, statements, rows);
    rows.splice(place, 0, ...(rows[place - 1]?.trim() ? [""] : []), `[${table.map(renderKey).join(".")}]`, line);
    const end = place + (rows[place] === "" ? 3 : 2);
    if (rows[end]?.trim()) rows.splice(end, 0, "");
  }
  const result = rows.join("\n");
  return saysOnly(result, text, [...table, key], value) ? result : null;
}

/** Whether a text is valid and says the same as another one, except for the value of one key. */
function saysOnly(after: string, before: string, path: readonly string[], value: TomlValue): boolean {
  try {
    return isDeepStrictEqual(plain(parse(after)), withAt(plain(parse(before)), path, value));
  } catch {
    return false;
  }
}

function withAt(tree: unknown, [key, ...rest]: readonly string[], value: TomlValue): unknown {
  if (key === undefined) return value;
  const own = typeof tree === "object" && tree !== null && !Array.isArray(tree) ? Object.entries(tree) : [];
  const inner = own.find(([name]) => name === key)?.[1];
  return Object.fromEntries([...own.filter(([name]) => name !== key), [key, withAt(inner, rest, value)]]);
}

/** The same value without the prototypes of the parser's tables. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : structuredClone(JSON.parse(JSON.stringify(value)));
}

/**
 * Where a new table goes, as the number of lines above it: behind the tables that share most of its path, and the comments below them. A
 * comment directly above a header belongs to that header.
 */
function placeFor(table: readonly string[], statements: readonly TomlStatement[], rows: readonly string[]): number {
  const shared = ({ table: own }: TomlStatement) => {
    const end = own.findIndex((key, index) => key !== table[index]);
    return end === -1 ? own.length : end;
  };
  const most = Math.max(0, ...statements.map(shared));
  const before = statements.findLastIndex((statement) => shared(statement) === most);
  const next = statements[before + 1];
  let place = next === undefined ? rows.length : next.lines.first - 1;
  if (next !== undefined) while (rows[place - 1]?.trimStart().startsWith("#")) place -= 1;
  while (place > 0 && rows[place - 1]?.trim() === "") place -= 1;
  return Math.max(place, statements[before]?.lines.last ?? 0);
}

/** The comment at the end of a statement of one line, with the space before it; empty if there is none. */
function trailingComment([row = "", ...more]: readonly string[]): string {
  if (more.length > 0) return "";
  for (const { index } of row.matchAll(/#/g)) {
    const [before, comment] = [row.slice(0, index), row.slice(index)];
    try {
      if (isDeepStrictEqual(plain(parse(before)), plain(parse(row)))) return `${/\s*$/.exec(before)?.[0] ?? ""}${comment}`;
    } catch {
      // This # is inside a text.
    }
  }
  return "";
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

/** A key as TOML writes it. */
export function renderKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : renderText(key);
}

/** A value as TOML writes it. @param column where it begins */
export function renderValue(value: TomlValue, column = 0): string {
  if (typeof value === "string") return renderText(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (isList(value)) {
    const line = `[${value.map((item) => renderValue(item)).join(", ")}]`;
    return column + line.length <= WIDTH ? line : `[\n${value.map((item) => `  ${renderValue(item)},\n`).join("")}]`;
  }
  const entries = Object.entries(value).map(([key, inner]) => `${renderKey(key)} = ${renderValue(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function isList(value: TomlValue): value is readonly TomlValue[] {
  return Array.isArray(value);
}

/** A basic string: JSON's escapes are TOML's too, and DEL needs one more. */
function renderText(text: string): string {
  return JSON.stringify(text).replace(/\x7f/g, "\\u007f");
}
