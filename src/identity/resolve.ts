/**
 * Resolves facts to the person that they are about.
 */
import type { PersonFacts, Trust } from "../contract/facts.ts";
import { type BookView, EMPTY_BOOK } from "./book.ts";
import { userKeyOf } from "./identifiers.ts";
import { type Links, type Stated, targetOf } from "./links.ts";
import { firstOf, type Subject, type SubjectPolicy, subjectOf } from "./subject.ts";

/** Settings of the workspace and the source that affect a resolution. */
export interface IdentityPolicy extends SubjectPolicy {
  /** Which identifiers the workspace uses. */
  readonly identifiers: "email_and_id" | "id" | "email";
}

/** The identifier of a call: exactly one of the two, as the Pipelines API defines them. */
export type Identity = { readonly userId: string } | { readonly anonymousId: string };

/** A resolved person. */
export interface Resolution {
  readonly identity: Identity;
  /** The company's own user id, even if the workspace does not identify people by it; `null` if it is unknown. */
  readonly userId: string | null;
  /** The valid e-mail address in the facts, lower case; `null` if there is none. */
  readonly email: string | null;
  /** `claimed` if only an unverified address led to this identity. */
  readonly trust: Trust;
  /** Whether the person is known: by a user id, or by an address from a source that may create people. */
  readonly isKnown: boolean;
  /** Anonymous ids that earlier calls about this person may have used. */
  readonly anonymousIds: readonly string[];
}

/**
 * Finds the person that facts are about. The first match counts: the user id in the facts; a user id linked to one of the ids; the user id
 * that owns the e-mail address; an address linked to one of the ids; a valid address in the facts; an anonymous id made of the vendor's id
 * of the person. If there is a verified address, claimed ones are ignored. In an `id` workspace an address never identifies a person; in an
 * `email` workspace the user's address does instead of the user id.
 * @param book must already contain these facts
 * @returns `null` if the facts name no person. The same facts and book always give the same answer.
 */
export function resolvePerson(facts: PersonFacts, policy: IdentityPolicy, book: BookView = EMPTY_BOOK): Resolution | null {
  const subject = subjectOf(facts, policy);
  const candidates = candidatesOf(subject, book);
  const addresses = strongest([...candidates.map(({ links }) => targetOf(links.email)), subject.email]);
  const user: Stated | null =
    (subject.userId === null ? null : { value: subject.userId, trust: "verified" }) ??
    firstOf(candidates, ({ links }) => targetOf(links.user)) ??
    firstOf(addresses, (address) => ownerOf(address, book));

  const identifier = identifierOf(user, addresses[0] ?? null, policy, book);
  const anonymousIds = candidates.flatMap(({ person }) => person ?? []);
  const rest = { userId: user?.value ?? null, email: subject.email?.value ?? null, anonymousIds };
  if (identifier !== null) {
    const isKnown = user !== null || book.address(identifier.value) !== null;
    return { identity: { userId: identifier.value }, ...rest, trust: identifier.trust, isKnown };
  }
  const anonymousId = anonymousIds[0];
  return anonymousId === undefined ? null : { identity: { anonymousId }, ...rest, trust: "verified", isKnown: user !== null };
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

function ownerOf({ value, trust }: Stated, book: BookView): Stated | null {
  const owner = book.address(value)?.userId ?? null;
  return owner === null ? null : { value: owner, trust };
}

function identifierOf(
  user: Stated | null,
  address: Stated | null,
  { identifiers }: IdentityPolicy,
  book: BookView,
): Stated | null {
  if (identifiers === "id") return user;
  if (identifiers === "email_and_id") return user ?? address;
  const own = user === null ? null : targetOf(book.person(userKeyOf(user.value)).email);
  return own === null || user === null ? address : { value: own.value, trust: user.trust };
}
