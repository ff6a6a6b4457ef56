/**
 * The tables of an account's database when an object wakes: one statement in place of one for each part that looks for its own.
 */
import { type SqlValue, type Store, textOf } from "./store.ts";

/** Tables by name, each with the statement that makes it as it is now. */
export type Tables = ReadonlyMap<string, string>;

/** Reads the tables. */
export function readTables(store: Store): Tables {
  const rows = store.run("SELECT name, sql FROM sqlite_master WHERE type = 'table'");
  return new Map(rows.map((row) => [textOf(row, "name"), textOf(row, "sql")]));
}

/** Whether a table has a column, by the statement that makes it. The name must be that of no other thing in the statement. */
export function hasColumn(statement: string, column: string): boolean {
  return new RegExp(`\\b${column}\\b`).test(statement);
}

/** Most values that one statement asks for. */
const MOST_COLUMNS = 100;

/** What these expressions give, a hundred in one statement: preparing one for each table takes longer than the answer. They hold no values. */
export function valuesOf(store: Store, expressions: readonly string[]): readonly SqlValue[] {
  const values: SqlValue[] = [];
  for (let from = 0; from < expressions.length; from += MOST_COLUMNS) {
    const some = expressions.slice(from, from + MOST_COLUMNS);
    const row = store.run(`SELECT ${some.map((expression, index) => `${expression} AS "${index}"`).join(", ")}`)[0];
    values.push(...some.map((_, index) => row?.[index] ?? null));
  }
  return values;
}
