import type { Covers, Verdict, Verifier } from "./verifier.ts";

/** What is covered, the strongest first. */
const BY_STRENGTH: readonly Covers[] = ["body", "nonce", "nothing"];

/**
 * Both have to hold, with the same secrets: a vendor that signs and also sends a token, say.
 * @param one signs first: the one that writes into body or query, if the other signs those
 */
export function all(one: Verifier, other: Verifier): Verifier {
  const both = [one, other];
  const demoSecret = one.demoSecret ?? other.demoSecret;
  return {
    covers: BY_STRENGTH.find((covers) => both.some((verifier) => verifier.covers === covers)) ?? "nothing",
    signsUrl: both.some((verifier) => verifier.signsUrl),
    usesPathToken: both.some((verifier) => verifier.usesPathToken),
    needsNoBody: both.every((verifier) => verifier.needsNoBody),
    parsesUnproven: both.some((verifier) => verifier.parsesUnproven),
    sensitive: {
      headers: both.flatMap((verifier) => verifier.sensitive.headers),
      query: both.flatMap((verifier) => verifier.sensitive.query),
    },
    ...(demoSecret === undefined ? {} : { demoSecret }),
    unusable: (secret) => one.unusable(secret) ?? other.unusable(secret),
    precheck: (head, now) => conjunction(one.precheck(head, now), other.precheck(head, now)),
    verify: async (request, secrets, now, keys) =>
      conjunction(await one.verify(request, secrets, now, keys), await other.verify(request, secrets, now, keys)),
    sign: async (request, secret, now) => other.sign(await one.sign(request, secret, now), secret, now),
  };
}

/** The first refusal, or both findings. */
function conjunction(one: Verdict, other: Verdict): Verdict {
  if (!one.ok) return one;
  return other.ok ? { ...other, ...one } : other;
}
