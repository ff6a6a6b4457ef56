/**
 * The verifier interface, implemented by every scheme in this folder. It checks *and* signs: tests and `npm run send` can act as any vendor.
 */

/** What the signature covers: the body, only a nonce next to it, or nothing (it proves only that the sender knows the secret). */
export type Covers = "body" | "nonce" | "nothing";

/** A request as signed by its sender. */
export interface SignedRequest {
  readonly method: string;
  /** The configured public URL with path and raw query; empty if no `public_url` is configured. */
  readonly url: string;
  readonly headers: Headers;
  readonly query: URLSearchParams;
  /** The token in `/hooks/:account/:source/:token`, if any. */
  readonly pathToken: string | null;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The part of a request that is known before its body is read. */
export type RequestHead = Omit<SignedRequest, "body">;

/**
 * Why a request was refused. The caller gets one uniform answer; the log line names the reason.
 * `no_key` says nothing about the request: the vendor's public key is currently unavailable.
 */
export type Refusal = "missing" | "malformed" | "stale" | "mismatch" | "no_key";

/** The result of a verification. `nonce` is the signed delivery id, if the scheme has one. */
export type Verdict = { readonly ok: true; readonly nonce?: string } | { readonly ok: false; readonly refusal: Refusal };

/** Public keys that a vendor publishes. The core fetches them: see `src/ingest/remote-keys.ts`. */
export interface RemoteKeys {
  /**
   * The text at an https address that the adapter derives from its secret; cached.
   * @param lacking the cached text, which lacks the key: fetches a newer one, at most once a minute
   * @returns `null` if currently unavailable
   */
  read(url: string, lacking?: string): Promise<string | null>;
  /**
   * The text at an https address that the request names, after the adapter checked it against its declared hosts and path. Attackers can name
   * many: addresses without a success so far count against the sender's share of attempts.
   * @returns `null` if currently unavailable
   */
  readNamed(url: string): Promise<string | null>;
}

/** Verifies that a request comes from the vendor. */
export interface Verifier {
  readonly covers: Covers;
  /** True if the signed text contains the URL: the source then needs `public_url`. */
  readonly signsUrl: boolean;
  /** True if the secret is in the path: only then is a path token accepted. */
  readonly usesPathToken: boolean;
  /** True if the body is read before verification, because it holds the signature or secret or only a part of it is covered. */
  readonly parsesUnproven: boolean;
  /** True if the head alone authenticates the sender: `verify` then ignores the body. */
  readonly needsNoBody: boolean;
  /** Names, lower case, of the headers and query fields that hold a signature or secret: never stored or logged. */
  readonly sensitive: { readonly headers: readonly string[]; readonly query: readonly string[] };
  /**
   * The adapter's `secret.demo`, if secrets can only verify (a public key, or a pointer to one). `sign` works only with this one, whose private
   * key is public; it is refused outside local runs.
   */
  readonly demoSecret?: string;
  /**
   * Tells the operator why this secret cannot be used (too short, not decodable); `null` if it can.
   * @param secret one secret that matches the adapter's format
   */
  unusable(secret: string): string | null;
  /**
   * Checks what the headers alone can decide: presence, format and freshness of the signature.
   * @param now milliseconds since 1970
   */
  precheck(head: RequestHead, now: number): Verdict;
  /**
   * Checks the raw bytes against every secret (for rotation), each in constant time.
   * @param now milliseconds since 1970
   * @param keys source of published keys; without it, none are available
   */
  verify(request: SignedRequest, secrets: readonly string[], now: number, keys?: RemoteKeys): Promise<Verdict>;
  /**
   * Signs the request as the vendor would: adds signature, timestamp and token.
   * @param now milliseconds since 1970
   * @throws TypeError if `secret` can only verify, or the request lacks a signed part
   */
  sign(request: SignedRequest, secret: string, now: number): Promise<SignedRequest>;
}

/** A verdict of refusal. */
export function refused(refusal: Refusal): Verdict {
  return { ok: false, refusal };
}
