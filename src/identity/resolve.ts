/**
 * Resolves facts to the person that they are about.
 */
import type { PersonFacts, Trust } from "../contract/facts.ts";
import { type BookView, EMPTY_BOOK } from "./book.ts";
import { addressKeyOf, emailKeyOf, partsOf, userKeyOf } from "./identifiers.ts";
import { type Links, type Stated, targetOf } from "./links.ts";
import { holderOf } from "./owner.ts";
import { addressesOf } from "./profile.ts";
import { firstOf, type Subject, type SubjectPolicy, subjectOf } from "./subject.ts";

/** Which identifiers the workspace uses for people. */
export type Identifiers = "email_and_id" | "id" | "email";

/** Settings of the workspace and the source that affect a resolution. */
export interface IdentityPolicy extends SubjectPolicy {
  readonly identifiers: Identifiers;
}

/** The identifier of a call: exactly one of the two, as the Pipelines API defines them. */
export type Identity = { readonly userId: string } | { readonly anonymousId: string };

/** The rules of a resolution, in order: the first that gives an identity counts. */
export const STEPS = [
  "user_in_facts",
  "user_of_id",
  "user_of_address",
  "address_of_id",
  "address_in_facts",
  "anonymous",
] as const;

/** A rule of a resolution. */
export type Step = (typeof STEPS)[number];

/** A resolved person. */
export interface Resolution {
  /** The key of the person's profile. */
  readonly key: string;
  readonly identity: Identity;
  /** The company's own user id, even if the workspace does not identify people by it; `null` if it is unknown. */
  readonly userId: string | null;
  /** The valid e-mail address in the facts; `null` if there is none. */
  readonly email: Stated | null;
  /** `claimed` if only an unverified address led to this identity. */
  readonly trust: Trust;
  /** Which rule gave the identity. */
  readonly step: Step;
  /** Whether the person is known: by a user id, or by an address from a source that may create people. */
  readonly isKnown: boolean;
  /** Keys under which earlier calls about this person may have been sent, and facts kept. */
  readonly formerKeys: readonly string[];
}

/** How many profiles may lead from one to the next. */
const LONGEST_WAY = 4;

/**
 * Finds the person that facts are about. The first match counts: the user id in the facts; a user id linked to one of the ids; the user id
 * that holds the e-mail address; an address linked to one of the ids; a valid address in the facts; an anonymous id made of the vendor's id
 * of the person. If there is a verified address, claimed ones are ignored. In an `id` workspace an address never identifies a person; in an
 * `email` workspace the user's address does instead of the user id.
 * @param book must already contain these facts
 * @returns `null` if the facts name no person, or only by references that lead to no one. The same facts and book always give the same answer.
 */
export function resolvePerson(facts: PersonFacts, policy: IdentityPolicy, book: BookView = EMPTY_BOOK): Resolution | null {
  return resolveSubject(subjectOf(facts, policy), policy.identifiers, book);
}

/** As `resolvePerson`, for facts that were read already. */
export function resolveSubject(subject: Subject, identifiers: Identifiers, book: BookView): Resolution | null {
  const candidates = candidatesOf(subject, book);
  const addresses = strongest([...candidates.map(({ links }) => targetOf(links.email)), subject.email]).map((stated) =>
    currentOf(stated, book),
  );
  const user = userOf(subject, candidates, addresses, book);
  const address = addresses.find(({ value }) => holderOf(value, book).kind !== "shared") ?? null;
  const identified = identifierOf(user, address, identifiers, book);
  const anonymousKeys = candidates.flatMap(({ person }) => person ?? []);
  const userId = user?.value ?? null;
  const { email } = subject;
  const formerKeys = formerKeysOf(subject, anonymousKeys, user, addresses, book);
  if (identified !== null) {
    const { key, trust } = identified;
    const isKnown = user !== null || (address !== null && book.address(address.value) !== null);
    const step = stepOf(subject, candidates, user !== null, key, book);
    return { key, identity: { userId: nameOf(key) }, userId, email, formerKeys, step, trust, isKnown };
  }
  const [stated] = addresses;
  const key =
    anonymousKeys[0] ??
    (user !== null && identifiers === "email" ? userKeyOf(user.value) : null) ??
    (stated === undefined ? null : addressKeyOf(stated.value));
  if (key === null) return null;
  const isOwn = key === anonymousKeys[0] || user !== null;
  return {
    key,
    identity: { anonymousId: key },
    userId,
    email,
    formerKeys,
    step: "anonymous",
    trust: isOwn ? "verified" : (stated?.trust ?? "claimed"),
    isKnown: user !== null,
  };
}

/** The identifier in a key. */
export function nameOf(key: string): string {
  const parts = partsOf(key);
  if (parts.kind === "user") return parts.userId;
  return parts.kind === "email" ? parts.address : parts.anonymousId;
}

/** Where a profile went on. */
export function settle(key: string, book: BookView): string {
  let found = key;
  for (let step = 0; step < LONGEST_WAY; step += 1) {
    const { into } = book.profile(found);
    if (into === undefined) break;
    found = into;
  }
  return found;
}

