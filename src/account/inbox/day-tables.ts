/**
 * The tables of the inbox: one for each day and source.
 */
import type { Store } from "../state/store.ts";
import { hasColumn, type Tables, tablesOf, valuesOf } from "../state/tables.ts";

/** Milliseconds. */
export const DAY = 86_400_000;

/** The column with the keys of a webhook's events. No source can be named so. */
export const KEYS = "event_keys";

/** A table. */
export interface DayTable {
  /** Days since 1970. */
  readonly day: number;
  readonly source: string;
  readonly name: string;
  /** The last row's number; greater once that row was deleted. */
  last: number;
  /** Whether it has a column for keys: an earlier release made it without. */
  hasKeys: boolean;
  /** Bytes of its webhooks, once they were asked for: to add them up takes seconds in a large table. */
  bytes: number | null;
}

/** The tables of the inbox. */
export interface DayTables {
  /** All of them, the oldest first. */
  all(): readonly DayTable[];
  /** Those of a source, the oldest first. */
  of(source: string): readonly DayTable[];
  /** The table for new rows of a source; inside the caller's transaction. */
  open(source: string, now: number): DayTable;
  /** Deletes a table. */
  drop(table: DayTable): void;
  /** The highest number of any row when the inbox was opened; 0 without any. */
  last(): number;
}

/** @param known the tables of the database */
export function openDayTables(store: Store, known: Tables): DayTables {
  /** The last numbers of tables, as far as they were asked for. */
  const lasts = new Map<string, number>();
  const ask = (names: readonly string[]): void => {
    const maximum = (name: string) => `(SELECT max(seq) FROM "${name}")`;
    const numbers = valuesOf(store, names.map(maximum));
    for (const [index, name] of names.entries()) lasts.set(name, Number(numbers[index]));
  };
  const byDay = (one: DayTable, other: DayTable): number => one.day - other.day;
  const tables = tablesOf(known, "log")
    .map(
      ({ name, number, rest, statement }): DayTable => ({
        ...{ day: number, source: rest, name, hasKeys: hasColumn(statement, KEYS), bytes: null },
        get last() {
          if (!lasts.has(name)) ask(tables.flatMap((table) => (lasts.has(table.name) ? [] : [table.name])));
          return lasts.get(name) ?? 0;
        },
        set last(seq) {
          lasts.set(name, seq);
        },
      }),
    )
    .sort(byDay);
  // A source's newest table has its highest numbers: the others are asked for when delivery looks for what is left.
  ask([...new Map(tables.map(({ source, name }) => [source, name])).values()]);
  const last = Math.max(0, ...lasts.values());

  const ofSource = (source: string): readonly DayTable[] => tables.filter((table) => table.source === source);

  function add(table: DayTable): void {
    tables.push(table);
    tables.sort(byDay);
  }

  function remove(table: DayTable): void {
    tables.splice(tables.indexOf(table), 1);
  }

  function create(source: string, day: number): DayTable {
    const name = `log_${day}_${source}`;
    // Keys come first: to read them, SQLite need not pass a body.
    store.run(
      `CREATE TABLE "${name}" (
        seq INTEGER PRIMARY KEY, events INTEGER, ignored INTEGER, duplicates INTEGER, ${KEYS} BLOB, envelope TEXT, body BLOB)`,
    );
    const table = { day, source, name, last: 0, hasKeys: true, bytes: null };
    add(table);
    store.onRollback(() => remove(table));
    return table;
  }

  function addKeys(table: DayTable): void {
    store.run(`ALTER TABLE "${table.name}" ADD COLUMN ${KEYS} BLOB`);
    table.hasKeys = true;
    store.onRollback(() => {
      table.hasKeys = false;
    });
  }

  return {
    all: () => tables,
    of: ofSource,
    open: (source, now) => {
      if (!/^[a-z][a-z0-9-]{0,31}$/.test(source)) throw new Error("no name of a source");
      const newest = ofSource(source).at(-1);
      // The clock may step back over midnight; the order of the days must not change.
      const day = Math.max(Math.floor(now / DAY), newest?.day ?? 0);
      if (newest?.day !== day) return create(source, day);
      if (!newest.hasKeys) addKeys(newest);
      return newest;
    },
    drop: (table) => {
      store.run(`DROP TABLE IF EXISTS "${table.name}"`);
      remove(table);
      store.onRollback(() => add(table));
    },
    last: () => last,
  };
}
