/**
 * Short notes about people, by key: what was last said of somebody, what waits for a stranger to become known, the last opt-out. Like the
 * identity book, what is noted lives in memory until the transaction that passes the event it came from.
 */
/** What is to be written: `null` removes a note. */
export type NoteChanges = ReadonlyMap<string, string | null>;

/** Notes as a flush sees them: what is stored, and what was noted since. */
export interface Notes {
  get(key: string): string | null;
  /** Counts at once; stored when its event is passed. */
  add(changes: NoteChanges): void;
  /** Forgets everything but what is to be stored yet, oldest first; the rest is read again. */
  restart(unstored: Iterable<NoteChanges>): void;
}

/** Opens notes over what is stored; over nothing unless said otherwise. */
export function openNotes(read: (key: string) => string | null = () => null): Notes {
  const noted = new Map<string, string | null>();
  return {
    get: (key) => {
      const value = noted.get(key);
      return value === undefined ? read(key) : value;
    },
    add: (changes) => {
      for (const [key, value] of changes) noted.set(key, value);
    },
    restart: (unstored) => {
      noted.clear();
      for (const changes of unstored) for (const [key, value] of changes) noted.set(key, value);
    },
  };
}
