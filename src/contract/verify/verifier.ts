/**
 * What a verifier is. Every primitive in this folder makes one; it checks *and* signs, so that tests and `npm run send` speak for every vendor.
 */

/** What the signature proves: the body, a signed nonce beside it, or nothing but knowledge of the secret. */
export type Covers = "body" | "nonce" | "nothing";

/** A request as its sender signed it. */
export interface SignedRequest {
  readonly method: string;
  /** The configured public URL with path and raw query; the empty string where no `public_url` is configured. */
  readonly url: string;
  readonly headers: Headers;
  readonly query: URLSearchParams;
  /** The last segment of `/hooks/:account/:source/:token`, if there was one. */
  readonly pathToken: string | null;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The part of a request that is known before its body is read. */
export type RequestHead = Omit<SignedRequest, "body">;

/** Why a request was refused. One uniform answer hides the difference from the caller; the log line names it. */
export type Refusal = "missing" | "malformed" | "stale" | "mismatch";

/** The end of a verification. `nonce` is a signed delivery id, where the scheme has one. */
export type Verdict = { readonly ok: true; readonly nonce?: string } | { readonly ok: false; readonly refusal: Refusal };

/** A way to know that a request comes from the vendor. */
export interface Verifier {
  readonly covers: Covers;
  /** True where the signed text holds the URL: the source then needs `public_url`. */
  readonly signsUrl: boolean;
  /** True where the secret stands in the path: only then is a path token accepted. */
  readonly usesPathToken: boolean;
  /** Names, lower case, of the headers and query fields that carry a signature or secret: never stored, never logged. */
  readonly sensitive: { readonly headers: readonly string[]; readonly query: readonly string[] };
  /**
   * Why this secret cannot be used (too short, not decodable), for the operator; `null` when it can.
   * @param secret one secret, already matched against the adapter's format
   */
  unusable(secret: string): string | null;
  /**
   * What the headers alone decide: presence, form and freshness of the signature.
   * @param now milliseconds since 1970
   */
  precheck(head: RequestHead, now: number): Verdict;
  /**
   * Checks the raw bytes against every secret (rotation), in constant time for each.
   * @param now milliseconds since 1970
   */
  verify(request: SignedRequest, secrets: readonly string[], now: number): Promise<Verdict>;
  /**
   * Gives the request as the vendor would send it: signature, timestamp and token in place.
   * @param now milliseconds since 1970
   */
  sign(request: SignedRequest, secret: string, now: number): Promise<SignedRequest>;
}

/** A verdict of refusal. */
export function refused(refusal: Refusal): Verdict {
  return { ok: false, refusal };
}
