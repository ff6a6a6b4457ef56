import type { BodyFormat } from "../define.ts";
import { type Encoding, encode } from "./encoding.ts";
import { type Hash, hmacKey, type KeyDecoding, utf8 } from "./keys.ts";
import type { Layout } from "./layouts.ts";
import { fieldsOf, type Part, type Parts, type Place, partsOf, partsRead, textAt, write } from "./message.ts";
import { readSignatures } from "./signatures.ts";
import { isFresh, readTime, type TimeUnit, writeTime } from "./times.ts";
import { type Covers, type Refusal, refused, type SignedRequest, type Verifier } from "./verifier.ts";

/** How a vendor signs with a shared key. */
export interface HmacScheme {
  readonly hash: Hash;
  /** How the signature is written. */
  readonly encoding: Encoding;
  /** What the signature proves; it has to agree with `message`. */
  readonly covers: Covers;
  /** How the header (or field) of the signature is written. */
  readonly layout: Layout;
  /** The signed text. */
  readonly message: (parts: Parts) => readonly Part[];
  /** Where the time of signing stands, unless the layout holds it. */
  readonly timestamp?: Place;
  /** How that time is written: seconds unless said otherwise. */
  readonly unit?: TimeUnit;
  /** Seconds that the time of signing may lie in the past or the future; needed exactly where there is such a time. */
  readonly tolerance?: number;
  /** Where the signed delivery id stands: the verdict's nonce. */
  readonly id?: Place;
  /** How the secret becomes the key: its UTF-8 bytes unless said otherwise. */
  readonly key?: KeyDecoding;
  /** How fields of the body are read: JSON unless said otherwise. */
  readonly format?: BodyFormat;
}

/** Where the signature stands: in a header, in any of several (one for each key, or an old and a new name), or in a field of the body. */
export type SignaturePlace = { readonly header: string | readonly string[] } | { readonly field: string };

/** What a request says about its signing. */
interface Claim {
  readonly candidates: readonly Uint8Array<ArrayBuffer>[];
  readonly timestamp: string;
  readonly id: string;
}

/** The text at a place: `null` where there is none, `undefined` where it stands in a body that is not read yet. */
type LookUp = (place: Place) => string | null | undefined;

const DIGEST_LENGTHS: Readonly<Record<Hash, number>> = { "SHA-1": 20, "SHA-256": 32, "SHA-512": 64 };

/**
 * Printable, without white space (two ids that the platform has joined are none) and without a full stop (between id, time and body it would
 * let the signed text be cut elsewhere).
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;

/**
 * A signature made with a shared key (RFC 2104).
 * @throws TypeError if the scheme contradicts itself: a time or id that is not signed, a time without tolerance, a body that is not covered
 */
