import type { PersonFacts } from "../contract/facts.ts";
import { anonymousIdOf, emailOf, userIdOf } from "./identifiers.ts";

/** What decides beside the facts: the workspace's setting and the source's. */
export interface IdentityPolicy {
  /** Which identifiers the workspace uses. */
  readonly identifiers: "email_and_id" | "id" | "email";
  /** The source's name: the first part of an anonymous id. */
  readonly source: string;
  /** Paths into a person's record that hold the company's own user id. */
  readonly userIdFrom: readonly string[];
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
}

/**
 * Who the facts are about, first hit wins: the user id in the facts, a valid e-mail address in them, an anonymous id made of the vendor's
 * id of the person. In an `id` workspace an address never identifies; in an `email` workspace a user id never does.
 * @returns `null` when the facts name nobody. Nothing is random: the same facts give the same answer, always.
 */
export function resolvePerson(facts: PersonFacts, policy: IdentityPolicy): Resolution | null {
  const userId = firstOf(policy.userIdFrom, (path) => userIdOf(valueAt(facts.record, path)));
  const email = emailOf(facts.email?.value);
  const known = (policy.identifiers === "email" ? null : userId) ?? (policy.identifiers === "id" ? null : email);
  if (known !== null) return { identity: { userId: known }, userId, email };
  const people = facts.ids.filter((fact) => fact.role === "person");
  const anonymousId = firstOf(people, (fact) => anonymousIdOf(policy.source, fact.kind, fact.id));
  return anonymousId === null ? null : { identity: { anonymousId }, userId, email };
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): Found | null {
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
