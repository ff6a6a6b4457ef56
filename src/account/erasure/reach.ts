/**
 * By what an erasure would find a person: it is carried out in a transaction that is undone.
 */
import type { BookTables } from "../people/book-tables.ts";
import type { Store } from "../state/store.ts";
import { NOBODY, sizeOf, type Wanted, withKnowledge } from "./job.ts";
import type { PersonNames } from "./names.ts";

const UNDONE = new Error("undone");

/** Everything that the book leads to, with what is known already. Writes nothing. Reads every row of the book. */
export function reachOf({ store, book }: { readonly store: Store; readonly book: BookTables }, names: PersonNames): PersonNames {
  let wanted: Wanted = { ...NOBODY, ...names };
  try {
    store.transaction(() => {
      for (let before = -1; before < sizeOf(wanted); ) {
        before = sizeOf(wanted);
        const { userIds, addresses, ids, references } = wanted;
        wanted = withKnowledge(wanted, book.forget({ userIds, addresses, ids: [...ids, ...references] }));
      }
      throw UNDONE;
    });
  } catch (error) {
    if (error !== UNDONE) throw error;
  }
  const { userIds, addresses, ids, references } = wanted;
  return { userIds, addresses, ids, references };
}
