/**
 * People who were deleted in Customer.io: late events about them do not make them anew.
 */
import type { Account } from "../config/model.ts";
import type { Draft } from "../contract/drafts.ts";
import type { Book } from "../identity/book.ts";
import { partsOf } from "../identity/identifiers.ts";
import { type Deletion, isGone, joinProfiles, sourceOf, tidy } from "../identity/profile.ts";
import { nameOf, type Resolution } from "../identity/resolve.ts";
import type { UnstampedCall } from "../pipelines/stamp.ts";
import { ownsPerson, type RecordInput, remains } from "./record.ts";

/** The deletion of a person who is gone; `null` if they are not. It may have named them only by an id whose user became known later. */
export function deletionOf(book: Book, { key, formerKeys }: Resolution): Deletion | null {
  const ids = formerKeys.filter((former) => {
    const { deleted } = book.profile(former);
    return deleted !== undefined && former !== key && deleted.source === sourceOf(former);
  });
  const whole = ids.map((id) => book.profile(id)).reduce(joinProfiles, book.profile(key));
  return isGone(whole) ? (whole.deleted ?? null) : null;
}

/** Whether a draft shows that a deleted person came back: the source that deleted them names them anew. */
export function isReturn(deleted: Deletion, draft: Draft, { source, account, resolution, at }: RecordInput): boolean {
  if (deleted.source !== source.name || at <= deleted.at) return false;
  return draft.kind === "identify" && ownsPerson(source, account, resolution);
}

/** The profiles that are known to be the same person, and exist apart in Customer.io. */
export function apartFrom(book: Book, key: string): readonly string[] {
  const found = new Set([key]);
  for (const one of found) for (const other of book.profile(one).apart ?? []) found.add(other);
  return [...found].slice(1);
}

/** Deletes what other sources made of a person before it was known that they are gone. */
export function deleteLate(
  book: Book,
  { key, formerKeys }: Pick<Resolution, "key" | "formerKeys">,
  deleted: Deletion,
  account: Account,
): readonly UnstampedCall[] {
  const deleter = account.sources.get(deleted.source);
  const isSuppressed = deleter?.ok === true && deleter.source.options.onDelete === "suppress";
  const keys = [key, ...formerKeys].filter((one) => one === key || partsOf(one).kind === "email");
  return [...new Set(keys)].flatMap((one): readonly UnstampedCall[] => {
    const profile = book.profile(one);
    if (one !== key && profile.left !== true) return [];
    book.setProfile(one, tidy({ ...remains(profile), deleted }));
    if (profile.left !== true || partsOf(one).kind === "anonymous") return [];
    const event = isSuppressed ? "User Suppressed" : "User Deleted";
    return [{ type: "track", userId: nameOf(one), event, properties: {}, action: true, key: `core/late/${one}` }];
  });
}
