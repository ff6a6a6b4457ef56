/**
 * The lines that the keys of a TOML file are on. The parser gives values without places, so each statement is parsed by itself.
 */
import { parse, TomlError } from "smol-toml";

/** Lines of a statement, counted from 1. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** Finds the lines of a key: those of the nearest table above it if the file does not have the key; `null` if it has none of it. */
export type FindLines = (path: readonly string[]) => Lines | null;

/**
 * Reads the places of all keys. Items of an array of tables are numbered from 0.
 * @param text a valid TOML file
 */
export function linesOfToml(text: string): FindLines {
  const places = new Map<string, Lines>();
  for (const { table, keys, lines } of statementsOfToml(text)) {
    if (keys === null) for (let length = 1; length <= table.length; length += 1) keepFirst(places, table.slice(0, length), lines);
    else for (const key of keys) keepFirst(places, [...table, ...key], lines);
  }
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const found = places.get(keyOf(path.slice(0, length)));
      if (found !== undefined) return found;
    }
    return null;
  };
}

/** A statement of a TOML file. */
export interface TomlStatement {
  /** The table that it opens, or stands in. Items of an array of tables are numbered from 0. */
  readonly table: readonly string[];
  /** The keys that it gives values to, with all keys inside the values; `null` if it is the header of the table. */
  readonly keys: readonly (readonly string[])[] | null;
  readonly lines: Lines;
}

/** The statements of a valid TOML file, in order, without empty lines and comments. */
export function* statementsOfToml(text: string): Generator<TomlStatement> {
  const tables = new Map<string, number>();
  let table: readonly string[] = [];
  for (const { source, lines } of statementsOf(text)) {
    const [path] = deepestPath(source.value);
    if (source.isHeader && path !== undefined) {
      table = numbered(path, source.isArrayHeader, tables);
      yield { table, keys: null, lines };
    } else if (path !== undefined) yield { table, keys: pathsOf(source.value), lines };
  }
}

interface Statement {
  readonly source: { readonly value: unknown; readonly isHeader: boolean; readonly isArrayHeader: boolean };
  readonly lines: Lines;
}

/** The statements of a file: as many lines as it takes until they can be parsed. */
function* statementsOf(text: string): Generator<Statement> {
  let pending = "";
  let first = 1;
  for (const [index, line] of text.split("\n").entries()) {
    if (pending === "") first = index + 1;
    pending += `${line}\n`;
    const value = parsed(pending);
    if (value === null) continue;
    const start = pending.trimStart();
    const source = { value, isHeader: start.startsWith("["), isArrayHeader: start.startsWith("[[") };
    yield { source, lines: { first, last: index + 1 } };
    pending = "";
  }
}

/** The value of a text; `null` if more lines are needed. */
function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError) return null;
    throw error;
  }
}

/** The path of a table, with the number of the item for each array of tables in it. */
function numbered(path: readonly string[], isArray: boolean, tables: Map<string, number>): readonly string[] {
  const result: string[] = [];
  for (const [index, key] of path.entries()) {
    result.push(key);
    const place = keyOf(result);
    const isLast = index === path.length - 1;
    if (isLast && isArray) tables.set(place, (tables.get(place) ?? -1) + 1);
    const item = tables.get(place);
    if (item !== undefined) result.push(String(item));
  }
  return result;
}

/** The one path of a header. */
function deepestPath(value: unknown): readonly (readonly string[])[] {
  const paths = pathsOf(value).map((path) => path.filter((key) => key !== "0"));
  return paths.length === 0 ? [] : [paths.reduce((longest, path) => (path.length > longest.length ? path : longest))];
}

/** The paths of a value and of everything in it. */
function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map((path) => [key, ...path])]);
}

function keepFirst(places: Map<string, Lines>, path: readonly string[], lines: Lines): void {
  const key = keyOf(path);
  if (!places.has(key)) places.set(key, lines);
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}
