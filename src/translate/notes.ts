/**
 * Notes about people: the last identify, traits of an unknown person, the last opt-out, answers of look-ups. Each note has one subject, an
 * identifier of the person, so that erasing a person finds all notes.
 */

/** The key of a note. */
export interface NoteKey {
  /**
   * `applied`: time and hash of the last identify from a source. `optout`: the last opt-out from a channel. `stranger`: calls were sent under this
   * anonymous id; traits for when the person becomes known. `lookup`: how long the vendor's answer about this id is valid.
   */
  readonly kind: "applied" | "optout" | "stranger" | "lookup";
  /** The source (`applied`) or the channel (`optout`); empty for the others. */
  readonly scope: string;
  /** An identifier of a person. */
  readonly subject: string;
}

/** A change of a note; `null` removes it. */
export interface Note extends NoteKey {
  readonly value: string | null;
}

/** Notes during a translation: stored notes, and changes. */
export interface Notes {
  get(key: NoteKey): string | null;
  /** Changes notes; `get` sees the changes. */
  add(notes: readonly Note[]): void;
  /** All changes, the last one of each note. */
  added(): readonly Note[];
}

/** Opens notes over stored ones; by default there are none. */
export function openNotes(read: (key: NoteKey) => string | null = () => null): Notes {
  const noted = new Map<string, Note>();
  // Kinds, and names of sources and channels, contain no slash.
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
