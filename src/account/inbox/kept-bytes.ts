/**
 * How many bytes of webhooks a table of the inbox has. That is asked of large databases alone, where to add them up takes seconds: what was added up
 * once is kept, as far as it goes.
 */
import { numberOf, type Row, type Store } from "../state/store.ts";
import type { Tables } from "../state/tables.ts";
import type { DayTable } from "./day-tables.ts";

/** The table that keeps sums. */
const SUMS = "inbox_bytes";

/** Rows that are added up anew each time an object wakes, at most: then the sum is kept once more. */
const MANY = 1_000;

/** The bytes of tables. */
export interface KeptBytes {
  /** Those of a table. A billed row for each thousand that were added up. */
  of(table: DayTable): number;
  /** Rows of a table are about to be deleted; inside the caller's transaction. */
  take(table: DayTable, first: number, last: number): void;
  /** A table is dropped; inside the caller's transaction. */
  forget(table: DayTable): void;
}

/** Opens them. @param known the tables of the database */
export function openKeptBytes(store: Store, known: Tables): KeptBytes {
  let isThere = known.has(SUMS);

  /** Counts rows. SQLite stores the length of a value in front of it: no body is read. */
  const sumOf = (table: DayTable, first: number, last: number): Row | undefined =>
    store.run(
      `SELECT count(*) AS rows, coalesce(sum(length(body) + coalesce(length(envelope), 0)), 0) AS bytes
        FROM "${table.name}" WHERE seq >= ? AND seq <= ?`,
      first,
      last,
    )[0];

  function keep(table: DayTable, bytes: number): void {
    store.run(
      `CREATE TABLE IF NOT EXISTS ${SUMS} (name TEXT PRIMARY KEY, through INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID`,
    );
    const before = isThere;
    isThere = true;
    store.onRollback(() => {
      isThere = before;
    });
    store.run(`INSERT OR REPLACE INTO ${SUMS} (name, through, bytes) VALUES (?, ?, ?)`, table.name, table.last, bytes);
  }

  return {
    of: (table) => {
      if (table.bytes !== null) return table.bytes;
      const kept = isThere ? store.run(`SELECT through, bytes FROM ${SUMS} WHERE name = ?`, table.name)[0] : undefined;
      const [through, before] = kept === undefined ? [0, 0] : [numberOf(kept, "through"), numberOf(kept, "bytes")];
      const added = sumOf(table, through + 1, table.last);
      const bytes = before + numberOf(added, "bytes");
      if (numberOf(added, "rows") >= MANY) keep(table, bytes);
      table.bytes = bytes;
      return bytes;
    },
    take: (table, first, last) => {
      if (isThere && table.last >= first)
        store.run(
          `UPDATE ${SUMS} SET bytes = bytes - ? WHERE name = ? AND through >= ?`,
          numberOf(sumOf(table, first, last), "bytes"),
          table.name,
          last,
        );
      table.bytes = null;
    },
    forget: ({ name }) => {
      if (isThere) store.run(`DELETE FROM ${SUMS} WHERE name = ?`, name);
    },
  };
}
