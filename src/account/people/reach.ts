/**
 * Which rows of the book are about one person: found from one name, along links, as far as a verified fact leads.
 */
import type { Book } from "../../identity/book.ts";
import { emailKeyOf, partsOf, userKeyOf } from "../../identity/identifiers.ts";
import { type Link, type Links, targetOf } from "../../identity/links.ts";
import { holderOf } from "../../identity/owner.ts";
import { addressesOf, sourceOf } from "../../identity/profile.ts";
import type { Resolution } from "../../identity/resolve.ts";
import type { Subject } from "../../identity/subject.ts";

/** Maximum of rows: one person has few. */
const MOST_ROWS = 200;

/** The rows about a person, by key. */
export interface Reached {
  readonly people: ReadonlySet<string>;
  readonly references: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
  readonly profiles: ReadonlySet<string>;
}

/**
 * Follows the links from the names of a subject.
 * @param idsNaming keys of ids whose links name one of these values
 */
export function reach(
  book: Book,
  subject: Subject,
  resolution: Resolution | null,
  idsNaming: (values: readonly string[]) => readonly string[],
): Reached {
  const people = new Set<string>();
  const references = new Set<string>();
  const addresses = new Set<string>();
  const profiles = new Set<string>();
  const isNew = (found: Set<string>, key: string): boolean => {
    const rows = people.size + references.size + addresses.size + profiles.size;
    if (found.has(key) || rows >= MOST_ROWS) return false;
    found.add(key);
    return true;
  };

  const addProfile = (key: string): void => {
    if (!isNew(profiles, key)) return;
    const profile = book.profile(key);
    const { into, apart = [], strays = [], traits = {}, kept } = profile;
    for (const other of [...(into === undefined ? [] : [into]), ...apart, ...strays]) addKey(other);
    for (const address of addressesOf(profile)) addAddress(address, true);
    // Customer.io still has it of them, unless it is another user's by now.
    if (kept !== undefined && isOwn(key, kept)) addAddress(kept, true);
    for (const origin of Object.keys(traits)) if (sourceOf(origin) !== "" && !origin.includes("!")) addPerson(origin);
  };
  const isOwn = (key: string, address: string): boolean => {
    const holder = holderOf(address, book);
    return holder.kind === "none" || (holder.kind === "user" && userKeyOf(holder.userId) === key);
  };
  const addKey = (key: string): void => {
    addProfile(key);
    const parts = partsOf(key);
    if (parts.kind === "anonymous") addPerson(key);
    if (parts.kind === "email") addAddress(parts.address, true);
  };
  /** @param isTheirs whether a verified fact leads there: an address that was typed may be another person's */
  const addAddress = (address: string, isTheirs: boolean): void => {
    const isAdded = isNew(addresses, address);
    if (!isTheirs) return;
    const holder = holderOf(address, book);
    if (isAdded || holder.kind === "user") addProfile(emailKeyOf(address));
    if (holder.kind === "user") addProfile(userKeyOf(holder.userId));
  };
  const addLinks = ({ user, email, person, tied }: Links): void => {
    const follow = (link: Link | null, add: (value: string, isVerified: boolean) => void): void => {
      const target = targetOf(link);
      if (target !== null) add(target.value, target.trust === "verified");
    };
    follow(user, (userId) => addProfile(userKeyOf(userId)));
    follow(email, (address, isVerified) => addAddress(address, isVerified || targetOf(user) === null));
    follow(person, (key) => addPerson(key));
    for (const other of tied) addPerson(other);
  };
  const addPerson = (key: string): void => {
    if (!isNew(people, key)) return;
    addProfile(key);
    addLinks(book.person(key));
  };

  for (const key of subject.people) addPerson(key);
  for (const key of subject.references) if (isNew(references, key)) addLinks(book.reference(key));
  if (subject.email !== null) addAddress(subject.email.value, true);
  for (const key of resolution === null ? [] : [resolution.key, ...resolution.formerKeys]) addKey(key);
  const names = [...profiles].flatMap((key) => {
    const parts = partsOf(key);
    return parts.kind === "user" ? [parts.userId] : parts.kind === "email" ? [parts.address] : [];
  });
  for (const key of idsNaming(names)) addPerson(key);
  return { people, references, addresses, profiles };
}
