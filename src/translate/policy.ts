/**
 * How facts of a source are read.
 */
import type { Source } from "../config/model.ts";
import type { SubjectPolicy } from "../identity/subject.ts";

/** Where a source's identifiers are, and how far its addresses are trusted. */
export function policyOf({ name, options }: Source): SubjectPolicy {
  return { source: name, userIdFrom: options.userIdFrom, emailTrust: options.emailTrust };
}
