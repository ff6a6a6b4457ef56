/**
 * Combines two verifiers, of which one must accept.
 */
import type { Verdict, Verifier } from "./verifier.ts";

/**
 * One of two is enough, with the same secrets: a vendor whose senders do not agree on what they sign.
 * @param one signs, and its refusal is reported where both refuse for different reasons
 * @throws TypeError if they cover different parts of the request: a request could then pass with the weaker one
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
