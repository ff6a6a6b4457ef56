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
  /** What follows the source in `/hooks/:account/:source/:token`, if there was one. */
  readonly pathToken: string | null;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The part of a request that is known before its body is read. */
export type RequestHead = Omit<SignedRequest, "body">;

/**
 * Why a request was refused. One uniform answer hides the difference from the caller; the log line names it.
 * `no_key` says nothing about the request: the vendor's public key cannot be had at the moment.
 */
export type Refusal = "missing" | "malformed" | "stale" | "mismatch" | "no_key";

/** The end of a verification. `nonce` is a signed delivery id, where the scheme has one. */
export type Verdict = { readonly ok: true; readonly nonce?: string } | { readonly ok: false; readonly refusal: Refusal };

/** Public keys that a vendor publishes. The core fetches them: see `src/ingest/remote-keys.ts`. */
export interface RemoteKeys {
  /**
   * The text at an https address that the adapter makes of its secret, from memory where it is known.
   * @param lacking the text that was found there and lacks the key: a newer one is asked for, at most once a minute
   * @returns `null` where it cannot be had at the moment
   */
  read(url: string, lacking?: string): Promise<string | null>;
  /**
   * The text at an https address that the request names, after the adapter compared it with what it declares. A stranger may name many:
   * those that led nowhere so far are asked for as far as the sender's share reaches.
   * @returns `null` where it cannot be had at the moment
   */
  readNamed(url: string): Promise<string | null>;
}

/** A way to know that a request comes from the vendor. */
export interface Verifier {
  readonly covers: Covers;
  /** True where the signed text holds the URL: the source then needs `public_url`. */
  readonly signsUrl: boolean;
  /** True where the secret is in the path: only then is a path token accepted. */
  readonly usesPathToken: boolean;
  /** True where the signature or secret is in the body, or covers a part of it: the body is then read before verification. */
  readonly parsesUnproven: boolean;
  /** True where the head alone proves the sender: `verify` then looks at no body. */
  readonly needsNoBody: boolean;
  /** Names, lower case, of the headers and query fields that carry a signature or secret: never stored, never logged. */
  readonly sensitive: { readonly headers: readonly string[]; readonly query: readonly string[] };
  /**
   * For secrets that only verify (a public key, or what points to one): the demo secret, whose private key is public. `sign` works with this
   * one only, and it is refused outside local runs. It is the adapter's `secret.demo`.
   */
  readonly demoSecret?: string;
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
   * @param keys where published keys come from; without it none can be had
   */
  verify(request: SignedRequest, secrets: readonly string[], now: number, keys?: RemoteKeys): Promise<Verdict>;
  /**
   * Gives the request as the vendor would send it: signature, timestamp and token in place.
   * @param now milliseconds since 1970
   * @throws TypeError where `secret` can only check, or the request lacks what is signed
   */
  sign(request: SignedRequest, secret: string, now: number): Promise<SignedRequest>;
}

/** A verdict of refusal. */
export function refused(refusal: Refusal): Verdict {
  return { ok: false, refusal };
}
