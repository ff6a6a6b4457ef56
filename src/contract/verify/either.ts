/**
 * Combines two verifiers: one of them must accept.
 */
import type { Verdict, Verifier } from "./verifier.ts";

/**
 * Accepts a request if one of two verifiers does, with the same secrets: for vendors whose systems sign differently.
 * @param one signs, and gives the refusal if both refuse for different reasons
 * @throws TypeError if the two cover different parts of the request: a request could then pass with the weaker one
 */
export function either(one: Verifier, other: Verifier): Verifier {
  if (one.covers !== other.covers) throw new TypeError("either: one covers less than the other");
  const verdictOf = (first: Verdict, second: Verdict): Verdict => (first.ok || !second.ok ? first : second);
  return {
    ...one,
    signsUrl: one.signsUrl || other.signsUrl,
    usesPathToken: one.usesPathToken || other.usesPathToken,
    needsNoBody: one.needsNoBody && other.needsNoBody,
    parsesUnproven: one.parsesUnproven || other.parsesUnproven,
    sensitive: {
      headers: [...new Set([...one.sensitive.headers, ...other.sensitive.headers])],
      query: [...new Set([...one.sensitive.query, ...other.sensitive.query])],
    },
    unusable: (secret) => one.unusable(secret) ?? other.unusable(secret),
    precheck: (head, now) => verdictOf(one.precheck(head, now), other.precheck(head, now)),
    verify: async (request, secrets, now, keys) => {
      const first = await one.verify(request, secrets, now, keys);
      return first.ok ? first : verdictOf(first, await other.verify(request, secrets, now, keys));
    },
  };
}
