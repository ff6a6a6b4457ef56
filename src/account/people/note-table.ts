/**
 * The table of notes about people. Each note has one subject, an identifier of the person, so that erasing a person finds all notes.
 */
import { type Store, textOf } from "../state/store.ts";

/** The key of a note. */
export interface NoteKey {
  /** How long the vendor's answer about this id is valid. Earlier releases noted more: see `legacy-notes.ts`. */
  readonly kind: "lookup";
  readonly scope: string;
  /** An identifier of a person. */
  readonly subject: string;
}

/** A change of a note; `null` removes it. */
export interface Note extends NoteKey {
  readonly value: string | null;
}

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
