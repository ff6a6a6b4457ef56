/**
 * The identifiers in the facts of an event.
 */
import type { PersonFacts } from "../contract/facts.ts";
import { anonymousIdOf, emailOf, userIdOf } from "./identifiers.ts";
import type { Stated } from "./links.ts";

/** Where the identifiers are in a source's facts. */
export interface SubjectPolicy {
  /** The source's name: the first part of every key. */
  readonly source: string;
  /** Paths into a person's record that hold the company's own user id. */
  readonly userIdFrom: readonly string[];
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
}

/** Reads the usable identifiers in facts. Invalid ones are left out. */
export function subjectOf(facts: PersonFacts, { source, userIdFrom }: SubjectPolicy): Subject {
  const address = emailOf(facts.email?.value);
  const keysOf = (role: "person" | "reference"): readonly string[] =>
    facts.ids.flatMap((fact) => (fact.role === role ? (anonymousIdOf(source, fact.kind, fact.id) ?? []) : []));
  return {
    userId: firstOf(userIdFrom, (path) => userIdOf(valueAt(facts.record, path))),
    email: address === null ? null : { value: address, trust: facts.email?.trust ?? "claimed" },
    people: keysOf("person"),
    references: keysOf("reference"),
  };
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
