/**
 * Verifies JSON Web Tokens, with a shared key or a vendor's published key set.
 */
import { CompactSign, compactVerify, createLocalJWKSet } from "jose";
import * as z from "zod";
import { type Jwt, splitJwt } from "../jwt.ts";
import { type ParseResult, parseBody, parseUnproven } from "../parse.ts";
import { demoPublicKeyBytes } from "./demo-keys.ts";
import { demoPrivateKeyBytes } from "./demo-private-keys.ts";
import { encode, utf8Bytes } from "./encoding.ts";
import { hmacKey, type KeyDecoding, keyMemory, tooShort, utf8 } from "./keys.ts";
import { type Parts, partsOf, partsRead, write } from "./message.ts";
import type { FoundKey } from "./signing.ts";
import { isFresh, readTime, type TimeUnit, writeTime } from "./times.ts";
import { type Covers, type Refusal, type RemoteKeys, refused, type SignedRequest, type Verifier } from "./verifier.ts";

/** How a vendor authenticates a request with a token (RFC 7519). The algorithm is fixed; the token's header must name the same. */
export type JwtScheme = {
  /** A header, optionally with a prefix before the token (`Bearer `); or the body, which the adapter then reads with `format: "jwt"`. */
  readonly token: { readonly header: string; readonly prefix?: string } | "body";
  /** What the token covers; must agree with `token`, `claims` and `id`. */
  readonly covers: Covers;
  /** Claims and their required values. A claim that is a list must contain the value. */
  readonly claims?: (parts: Parts) => Readonly<Record<string, string | boolean | null>>;
  /** The claim with the delivery id (`jti`), which becomes the verdict's nonce. */
  readonly id?: string;
  /** The claim with the time of signing, for tokens without `exp` (which is required otherwise). Tolerance in seconds. */
  readonly signedAt?: { readonly claim: string; readonly unit: TimeUnit; readonly tolerance: number };
} & (
  | {
      readonly algorithm: "HS256";
      /** How the secret becomes the key. Default: its UTF-8 bytes. */
      readonly key?: KeyDecoding;
    }
  | {
      readonly algorithm: "RS256" | "ES256";
      readonly keys: KeySet;
    }
);

/** Where a vendor publishes its keys (RFC 7517). */
export interface KeySet {
  /** The address. It may depend on the source's secret, for example the customer's host at the vendor. */
  url(secret: string): string;
  /** The adapter's `secret.demo`. With this secret only, the demo key replaces the key set. */
  readonly demo: string;
}

/** Tolerated clock skew, seconds. */
const LEEWAY = 30;

/** Lifetime of tokens that we sign, seconds. */
const LIFETIME = 300;

/** Maximum number of keys in a set. */
const MOST_KEYS = 100;

/** Maximum length of a token in a header, characters. */
const LONGEST_TOKEN = 8192;

const headerSchema = z.looseObject({ alg: z.string(), kid: z.string().max(255).nullish(), crit: z.never().optional() });

const seconds = z.number().transform((time) => time * 1000);

const claimsSchema = z.looseObject({ exp: seconds.optional(), nbf: seconds.optional(), iat: seconds.optional() });

/** Maximum length of a token's decoded header, bytes. */
const LONGEST_JWT_HEADER = 2048;

/** A token whose signature is not checked yet. */
interface Claimed {
  readonly token: Jwt;
  readonly text: string;
  readonly keyId: string | null;
}

type Claims = z.output<typeof claimsSchema>;

/**
 * A signed token next to the body or in its place.
 * @throws TypeError if the scheme contradicts itself
 */
