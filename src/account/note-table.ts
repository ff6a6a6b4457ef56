/**
 * The table of notes.
 */
import type { NoteChanges } from "./notes.ts";
import { type Store, textOf } from "./store.ts";

/** The notes of one account, as they are stored. */
export interface NoteTable {
  get(key: string): string | null;
  /** Inside the caller's transaction. One billed row for each. */
  apply(changes: NoteChanges): void;
  /** Removes every note about somebody of these names; inside the caller's transaction. Reads the notes of what was last said. */
  forget(names: readonly string[]): void;
}

/** Opens the table. */
export function openNoteTable(store: Store): NoteTable {
  return {
    get: (key) => {
      const row = store.run("SELECT value FROM note WHERE key = ?", key)[0];
      return row === undefined ? null : textOf(row, "value");
    },
    apply: (changes) => {
      for (const [key, value] of changes) {
        if (value === null) store.run("DELETE FROM note WHERE key = ?", key);
        else
          store.run(
            "INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            value,
          );
      }
    },
    forget: (names) => {
      // In some keys the name stands behind two parts that hold no slash, in others behind one.
      const rest = "substr(key, instr(key, '/') + 1)";
      store.run(
        `DELETE FROM note WHERE key IN (SELECT 'stranger/' || value FROM json_each(?1) UNION SELECT 'paired/' || value FROM json_each(?1)
            UNION SELECT 'lookup/' || value FROM json_each(?1))
          OR (key GLOB 'applied/*' OR key GLOB 'optout/*')
            AND substr(${rest}, instr(${rest}, '/') + 1) IN (SELECT value FROM json_each(?1))`,
        JSON.stringify(names),
      );
    },
  };
}
