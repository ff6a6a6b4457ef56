/**
 * What Customer.io has been told of a profile, and what it may refuse of what is told next.
 */
import type { Account } from "../config/model.ts";
import type { Properties, Value } from "../contract/drafts.ts";
import { attributesOf } from "../identity/attributes.ts";
import type { Book } from "../identity/book.ts";
import { emailKeyOf, partsOf } from "../identity/identifiers.ts";
import { addressesOf, tidy } from "../identity/profile.ts";
import type { Conflict } from "./merges.ts";

/** The attributes that Customer.io has been told of a profile. */
export function toldOf(book: Book, key: string, account: Account): Properties {
  return book.told(key) ?? attributesOf(key, book.stored.profile(key), account, book.stored);
}

/**
 * A user whose new address another profile still has keeps the former one until that is decided: without any, nothing could reach them.
 * @param former the address that Customer.io has
 */
export function keepAddress(book: Book, key: string, former: Value | undefined, account: Account): void {
  if (typeof former !== "string" || partsOf(key).kind !== "user" || account.identifiers === "email") return;
  setKept(book, key, undefined);
  const isLeft = attributesOf(key, book.profile(key), account, book).email === undefined;
  if (isLeft && addressesOf(book.profile(key)).length > 0) setKept(book, key, former);
}

function setKept(book: Book, key: string, kept: string | undefined): void {
  if (book.profile(key).kept !== kept) book.setProfile(key, tidy({ ...book.profile(key), kept }));
}

/** A known person's address becomes another: the workspace may forbid it, and Customer.io's answer does not say so. */
export function changeOf(key: string, before: Properties, news: Properties, at: number): readonly Conflict[] {
  const [from, to] = [before.email, news.email];
  return typeof from === "string" && typeof to === "string" && from !== to
    ? [{ keep: key, fold: emailKeyOf(from), reason: "address_change", at }]
    : [];
}
