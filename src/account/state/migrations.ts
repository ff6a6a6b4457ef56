/**
 * The schema of an account's database, from the first release on.
 */
import { numberOf, type Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/**
 * Forward migrations, in order. Each is one transaction. Tables and columns are added, never renamed or dropped, so that the previous release
 * can read the database. A released statement is never edited.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    // A dead letter's number is never reused: an operator may have it on the screen. It costs a row, and dead letters are few.
    "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL)",
    `CREATE TABLE dead (
      id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, event_id TEXT NOT NULL, event_type TEXT NOT NULL, occurred_at TEXT NOT NULL,
      reason TEXT NOT NULL, detail TEXT NOT NULL, died_at INTEGER NOT NULL, webhook INTEGER NOT NULL)`,
    "CREATE TABLE dead_webhook (seq INTEGER PRIMARY KEY, envelope TEXT, body BLOB)",
  ],
  [
    "CREATE TABLE book_person (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE book_address (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    `CREATE TABLE waiting (
      id INTEGER PRIMARY KEY, source TEXT NOT NULL, seq INTEGER NOT NULL, event_id TEXT NOT NULL, event_type TEXT NOT NULL,
      until INTEGER NOT NULL, strangers TEXT NOT NULL)`,
    "CREATE TABLE erased (key TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE erased_key (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL)",
    "CREATE TABLE erasure (id INTEGER PRIMARY KEY AUTOINCREMENT, value TEXT NOT NULL)",
  ],
  [
    // The subject has its own column, so that erasing a person finds notes of every kind.
    `CREATE TABLE people_note (
      kind TEXT NOT NULL, scope TEXT NOT NULL, subject TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, scope, subject)) WITHOUT ROWID`,
    `INSERT INTO people_note (kind, scope, subject, value)
      SELECT kind, CASE WHEN kind IN ('applied', 'optout') THEN substr(rest, 1, instr(rest, '/') - 1) ELSE '' END,
        CASE WHEN kind IN ('applied', 'optout') THEN substr(rest, instr(rest, '/') + 1) ELSE rest END, value
      FROM (SELECT substr(key, 1, instr(key, '/') - 1) AS kind, substr(key, instr(key, '/') + 1) AS rest, value FROM note)`,
    "DELETE FROM note",
  ],
  [
    "CREATE TABLE profile (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    // One person who exists twice in Customer.io.
    `CREATE TABLE conflict (
      id INTEGER PRIMARY KEY AUTOINCREMENT, keep TEXT NOT NULL, fold TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
      found_at INTEGER NOT NULL, state TEXT NOT NULL)`,
    // Lifting an erasure by one identifier lifts it for all of them.
    "ALTER TABLE erased ADD COLUMN erasure INTEGER",
    // Whether an earlier release left a book: its rows stand for profiles too.
    "CREATE TABLE legacy_book (id INTEGER PRIMARY KEY CHECK (id = 1), is_any INTEGER NOT NULL)",
    `INSERT INTO legacy_book SELECT 1, EXISTS (SELECT 1 FROM book_person) OR EXISTS (SELECT 1 FROM book_address)
      OR EXISTS (SELECT 1 FROM people_note)`,
  ],
  // What an event waits for: for the event log.
  ["ALTER TABLE waiting ADD COLUMN what TEXT"],
  ["CREATE TABLE alert (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL)"],
  ["CREATE TABLE drift (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL)"],
];

/** Migrates the database to this release's schema. @returns its previous version */
export function migrate(store: Store, migrations: readonly (readonly string[])[] = MIGRATIONS): number {
  store.run("CREATE TABLE IF NOT EXISTS meta (id INTEGER PRIMARY KEY CHECK (id = 1), schema INTEGER NOT NULL)");
  const found = versionOf(store);
  for (const [index, statements] of migrations.entries()) {
    if (index < found) continue;
    store.transaction(() => {
      for (const statement of statements) store.run(statement);
      store.run("INSERT INTO meta (id, schema) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET schema = excluded.schema", index + 1);
    });
  }
  return found;
}

/** Migrates a database unless it is up to date: then nothing is written, not even a transaction. @param tables those of the database */
export function migrateOnce(store: Store, tables: Tables): void {
  if (!tables.has("meta") || versionOf(store) < MIGRATIONS.length) migrate(store);
}

function versionOf(store: Store): number {
  const row = store.run("SELECT schema FROM meta WHERE id = 1")[0];
  return row === undefined ? 0 : numberOf(row, "schema");
}
