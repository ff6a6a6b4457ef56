/**
 * Identity books over rows that a test keeps in memory, as an account keeps them in its tables.
 */
import { type Book, type BookRows, NO_ROWS, openBook } from "../../src/identity/book.ts";

/** Rows in memory. */
export interface KeptBook {
  /** Opens the book. @param aging references that will soon be deleted */
  open(aging?: ReadonlySet<string>): Book;
  /** Stores a book's changes, as the transaction that seals a batch does. */
  store(book: Book): void;
  /** The stored rows, in an order that does not depend on their history. */
  rows(): { readonly [Part in keyof BookRows]: readonly (readonly [string, unknown])[] };
  /** How often rows were read since the last change. */
  reads(): number;
}

/** Begins with no rows. */
export function keptBook(): KeptBook {
  let rows: BookRows = NO_ROWS;
  let reads = 0;
  const pick = <Row>(all: ReadonlyMap<string, Row>, keys: readonly string[]): ReadonlyMap<string, Row> =>
    new Map(
      keys.flatMap((key): [string, Row][] => {
        const row = all.get(key);
        return row === undefined ? [] : [[key, row]];
      }),
    );
  const sorted = <Row>(all: ReadonlyMap<string, Row>): readonly (readonly [string, Row])[] =>
    [...all].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    open: (aging = new Set()) =>
      openBook((keys) => {
        reads += 1;
        return {
          people: pick(rows.people, keys.people),
          references: pick(rows.references, keys.references),
          addresses: pick(rows.addresses, keys.addresses),
          profiles: pick(rows.profiles, keys.profiles),
          aging: new Set(keys.references.filter((key) => aging.has(key))),
        };
      }),
    store: (book) => {
      const { people, references, addresses, profiles } = book.changes();
      const all = new Map([...rows.profiles, ...profiles]);
      rows = {
        people: new Map([...rows.people, ...people]),
        references: new Map([...rows.references, ...references]),
        addresses: new Map([...rows.addresses, ...addresses]),
        profiles: new Map([...all].filter(([, profile]) => Object.keys(profile).length > 0)),
      };
      reads = 0;
    },
    rows: () => ({
      people: sorted(rows.people),
      references: sorted(rows.references),
      addresses: sorted(rows.addresses),
      profiles: sorted(rows.profiles),
    }),
    reads: () => reads,
  };
}
