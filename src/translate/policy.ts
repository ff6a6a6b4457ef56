/**
 * How facts of a source are read.
 */
import type { Source } from "../config/model.ts";
import type { PersonFacts } from "../contract/facts.ts";
import { type Subject, type SubjectPolicy, subjectOf } from "../identity/subject.ts";

/** Where a source's identifiers are, and how far its addresses are trusted. */
export function policyOf({ name, options }: Source): SubjectPolicy {
  return { source: name, userIdFrom: options.userIdFrom, emailTrust: options.emailTrust };
}

const known = new WeakMap<PersonFacts, { readonly source: Source; readonly subject: Subject }>();

/** The usable identifiers in facts of a source. They are asked for several times in one translation, and read once. */
export function subjectIn(facts: PersonFacts, source: Source): Subject {
  const read = known.get(facts);
  if (read?.source === source) return read.subject;
  const subject = subjectOf(facts, policyOf(source));
  known.set(facts, { source, subject });
  return subject;
}
