/**
 * Common parts of verifiers whose sender presents the secret itself.
 */
import { isSecret } from "./equality.ts";
import { type Refusal, type RequestHead, refused, type SignedRequest, type Verdict, type Verifier } from "./verifier.ts";

/** The secret that a request presents, or why there is none. */
export type Presented = { readonly secret: string } | { readonly refusal: Refusal };

/** How a vendor sends the secret itself. */
export interface SharedSecretScheme {
  readonly sensitive: { readonly headers?: readonly string[]; readonly query?: readonly string[] };
  readonly usesPathToken?: boolean;
  /** True if the secret is in the body. */
  readonly parsesUnproven?: boolean;
  unusable(secret: string): string | null;
  /** @param body `null` until it is read @returns `null` if it takes the body to decide */
  present(head: RequestHead, body: Uint8Array | null): Presented | null;
  sign(request: SignedRequest, secret: string): SignedRequest;
}

/** A secret that the request contains in clear. It proves nothing about the rest of the request. */
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

/** Maximum length of a compared secret, characters: far longer than any vendor's. */
const LONGEST_SECRET = 4096;

/** Judges what was found where the secret should be. */
export function presented(text: string | null): Presented {
  if (!text) return { refusal: "missing" };
  return text.length > LONGEST_SECRET ? { refusal: "malformed" } : { secret: text };
}