export function jwt(scheme: JwtScheme): Verifier {
  const { algorithm, covers, signedAt, id } = scheme;
  const place = scheme.token === "body" ? null : { header: scheme.token.header.toLowerCase(), prefix: scheme.token.prefix ?? "" };
  const expected = scheme.claims ?? (() => ({}));
  const reads = partsRead(expected);
  const problems = [
    covers === "body" && place !== null && !reads.has("bodyHash") ? "covers the body, which is not signed" : null,
    covers === "nonce" && id === undefined ? "covers a nonce, which has no place" : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new TypeError(`jwt: ${problems.join("; ")}`);

  const inHeader = (headers: Headers) => {
    const text = place === null ? null : headers.get(place.header);
    if (!text) return "missing";
    return text.startsWith(place?.prefix ?? "") && text.length <= LONGEST_TOKEN
      ? { text: text.slice(place?.prefix.length) }
      : "malformed";
  };

  const judge = (text: string): Claimed | Refusal => {
    const token = splitJwt(text);
    if (token === null || token.header.length > LONGEST_JWT_HEADER) return "malformed";
    const header = headerSchema.safeParse(parsedOf(parseUnproven(token.header, "json")));
    if (!header.success) return "malformed";
    return header.data.alg === algorithm ? { token, text, keyId: header.data.kid ?? null } : "mismatch";
  };

  const judgeClaims = (given: unknown, now: number): { readonly claims: Claims } | Refusal => {
    const claims = claimsSchema.safeParse(given);
    return claims.success ? (refusalOfTimes(claims.data, now, signedAt) ?? { claims: claims.data }) : "malformed";
  };

  const partsFor = async (request: SignedRequest, secret: string) => {
    const hash = reads.has("bodyHash") ? await crypto.subtle.digest("SHA-256", request.body) : new ArrayBuffer(0);
    return partsOf(request, "text", { timestamp: "", id: "", secret, bodyHash: encode(new Uint8Array(hash), "hex") });
  };

  const keyOf = async (secret: string, keyId: string | null, keys: RemoteKeys | undefined): Promise<FoundKey<CryptoKey>> =>
    scheme.algorithm === "HS256"
      ? found(await hmacKey("SHA-256", scheme.key ?? utf8(), secret))
      : publishedKey(scheme, secret, keyId, keys);

  return {
    covers,
    signsUrl: reads.has("url") || reads.has("path"),
    usesPathToken: false,
    parsesUnproven: place === null,
    needsNoBody: place !== null && !["body", "bodyHash", "field", "content", "sortedForm"].some((part) => reads.has(part)),
    sensitive: { headers: place === null ? [] : [place.header], query: [] },
    ...(scheme.algorithm === "HS256" ? {} : { demoSecret: scheme.keys.demo }),
    unusable: (secret) => {
      if (scheme.algorithm === "HS256") return (scheme.key ?? utf8()).unusable(secret);
      return tooShort(secret) ?? (URL.canParse(scheme.keys.url(secret)) ? null : "leads to no address");
    },
    precheck: (head, now) => {
      if (place === null) return { ok: true };
      const found = inHeader(head.headers);
      const claimed = typeof found === "string" ? found : judge(found.text);
      const judged =
        typeof claimed === "string" ? claimed : judgeClaims(parsedOf(parseUnproven(claimed.token.claims, "json")), now);
      return typeof judged === "string" ? refused(judged) : { ok: true };
    },
    verify: async (request, secrets, now, keys) => {
      const found = place === null ? { text: new TextDecoder().decode(request.body) } : inHeader(request.headers);
      const claimed = typeof found === "string" ? found : judge(found.text);
      if (typeof claimed === "string") return refused(claimed);
      const { text, keyId } = claimed;
      let refusal: Refusal = "mismatch";
      for (const secret of secrets) {
        const key = await keyOf(secret, keyId, keys);
        if (!key.ok) {
          if (key.refusal !== "mismatch") refusal = key.refusal;
          continue;
        }
        const signed = await signedBy(key.key, algorithm, text);
        if (signed === null) continue;
        // A token in the body may be large: its claims are parsed only after the signature is verified.
        const judged = judgeClaims(parsedOf(parseBody(signed, "json")), now);
        if (typeof judged === "string") return refused(judged);
        const { claims } = judged;
        if (!agree(claims, expected(await partsFor(request, secret)))) continue;
        if (id === undefined) return { ok: true };
        const nonce = claims[id];
        return typeof nonce === "string" && nonce !== "" ? { ok: true, nonce } : refused("malformed");
      }
      return refused(refusal);
    },
    sign: async (request, secret, now) => {
      const times = signedAt
        ? { [signedAt.claim]: inUnit(writeTime(now, signedAt.unit), signedAt.unit) }
        : { iat: Math.floor(now / 1000), exp: Math.floor(now / 1000) + LIFETIME };
      const given = place === null ? parsedOf(parseBody(request.body, "json")) : null;
      const claims = {
        ...(typeof given === "object" ? given : {}),
        ...expected(await partsFor(request, secret)),
        ...(id === undefined ? {} : { [id]: crypto.randomUUID() }),
        ...times,
      };
      const key = await signingKeyOf(scheme, secret);
      if (key === null) throw new TypeError("jwt: this secret cannot sign");
      const token = new CompactSign(utf8Bytes(JSON.stringify(claims)));
      const text = await token.setProtectedHeader({ alg: algorithm, typ: "JWT" }).sign(key);
      return place === null ? { ...request, body: utf8Bytes(text) } : write(request, place, place.prefix + text, "text");
    },
  };
}

function refusalOfTimes(claims: Claims, now: number, signedAt: JwtScheme["signedAt"]): Refusal | null {
  const { exp, nbf = now, iat = now } = claims;
  if (signedAt) {
    const time = readTime(String(claims[signedAt.claim] ?? ""), signedAt.unit);
    if (time === null) return "malformed";
    if (!isFresh(time, now, signedAt.tolerance, signedAt.unit)) return "stale";
  } else if (exp === undefined) return "malformed";
  const isOver = exp !== undefined && now >= exp + LEEWAY * 1000;
  return isOver || Math.max(nbf, iat) > now + LEEWAY * 1000 ? "stale" : null;
}

/** Does every claim have its required value? */
function agree(claims: Claims, expected: Readonly<Record<string, string | boolean | null>>): boolean {
  return Object.entries(expected).every(([name, value]) => {
    const claim = Object.hasOwn(claims, name) ? claims[name] : null;
    return value !== null && (claim === value || (Array.isArray(claim) && claim.includes(value)));
  });
}

function found(key: CryptoKey | null): FoundKey<CryptoKey> {
  return key === null ? { ok: false, refusal: "mismatch" } : { ok: true, key };
}

/** The token's payload if this key signed it with this algorithm; `null` if not, or if the key is too weak. */
async function signedBy(key: CryptoKey, algorithm: JwtScheme["algorithm"], text: string): Promise<Uint8Array | null> {
  try {
    return (await compactVerify(text, key, { algorithms: [algorithm] })).payload;
  } catch {
    return null;
  }
}

/** A scheme with keys that the vendor publishes. */
type PublishedScheme = Extract<JwtScheme, { readonly keys: KeySet }>;

async function publishedKey(
  { algorithm, keys: set }: PublishedScheme,
  secret: string,
  id: string | null,
  keys: RemoteKeys | undefined,
): Promise<FoundKey<CryptoKey>> {
  if (secret === set.demo) return found(await demoKey(algorithm, "verify"));
  const url = set.url(secret);
  const known = (await keys?.read(url)) ?? null;
  if (known === null) return { ok: false, refusal: "no_key" };
  const key = await keyIn(known, algorithm, id);
  if (key !== null) return found(key);
  const newer = (await keys?.read(url, known)) ?? known;
  return found(newer === known ? null : await keyIn(newer, algorithm, id));
}

const importedOnce = keyMemory<CryptoKey>();

const keySchema = z.looseObject({ kty: z.string() });

// Entries that are not keys are skipped.
const keySetSchema = z.object({
  keys: z
    .array(z.unknown())
    .max(MOST_KEYS)
    .transform((keys) => keys.flatMap((key) => keySchema.safeParse(key).data ?? [])),
});

/**
 * The key with this id and algorithm in a key set (RFC 7517).
 * @param id `null` if the token names none: the set must then hold exactly one key
 * @returns `null` if the set has no such key
 */
async function keyIn(document: string, algorithm: PublishedScheme["algorithm"], id: string | null): Promise<CryptoKey | null> {
  return importedOnce(JSON.stringify([algorithm, document, id]), async () => {
    const set = keySetSchema.safeParse(parsedOf(parseBody(utf8Bytes(document), "json")));
    if (!set.success) return null;
    try {
      return await createLocalJWKSet(set.data)({ alg: algorithm, ...(id === null ? {} : { kid: id }) });
    } catch {
      return null;
    }
  });
}

async function signingKeyOf(scheme: JwtScheme, secret: string): Promise<CryptoKey | null> {
  if (scheme.algorithm === "HS256") return hmacKey("SHA-256", scheme.key ?? utf8(), secret);
  return secret === scheme.keys.demo ? demoKey(scheme.algorithm, "sign") : null;
}

const PARAMETERS = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const;

/** The demo key for signing or verifying. */
async function demoKey(algorithm: PublishedScheme["algorithm"], use: "sign" | "verify"): Promise<CryptoKey | null> {
  return importedOnce(JSON.stringify(["the demo's", algorithm, use]), () =>
    use === "sign"
      ? crypto.subtle.importKey("pkcs8", demoPrivateKeyBytes(algorithm), PARAMETERS[algorithm], false, [use])
      : crypto.subtle.importKey("spki", demoPublicKeyBytes(algorithm), PARAMETERS[algorithm], false, [use]),
  );
}

function inUnit(text: string, unit: TimeUnit): string | number {
  return unit === "iso" || unit === "utc" ? text : Number(text);
}

function parsedOf(result: ParseResult): unknown {
  return result.ok ? result.value : null;
}
