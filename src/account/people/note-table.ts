/**
 * The table of notes about people.
 */
import type { Note, NoteKey } from "../../translate/notes.ts";
import { type Store, textOf } from "../state/store.ts";

/** The notes of one account, as they are stored. */
export interface NoteTable {
  get(key: NoteKey): string | null;
  /** Inside the caller's transaction. One billed row for each. */
  apply(notes: readonly Note[]): void;
  /** Removes notes of all kinds about these subjects; inside the caller's transaction. Reads all notes. */
  forget(subjects: readonly string[]): void;
}

/** Opens the table. */
export function openNoteTable(store: Store): NoteTable {
  return {
    get: ({ kind, scope, subject }) => {
      const row = store.run(
        "SELECT value FROM people_note WHERE kind = ? AND scope = ? AND subject = ?",
        kind,
        scope,
        subject,
      )[0];
      return row === undefined ? null : textOf(row, "value");
    },
    apply: (notes) => {
      for (const { kind, scope, subject, value } of notes) {
        if (value === null) {
          store.run("DELETE FROM people_note WHERE kind = ? AND scope = ? AND subject = ?", kind, scope, subject);
          continue;
        }
        store.run(
          `INSERT INTO people_note (kind, scope, subject, value) VALUES (?, ?, ?, ?)
            ON CONFLICT (kind, scope, subject) DO UPDATE SET value = excluded.value`,
          kind,
          scope,
          subject,
          value,
        );
      }
    },
    forget: (subjects) => {
      store.run("DELETE FROM people_note WHERE subject IN (SELECT value FROM json_each(?))", JSON.stringify(subjects));
    },
  };
}
