/**
 * The tables of an account's database when an object wakes: one statement in place of one for each part that looks for its own.
 */
import { type SqlValue, type Store, textOf } from "./store.ts";

/** Tables that one row tells of. */
const TABLES_AT_ONCE = 200;

/** Between what is told of two tables. It is in no statement. */
const BETWEEN = "\u001e";

/** Tables by name, each with the statement that makes it as it is now. */
export type Tables = ReadonlyMap<string, string>;

/** Reads the tables. Many in one row: a row of its own takes longer than its text. */
export function readTables(store: Store): Tables {
  const tables = new Map<string, string>();
  for (let count = TABLES_AT_ONCE; count === TABLES_AT_ONCE; ) {
    const [row] = store.run(
      `SELECT coalesce(group_concat(name || ' ' || sql, char(${BETWEEN.charCodeAt(0)})), '') AS told
        FROM (SELECT name, sql FROM sqlite_master WHERE type = 'table' LIMIT ${TABLES_AT_ONCE} OFFSET ?)`,
      tables.size,
    );
    const told = textOf(row, "told").split(BETWEEN);
    for (const table of told) {
      const space = table.indexOf(" ");
      if (space > 0) tables.set(table.slice(0, space), table.slice(space + 1));
    }
    count = told.length;
  }
  return tables;
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
