/**
 * Which user an address leads to.
 */
import type { BookView } from "./book.ts";
import { userKeyOf } from "./identifiers.ts";
import { addressesOf, isDead } from "./profile.ts";

/** Who holds an address: one user; no one; or several living users, so that it leads to none of them. */
export type Holder =
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "none" }
  | { readonly kind: "shared"; readonly userIds: readonly string[] };

/**
 * The holder of an address. Of the users that verified facts stated with it, those count who live, and of these the ones whose address it still
 * is. A user who was deleted gives it up. An operator's decision replaces all that.
 */
export function holderOf(address: string, book: BookView): Holder {
  const links = book.address(address);
  if (links === null || (links.decided === null && !links.isCrowd && links.users.length === 0)) return { kind: "none" };
  if (links.decided !== null)
    return links.decided.userId === null ? { kind: "shared", userIds: [] } : { kind: "user", userId: links.decided.userId };
  if (links.isCrowd) return { kind: "shared", userIds: [] };
  const users = [...new Set(links.users.map(([userId]) => settledUser(userId, book)))];
  const living = users.filter((userId) => !isDead(book.profile(userKeyOf(userId))));
  const current = living.filter((userId) => addressesOf(book.profile(userKeyOf(userId))).includes(address));
  const left = [current, living, users].find(({ length }) => length > 0) ?? [];
  const [first] = left;
  if (first === undefined) return { kind: "none" };
  // Of users who are all deleted the last one had it.
  return left.length === 1 || living.length === 0
    ? { kind: "user", userId: first }
    : { kind: "shared", userIds: left.toSorted() };
}

/** The user under whose id another one goes on. */
function settledUser(userId: string, book: BookView): string {
  const key = userKeyOf("");
  const into = book.profile(userKeyOf(userId)).into ?? "";
  return into.startsWith(key) ? into.slice(key.length) : userId;
}