function userOf(subject: Subject, candidates: readonly Candidate[], addresses: readonly Stated[], book: BookView): Stated | null {
  const found =
    (subject.userId === null ? null : ({ value: subject.userId, trust: "verified" } as const)) ??
    firstOf(candidates, ({ links }) => targetOf(links.user)) ??
    firstOf(addresses, ({ value, trust }) => {
      const holder = holderOf(value, book);
      return holder.kind === "user" ? { value: holder.userId, trust } : null;
    });
  if (found === null) return null;
  const parts = partsOf(settle(userKeyOf(found.value), book));
  return parts.kind === "user" ? { ...found, value: parts.userId } : found;
}

/** The rule that found the person under a key. */
function stepOf(subject: Subject, candidates: readonly Candidate[], isByUser: boolean, key: string, book: BookView): Step {
  if (isByUser) {
    if (subject.userId !== null) return "user_in_facts";
    return candidates.some(({ links }) => targetOf(links.user) !== null) ? "user_of_id" : "user_of_address";
  }
  const isLinked = candidates.some(({ links }) => {
    const linked = targetOf(links.email);
    return linked !== null && emailKeyOf(currentOf(linked, book).value) === key;
  });
  return isLinked ? "address_of_id" : "address_in_facts";
}

interface Candidate {
  /** The key of the person id; `null` if only a reference leads to a person. */
  readonly person: string | null;
  readonly links: Links;
}

/** The ids to use. References are used only if the ids of the person have no links: a thing such as an order can change hands. */
function candidatesOf({ people, references }: Subject, book: BookView): readonly Candidate[] {
  const candidates = people.map((person): Candidate => ({ person, links: book.person(person) }));
  const isInformed = candidates.some(({ links }) => links.user !== null || links.email !== null);
  return isInformed ? candidates : [...candidates, ...references.map((key) => candidateBehind(key, book))];
}

/** The candidate behind a reference: the person id that it was seen with, unless the reference itself has a better link. */
function candidateBehind(key: string, book: BookView): Candidate {
  const links = book.reference(key);
  const person = targetOf(links.person);
  const isBetter = links.user !== null || (links.email?.trust === "verified" && person?.trust !== "verified");
  return person === null || isBetter ? { person: null, links } : { person: person.value, links: book.person(person.value) };
}

/** The verified addresses; if there are none, all. */
function strongest(addresses: readonly (Stated | null)[]): readonly Stated[] {
  const stated = addresses.filter((address) => address !== null);
  const verified = stated.filter(({ trust }) => trust === "verified");
  return verified.length > 0 ? verified : stated;
}

/** The address under which the person of an address goes on. */
function currentOf(stated: Stated, book: BookView): Stated {
  const parts = partsOf(settle(emailKeyOf(stated.value), book));
  return parts.kind === "email" ? { value: parts.address, trust: stated.trust } : stated;
}

function identifierOf(
  user: Stated | null,
  address: Stated | null,
  identifiers: Identifiers,
  book: BookView,
): { readonly key: string; readonly trust: Trust } | null {
  const byUser = user === null ? null : { key: userKeyOf(user.value), trust: user.trust };
  const byAddress = address === null ? null : { key: emailKeyOf(address.value), trust: address.trust };
  if (identifiers === "id") return byUser;
  if (identifiers === "email_and_id") return byUser ?? byAddress;
  if (user === null) return byAddress;
  // An address that a visitor typed may be another person's: it does not name this user.
  const own = emailOfUser(user.value, book);
  return own === null ? null : { key: emailKeyOf(own), trust: user.trust };
}

/** The address by which an `email` workspace knows a user: the newest verified one that no one else holds; `null` if there is none. */
export function emailOfUser(userId: string, book: BookView): string | null {
  const own = addressesOf(book.profile(userKeyOf(userId))).filter((address) => {
    const holder = holderOf(address, book);
    return holder.kind !== "shared" && !(holder.kind === "user" && holder.userId !== userId);
  });
  const key = own[0] === undefined ? null : settle(emailKeyOf(own[0]), book);
  return key === null ? null : nameOf(key);
}

function formerKeysOf(
  { people, merged, mergedUsers }: Subject,
  anonymousKeys: readonly string[],
  user: Stated | null,
  addresses: readonly Stated[],
  book: BookView,
): readonly string[] {
  const [identifying] = addresses;
  const held = user === null ? [] : addressesOf(book.profile(userKeyOf(user.value)));
  const own = [...held, ...addresses.map(({ value }) => value)].filter((address) => {
    const holder = holderOf(address, book);
    return user === null ? address === identifying?.value : holder.kind === "user" && holder.userId === user.value;
  });
  const found = new Set([...anonymousKeys, ...people, ...merged]);
  for (const key of [...found]) for (const tied of book.person(key).tied) found.add(tied);
  const keys: string[] = [];
  for (const address of own) keys.push(emailKeyOf(address), addressKeyOf(address) ?? emailKeyOf(address));
  if (user !== null) keys.push(userKeyOf(user.value));
  for (const userId of mergedUsers) keys.push(userKeyOf(userId));
  for (const key of keys) for (const stray of book.profile(key).strays ?? []) found.add(stray);
  for (const key of keys) found.add(key);
  return [...found];
}
