/**
 * Merges what was known and sent of a person under other identifiers into the profile that they have now. What Customer.io must be told so that it
 * merges them too becomes merge calls; what it cannot merge without losing something irreversibly is a conflict.
 */
import type { Account } from "../config/model.ts";
import type { Trust } from "../contract/facts.ts";
import type { Book } from "../identity/book.ts";
import { emailKeyOf, type KeyParts, partsOf } from "../identity/identifiers.ts";
import type { ChangedAddress } from "../identity/learn.ts";
import { joinProfiles, type Profile, sourceOf, tidy } from "../identity/profile.ts";
import { nameOf, type Resolution } from "../identity/resolve.ts";
import type { UnstampedCall } from "../pipelines/stamp.ts";

/** One person who exists twice in Customer.io. */
export interface Conflict {
  /** The key of the profile that the person has. */
  readonly keep: string;
  /** The key of the other one. */
  readonly fold: string;
  readonly reason: ConflictReason;
  /** When the fact that showed it was true, milliseconds since 1970. */
  readonly at: number;
}

/**
 * `address_left_first`: an address became a person before the user id that it belongs to was known. `address_changed`: the former and the present
 * address of a person became people. `merged`: the vendor merged two people who both became people here. `address_taken`: a user has an address
 * that another, deleted or sharing it, still has in Customer.io. `address_change`: an address was changed, which the workspace may forbid; told
 * once.
 */
export type ConflictReason = "address_left_first" | "address_changed" | "merged" | "address_taken" | "address_change";

/** A profile went on under another key. Conflicts that name it are about the other one now; one between the two is decided. */
export interface Fold {
  readonly former: string;
  readonly key: string;
}

/** A conflict after one of its two profiles went on under another key; `null` if the two are one now. A person with a user id is kept. */
export function followedBy({ keep, fold, reason, at }: Conflict, { former, key }: Fold): Conflict | null {
  const other = keep === former ? fold : keep;
  if (other === key) return null;
  const isKept = keep === former || (partsOf(key).kind === "user" && partsOf(other).kind !== "user");
  if (!isKept) return { keep: other, fold: key, reason, at };
  return {
    keep: key,
    fold: other,
    reason: keep === former ? reason : reasonFor(partsOf(other), partsOf(key).kind === "email"),
    at,
  };
}

/** The result of merging. */
export interface Merged {
  readonly calls: readonly UnstampedCall[];
  readonly conflicts: readonly Conflict[];
  /** Of profiles that conflicts name. */
  readonly folds: readonly Fold[];
  /** The key under which Customer.io knew the profile until now; `null` if it did not. Its attributes are there already. */
  readonly knownAs: string | null;
  /** Keys of profiles that an alias folded into this one: what attributes result is not known, so all must be sent. */
  readonly folded: readonly string[];
}

/** What a merge depends on. */
export interface MergeInput {
  readonly resolution: Resolution;
  /** Addresses of this person that others replaced. */
  readonly changed: readonly ChangedAddress[];
  readonly account: Account;
  /** The name of the source that states it. */
  readonly source: string;
  readonly at: number;
}

/** Merges former profiles of a person into the present one. */
export function mergeProfiles(book: Book, { resolution, changed, account, source, at }: MergeInput): Merged {
  const { key, identity } = resolution;
  const calls: UnstampedCall[] = [];
  const conflicts: Conflict[] = [];
  const folds: Fold[] = [];
  let knownAs = book.profile(key).left === true ? key : null;
  const folded: string[] = [];
  if (!("userId" in identity)) return { calls, conflicts, folds, knownAs, folded };

  const absorb = (former: string, rest: Profile): void => {
    folds.push(...foldProfile(book, key, former, rest));
  };
  const known = (former: string): void => {
    book.setProfile(key, tidy({ ...book.profile(key), left: true }));
    knownAs = former;
  };

  for (const { former, reason, trust } of formersOf(resolution, changed)) {
    const profile = book.profile(former);
    if (former === key || profile.into !== undefined || Object.keys(profile).length === 0) continue;
    const parts = partsOf(former);
    const isPerson = isIdentifier(parts, account);
    // A user's addresses are kept under the user id, also where the workspace identifies people by address.
    if (parts.kind === "user" && account.identifiers === "email" && profile.left !== true) continue;
    const rest: Profile = isPerson && partsOf(key).kind === parts.kind ? { into: key } : {};
    if (profile.left !== true) {
      absorb(former, rest);
    } else if (!isPerson) {
      calls.push({
        type: "identify",
        userId: identity.userId,
        anonymousId: nameOf(former),
        traits: {},
        key: `core/link/${former}`,
      });
      absorb(former, parts.kind === "user" ? tidy({ addresses: profile.addresses, deleted: profile.deleted }) : {});
    } else if (knownAs === null && parts.kind === "email" && partsOf(key).kind === "user") {
      // The first call that names the user id must carry both.
      const traits = { email: parts.address };
      calls.unshift({ type: "identify", userId: identity.userId, traits, key: "core/link/email" });
      absorb(former, rest);
      known(former);
    } else if (account.merge === "auto" && (trust === "verified" || isOwn(profile, source))) {
      if (knownAs === null) calls.push({ type: "identify", userId: identity.userId, traits: {}, key: "core/link/exists" });
      calls.push({ type: "alias", userId: identity.userId, previousId: nameOf(former), key: `core/merge/${former}` });
      absorb(former, rest);
      known(key);
      folded.push(former);
    } else if (!isApart(book, key, former)) {
      setApart(book, key, former);
      setApart(book, former, key);
      conflicts.push({ keep: key, fold: former, reason, at });
    }
  }
  return { calls, conflicts, folds, knownAs, folded };
}