export function hmac(scheme: HmacScheme & SignaturePlace): Verifier {
  const { hash, encoding, layout, tolerance = 0, unit = "seconds", key = utf8(), format = "json" } = scheme;
  const places: readonly Place[] =
    "field" in scheme ? [scheme] : [scheme.header].flat().map((name) => ({ header: name.toLowerCase() }));
  const isTimed = layout.timestamped || scheme.timestamp !== undefined;
  const reads = partsRead(scheme.message);
  refuseContradictions(scheme, isTimed, reads);

  const judgeTime = (now: number) => (text: string) => {
    const time = readTime(text, unit);
    if (time === null) return "malformed";
    return isFresh(time, now, tolerance, unit) ? null : "stale";
  };

  const judgeId = (text: string) => (ID.test(text) ? null : "malformed");

  const claimIn = (lookUp: LookUp, now: number): Claim | Refusal => {
    const signatures = readSignatures(places.map(lookUp), layout, encoding, DIGEST_LENGTHS[hash]);
    if (typeof signatures === "string") return signatures;
    const timestamp = scheme.timestamp ? lookUp(scheme.timestamp) : signatures.timestamp;
    const id = scheme.id ? lookUp(scheme.id) : null;
    const refusal = (isTimed ? refusalOf(timestamp, judgeTime(now)) : null) ?? (scheme.id ? refusalOf(id, judgeId) : null);
    return refusal ?? { candidates: signatures.candidates, timestamp: timestamp ?? "", id: id ?? "" };
  };

  const signedBytes = async (request: SignedRequest, timestamp: string, id: string): Promise<ArrayBuffer | null> => {
    const parts = scheme.message(partsOf(request, format, timestamp, id));
    const present = parts.filter((part) => part !== null);
    return present.length < parts.length ? null : new Blob(present).arrayBuffer();
  };

  return {
    covers: scheme.covers,
    signsUrl: reads.has("url") || reads.has("path"),
    usesPathToken: false,
    sensitive: { headers: places.flatMap((place) => ("header" in place ? place.header : [])), query: [] },
    unusable: key.unusable,
    precheck: (head, now) => {
      if ("field" in scheme) return { ok: true };
      const claim = claimIn((place) => ("header" in place ? head.headers.get(place.header) : undefined), now);
      return typeof claim === "string" ? refused(claim) : { ok: true };
    },
    verify: async (request, secrets, now) => {
      const field = fieldsOf(request.body, format);
      const claim = claimIn((place) => ("header" in place ? request.headers.get(place.header) : field(place.field)), now);
      if (typeof claim === "string") return refused(claim);
      const bytes = await signedBytes(request, claim.timestamp, claim.id);
      if (bytes === null) return refused("malformed");
      for (const secret of secrets) {
        // Only what is no key at all is passed over here: how strong a secret has to be is for `unusable` to say.
        const cryptoKey = await hmacKey(hash, key, secret);
        if (cryptoKey === null) continue;
        for (const signature of claim.candidates) {
          const isGenuine = await crypto.subtle.verify("HMAC", cryptoKey, signature, bytes);
          if (isGenuine) return scheme.id ? { ok: true, nonce: claim.id } : { ok: true };
        }
      }
      return refused("mismatch");
    },
    sign: async (request, secret, now) => {
      const timestamp = isTimed ? writeTime(now, unit) : "";
      const id = scheme.id ? textAt(request, scheme.id, format) || crypto.randomUUID() : "";
      const timed = scheme.timestamp ? write(request, scheme.timestamp, timestamp, format) : request;
      const unsigned = scheme.id ? write(timed, scheme.id, id, format) : timed;
      const bytes = await signedBytes(unsigned, timestamp, id);
      const cryptoKey = await hmacKey(hash, key, secret);
      const [place] = places;
      if (cryptoKey === null || !place) throw new TypeError("hmac: the secret is no key");
      if (bytes === null) throw new TypeError("hmac: the request lacks what is signed");
      const signature = encode(new Uint8Array(await crypto.subtle.sign("HMAC", cryptoKey, bytes)), encoding);
      return write(unsigned, place, layout.write(signature, timestamp), format);
    },
  };
}

/** What is wrong with a text; nothing where it stands in a body that is not read yet. */
function refusalOf(text: string | null | undefined, judge: (text: string) => Refusal | null): Refusal | null {
  if (text === undefined) return null;
  return text === null || text === "" ? "missing" : judge(text);
}

/** A scheme that says one thing and signs another would be trusted for what it does not prove. */
function refuseContradictions(scheme: HmacScheme, isTimed: boolean, reads: ReadonlySet<string>): void {
  const { covers, id, timestamp, tolerance } = scheme;
  const isSigned = (part: "id" | "timestamp", place: Place | undefined) =>
    reads.has(part) || (covers === "body" && place !== undefined && "field" in place);
  const problems = [
    covers === "body" && !reads.has("body") && !reads.has("sortedForm") ? "covers the body, which is not signed" : null,
    covers === "nonce" && id === undefined ? "covers a nonce, which has no place" : null,
    id !== undefined && !isSigned("id", id) ? "the id is not signed" : null,
    id === undefined && reads.has("id") ? "the signed id has no place" : null,
    isTimed && !isSigned("timestamp", timestamp) ? "the timestamp is not signed" : null,
    !isTimed && reads.has("timestamp") ? "the signed timestamp has no place" : null,
    isTimed && !(tolerance !== undefined && tolerance >= 0 && tolerance < Number.POSITIVE_INFINITY)
      ? "a timestamp needs a tolerance"
      : null,
    !isTimed && tolerance !== undefined ? "a tolerance needs a timestamp" : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new TypeError(`hmac: ${problems.join("; ")}`);
}
