/**
 * Merges two profiles of one person that exist apart, because an operator said so.
 */
import type { Account } from "../config/model.ts";
import { attributesOf, differenceOf } from "../identity/attributes.ts";
import type { Book } from "../identity/book.ts";
import { partsOf } from "../identity/identifiers.ts";
import { isGone, type Profile, tidy } from "../identity/profile.ts";
import { nameOf, settle } from "../identity/resolve.ts";
import type { UnstampedCall } from "../pipelines/stamp.ts";
import { type Conflict, type Fold, foldProfile } from "./merges.ts";
import { changeOf, keepAddress, toldOf } from "./told.ts";

/** What merging the two of a conflict amounts to. */
export interface Resolved {
  readonly calls: readonly UnstampedCall[];
  /** Of profiles that other conflicts name. */
  readonly folds: readonly Fold[];
  /** What arises from the merge: the person's address may change by it. */
  readonly conflicts: readonly Conflict[];
}

/**
 * The calls that fold one profile into the other: the merge, then all attributes. The book is changed as if they were accepted.
 * @param at when they are sent, milliseconds since 1970
 * @returns no calls if there is nothing left to fold
 */
export function resolveConflict(book: Book, conflict: Conflict, account: Account, at: number): Resolved {
  const [kept, folded] = [settle(conflict.keep, book), settle(conflict.fold, book)];
  // What was to be folded went on under a third key meanwhile: then that one is the person's.
  const [key, fold] = folded === conflict.fold ? [kept, folded] : [folded, kept];
  const former = book.profile(fold);
  setApart(book, key, fold);
  setApart(book, fold, key);
  if (former.left !== true || former.into !== undefined || key === fold || isGone(book.profile(key)))
    return { calls: [], folds: [], conflicts: [] };
  const before = toldOf(book, key, account);
  const folds = foldProfile(book, key, fold, partsOf(fold).kind === partsOf(key).kind ? { into: key } : {});
  // What is said of the person now must be later than all that was said.
  const told = Math.max(at, (book.profile(key).told ?? -1) + 1);
  book.setProfile(key, tidy({ ...book.profile(key), left: true, told }));
  keepAddress(book, key, before.email, account);
  const attributes = attributesOf(key, book.profile(key), account, book);
  book.setTold(key, attributes);
  const userId = nameOf(key);
  return {
    calls: [
      { type: "alias", userId, previousId: nameOf(fold), key: `core/merge/${fold}` },
      { type: "identify", userId, traits: differenceOf({}, attributes), at: told, key: "core/merge/traits" },
    ],
    folds,
    conflicts: changeOf(key, before, attributes, told),
  };
}

/** A profile no longer waits for the decision about another one. */
function setApart(book: Book, key: string, fold: string): void {
  const profile: Profile = book.profile(key);
  const apart = profile.apart?.filter((other) => other !== fold);
  book.setProfile(key, tidy({ ...profile, apart: apart?.length === 0 ? undefined : apart }));
}
