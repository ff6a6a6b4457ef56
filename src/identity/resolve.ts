import type { PersonFacts, Trust } from "../contract/facts.ts";
import { type BookView, EMPTY_BOOK } from "./book.ts";
import { userKeyOf } from "./identifiers.ts";
import { type Links, type Stated, targetOf } from "./links.ts";
import { firstOf, type Subject, type SubjectPolicy, subjectOf } from "./subject.ts";

/** What decides beside the facts and the book: the workspace's setting and the source's. */
export interface IdentityPolicy extends SubjectPolicy {
  /** Which identifiers the workspace uses. */
  readonly identifiers: "email_and_id" | "id" | "email";
}

/** Whom a call is about: exactly one of the two, as the Pipelines API reads them. */
export type Identity = { readonly userId: string } | { readonly anonymousId: string };

/** The end of a resolution. */
export interface Resolution {
  readonly identity: Identity;
  /** The company's own user id, also where the workspace does not identify by it. */
  readonly userId: string | null;
  /** The valid address among the facts, lower case. */
  readonly email: string | null;
  /** `claimed` when nothing but an address that somebody typed led to this identity. */
  readonly trust: Trust;
  /** Whether the identity is a user id, or an address that a source which may create people has stated. */
  readonly isKnown: boolean;
  /** Anonymous ids under which calls about this person may have left earlier. */
  readonly anonymousIds: readonly string[];
}

/**
 * Who the facts are about, first hit wins: the user id in the facts; a user id linked to one of the ids; the user id that owns the
 * e-mail address; an address adopted for one of the ids; a valid address in the facts; an anonymous id made of the vendor's id of the
 * person. Where a verified address is at hand, a claimed one is not looked at. In an `id` workspace an address never identifies; in an
 * `email` workspace a user id never does, the user's address does.
 * @param book what is known, these facts included
 * @returns `null` when the facts name nobody. Nothing is random: the same facts and book give the same answer, always.
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
  /** The key of the person id; `null` where a reference alone leads to somebody. */
  readonly person: string | null;
  readonly links: Links;
}

/** The ids to look at. References count only where the ids of the person are silent: a thing may pass through other hands. */
function candidatesOf({ people, references }: Subject, book: BookView): readonly Candidate[] {
  const candidates = people.map((person): Candidate => ({ person, links: book.person(person) }));
  const isInformed = candidates.some(({ links }) => links.user !== null || links.email !== null);
  return isInformed ? candidates : [...candidates, ...references.map((key) => behind(key, book))];
}

/** Whom a reference stands for: the person id it was seen with, unless something better is known of the reference itself. */
function behind(key: string, book: BookView): Candidate {
  const links = book.reference(key);
  const person = targetOf(links.person);
  const isBetter = links.user !== null || (links.email?.trust === "verified" && person?.trust !== "verified");
  return person === null || isBetter ? { person: null, links } : { person: person.value, links: book.person(person.value) };
}

/** The verified ones; where there are none, all. */
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
