/**
 * The identifiers in the facts of an event.
 */
import type { IdFact, PersonFacts, Trust } from "../contract/facts.ts";
import { anonymousIdOf, emailOf, userIdOf } from "./identifiers.ts";
import type { Stated } from "./links.ts";

/** Where the identifiers are in a source's facts, and how far its addresses are trusted. */
export interface SubjectPolicy {
  /** The source's name: the first part of every key. */
  readonly source: string;
  /** Paths into a person's record that hold the company's own user id. */
  readonly userIdFrom: readonly string[];
  /** The operator's word about the source's addresses; what the adapter says if it is left out. */
  readonly emailTrust?: Trust | undefined;
}

/** The usable identifiers in facts. */
export interface Subject {
  /** The company's own user id. */
  readonly userId: string | null;
  readonly email: Stated | null;
  /** Keys of the vendor's ids of the person, `<source>:<kind>:<id>`. */
  readonly people: readonly string[];
  /** Keys of references to the person, `<source>:<kind>:<id>`. */
  readonly references: readonly string[];
  /** Keys of ids that the vendor merged into this person. */
  readonly merged: readonly string[];
  /** User ids that the company merged into this one. */
  readonly mergedUsers: readonly string[];
}

/** No identifiers. */
export const NO_SUBJECT: Subject = { userId: null, email: null, people: [], references: [], merged: [], mergedUsers: [] };

/** Reads the usable identifiers in facts. Invalid ones are left out. */
export function subjectOf(facts: PersonFacts, { source, userIdFrom, emailTrust }: SubjectPolicy): Subject {
  const keysOf = (ids: readonly IdFact[], role: IdFact["role"]): readonly string[] => {
    const keys: string[] = [];
    for (const fact of ids) {
      const key = fact.role === role ? anonymousIdOf(source, fact.kind, fact.id) : null;
      if (key !== null) keys.push(key);
    }
    return keys.length < 2 ? keys : [...new Set(keys)];
  };
  const stated = userIdFrom.map((path) => valueAt(facts.record, path));
  const userId = firstOf(stated, userIdOf);
  const people = keysOf(facts.ids, "person");
  return {
    userId,
    email: addressOf(facts, stated, userId, emailTrust),
    people,
    references: keysOf(facts.ids, "reference"),
    merged: keysOf(facts.merged ?? [], "person").filter((key) => !people.includes(key)),
    mergedUsers: (facts.mergedUserIds ?? []).flatMap((id) => userIdOf(id) ?? []).filter((id) => id !== userId),
  };
}

/** The address in facts. A user id that is one is an address: the company's own code wrote it. */
function addressOf(
  { email }: PersonFacts,
  stated: readonly unknown[],
  userId: string | null,
  emailTrust: Trust | undefined,
): Stated | null {
  const asUserId = userId === null ? firstOf(stated, (value) => (typeof value === "string" ? emailOf(value) : null)) : null;
  if (asUserId !== null) return { value: asUserId, trust: "verified" };
  const address = emailOf(email?.value);
  if (address === null || email === undefined) return null;
  const said = email.trust === "with_user_id" ? (userId === null ? "claimed" : "verified") : email.trust;
  return { value: address, trust: emailTrust ?? said };
}

/** The first result that is not `null`; `null` if there is none. */
export function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): Found | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

/** The value at a dotted path of own properties. */
function valueAt(record: unknown, path: string): unknown {
  let value = record;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}
