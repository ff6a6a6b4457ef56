/**
 * What the verifiers share whose sender presents the secret itself.
 */
import { isSecret } from "./equality.ts";
import { type Refusal, type RequestHead, refused, type SignedRequest, type Verdict, type Verifier } from "./verifier.ts";

/** The secret that a request presents, or why it presents none. */
export type Presented = { readonly secret: string } | { readonly refusal: Refusal };

/** How a vendor sends the secret itself along. */
export interface SharedSecretScheme {
  readonly sensitive: { readonly headers?: readonly string[]; readonly query?: readonly string[] };
  readonly usesPathToken?: boolean;
  /** True where the secret is in the body. */
  readonly parsesUnproven?: boolean;
  unusable(secret: string): string | null;
  /** @param body `null` as long as it is not read @returns `null` where only the body can tell */
  present(head: RequestHead, body: Uint8Array | null): Presented | null;
  sign(request: SignedRequest, secret: string): SignedRequest;
}

/** A secret that the request contains as it is. It proves nothing about the request around it. */
export function sharedSecret(scheme: SharedSecretScheme): Verifier {
  return {
    covers: "nothing",
    signsUrl: false,
    usesPathToken: scheme.usesPathToken ?? false,
    parsesUnproven: scheme.parsesUnproven ?? false,
    needsNoBody: !(scheme.parsesUnproven ?? false),
    sensitive: { headers: scheme.sensitive.headers ?? [], query: scheme.sensitive.query ?? [] },
    unusable: scheme.unusable,
    precheck: (head): Verdict => {
      const presented = scheme.present(head, null);
      return presented !== null && "refusal" in presented ? refused(presented.refusal) : { ok: true };
    },
    verify: async (request, secrets) => {
      const presented = scheme.present(request, request.body) ?? { refusal: "missing" };
      if ("refusal" in presented) return refused(presented.refusal);
      return (await isSecret(presented.secret, secrets)) ? { ok: true } : refused("mismatch");
    },
    sign: async (request, secret) => scheme.sign(request, secret),
  };
}

/** Longest secret that is compared, characters: no vendor's is near it. */
const LONGEST_SECRET = 4096;

/** What is found at the one place where the secret should stand. */
export function presented(text: string | null): Presented {
  if (!text) return { refusal: "missing" };
  return text.length > LONGEST_SECRET ? { refusal: "malformed" } : { secret: text };
}