/**
 * Joins one profile into another in the book. What stands apart from the former one stands apart from the other from now on.
 * @param rest what stays under the former key
 * @returns the fold, if conflicts may name the former profile
 */
export function foldProfile(book: Book, key: string, former: string, rest: Profile): readonly Fold[] {
  const { apart = [] } = book.profile(former);
  const whole = joinProfiles(book.profile(key), book.profile(former));
  const others = [...(whole.apart ?? []), ...apart].filter((other) => other !== former && other !== key);
  book.setProfile(key, tidy({ ...whole, apart: toSet(others), strays: without(whole.strays, former) }));
  book.setProfile(former, rest);
  for (const other of apart) if (other !== key) replaceApart(book, other, former, key);
  const parts = partsOf(former);
  const links = parts.kind === "email" ? book.address(parts.address) : null;
  if (parts.kind === "email" && links?.left === true) {
    const { left: _, ...kept } = links;
    book.setAddress(parts.address, kept);
  }
  return apart.length === 0 ? [] : [{ former, key }];
}

interface Former {
  readonly former: string;
  readonly reason: ConflictReason;
  readonly trust: Trust;
}

function formersOf({ key, formerKeys }: Resolution, changed: readonly ChangedAddress[]): readonly Former[] {
  const isByAddress = partsOf(key).kind === "email";
  const replaced = isByAddress ? changed.filter(({ to }) => emailKeyOf(to) === key) : [];
  return [
    ...replaced.map(({ from, trust }): Former => ({ former: emailKeyOf(from), reason: "address_changed", trust })),
    ...formerKeys.map((former): Former => ({ former, reason: reasonFor(partsOf(former), isByAddress), trust: "verified" })),
  ];
}

function reasonFor({ kind }: KeyParts, isByAddress: boolean): ConflictReason {
  if (kind === "user") return "merged";
  return isByAddress ? "address_changed" : "address_left_first";
}

/** Whether the workspace identifies people by such a key. */
function isIdentifier({ kind }: KeyParts, { identifiers }: Account): boolean {
  if (kind === "user") return identifiers !== "email";
  return kind === "email" && identifiers !== "id";
}

/** Whether only this source knows the person, and nothing proves who it is: then what a visitor typed may change the address. */
function isOwn({ traits = {}, verified }: Profile, source: string): boolean {
  return verified !== true && Object.keys(traits).every((origin) => sourceOf(origin) === source);
}

function without(keys: readonly string[] | undefined, key: string): readonly string[] | undefined {
  const left = keys?.filter((other) => other !== key);
  return left?.length === 0 ? undefined : left;
}

/** Whether it is known already that these two are one person, directly or through others who are. */
function isApart(book: Book, key: string, former: string): boolean {
  const found = new Set([key]);
  for (const one of found) for (const other of book.profile(one).apart ?? []) found.add(other);
  return found.has(former);
}

function setApart(book: Book, key: string, other: string): void {
  const profile = book.profile(key);
  book.setProfile(key, tidy({ ...profile, apart: toSet([...(profile.apart ?? []), other]) }));
}

function replaceApart(book: Book, key: string, former: string, other: string): void {
  const profile = book.profile(key);
  book.setProfile(key, tidy({ ...profile, apart: toSet([...(without(profile.apart, former) ?? []), other]) }));
}

/** As profiles hold keys: each once, sorted; left out if there are none. */
function toSet(keys: readonly string[]): readonly string[] | undefined {
  return keys.length === 0 ? undefined : [...new Set(keys)].sort();
}
