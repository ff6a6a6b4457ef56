/**
 * Short notes about people: what was last said of a person, what waits for an unknown person to become known, the last opt-out. Each note is
 * about one subject (an identifier of the person), so that erasing a person finds all of them.
 */

/** What a note is about. */
export interface NoteKey {
  /**
   * `applied`: what a source last said of the subject. `optout`: when the subject last opted out of a channel. `stranger`: calls left under this
   * anonymous id, with traits for the day the person is known. `lookup`: until when the vendor's answer about this id holds.
   */
  readonly kind: "applied" | "optout" | "stranger" | "lookup";
  /** The source (`applied`) or the channel (`optout`); empty for the others. */
  readonly scope: string;
  /** An identifier of a person. */
  readonly subject: string;
}

/** A note to be written; `null` removes it. */
export interface Note extends NoteKey {
  readonly value: string | null;
}

/** Notes as a translation sees them: what is stored, and what was noted since. */
export interface Notes {
  get(key: NoteKey): string | null;
  /** Counts at once. */
  add(notes: readonly Note[]): void;
  /** What was added, each note once. */
  added(): readonly Note[];
}

/** Opens notes over what is stored; over nothing unless said otherwise. */
export function openNotes(read: (key: NoteKey) => string | null = () => null): Notes {
  const noted = new Map<string, Note>();
  // No kind holds a slash, and neither does a source's or a channel's name.
  const nameOf = ({ kind, scope, subject }: NoteKey): string => `${kind}/${scope}/${subject}`;
  return {
    get: (key) => {
      const note = noted.get(nameOf(key));
      return note === undefined ? read(key) : note.value;
    },
    add: (notes) => {
      for (const note of notes) noted.set(nameOf(note), note);
    },
    added: () => [...noted.values()],
  };
}
