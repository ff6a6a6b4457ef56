/**
 * What all signatures have in common: where they stand, what is signed, when, and by which key.
 */
import type { BodyFormat } from "../formats.ts";
import { fieldsOf } from "../parse.ts";
import { type Encoding, encode, utf8Bytes } from "./encoding.ts";
import type { Layout } from "./layouts.ts";
import {
  type HashPlace,
  holdsHash,
  type Part,
  type Parts,
  type Place,
  partsOf,
  partsRead,
  textAt,
  withHash,
  write,
} from "./message.ts";
import { readSignatures } from "./signatures.ts";
import { isFresh, readTime, type TimeUnit, writeTime } from "./times.ts";
import {
  type Covers,
  type Refusal,
  type RemoteKeys,
  type RequestHead,
  refused,
  type SignedRequest,
  type Verdict,
  type Verifier,
} from "./verifier.ts";

/** What a vendor signs, and how it writes the signature. */
export type SigningScheme = SignaturePlace & {
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
  /** Where the signed URL holds the SHA-256 of the body, hex: it stands for the body, and has to be its own. */
  readonly bodyHash?: HashPlace;
  /** How fields of the body are read: JSON unless said otherwise. */
  readonly format?: BodyFormat;
};

/** Where the signature stands: in a header, in any of several (one for each key, or an old and a new name), or in a field of the body. */
export type SignaturePlace = { readonly header: string | readonly string[] } | { readonly field: string };

/** How signatures are made and checked with the key of a secret. */
export interface SigningMethod<Key> {
  /** Begins the message of a defect. */
  readonly name: string;
  readonly demoSecret?: string;
  /** Can these bytes be a signature? */
  isSignature(bytes: Uint8Array): boolean;
  unusable(secret: string): string | null;
  /** True where the key depends on fields of the body. */
  readonly readsFields?: boolean;
  /** Why the head of a request leads to no key; `null` where nothing speaks against it. */
  refuse?(head: RequestHead): Refusal | null;
  /** Signatures of one request that are tried at the most: 16 unless said otherwise. */
  readonly mostSignatures?: number;
  /** The key that checks, or why there is none. */
  keyOf(secret: string, request: SignedRequest, now: number, keys: RemoteKeys | undefined): Promise<FoundKey<Key>>;
  /** Is one of these a signature of the message? */
  verify(key: Key, signatures: readonly Uint8Array<ArrayBuffer>[], message: Uint8Array<ArrayBuffer>): Promise<boolean>;
  /** @returns `null` where the secret cannot sign */
  sign(secret: string, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null>;
}

/** A key, or why there is none: `mismatch` where the secret is no key. */
export type FoundKey<Key> = { readonly ok: true; readonly key: Key } | { readonly ok: false; readonly refusal: Refusal };

/** What a request says about its signing. */
interface Claim {
  readonly candidates: readonly Uint8Array<ArrayBuffer>[];
  readonly timestamp: string;
  readonly id: string;
}

/** The text at a place: `null` where there is none, `undefined` where it stands in a body that is not read yet. */
type LookUp = (place: Place) => string | null | undefined;

/**
 * Printable, without white space (two ids that the platform has joined are none) and without a full stop (between id, time and body it would
 * let the signed text be cut elsewhere).
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;

/**
 * A verifier of this scheme and method.
 * @throws TypeError if the scheme contradicts itself: a time or id that is not signed, a time without tolerance, a body that is not covered
 */
export function signing<Key>(scheme: SigningScheme, method: SigningMethod<Key>): Verifier {
  const { encoding, layout, tolerance = 0, unit = "seconds", format = "json" } = scheme;
  const places: readonly Place[] =
    "field" in scheme ? [scheme] : [scheme.header].flat().map((name) => ({ header: name.toLowerCase() }));
  const isTimed = layout.timestamped || scheme.timestamp !== undefined;
  const reads = partsRead(scheme.message);
  refuseContradictions(scheme, method.name, isTimed, reads);

  const judgeTime = (now: number) => (text: string) => {
    const time = readTime(text, unit);
    if (time === null) return "malformed";
    return isFresh(time, now, tolerance, unit) ? null : "stale";
  };

  const judgeId = (text: string) => (ID.test(text) ? null : "malformed");

  const claimIn = (lookUp: LookUp, now: number): Claim | Refusal => {
    const signatures = readSignatures(places.map(lookUp), layout, encoding, method);
    if (typeof signatures === "string") return signatures;
    const timestamp = scheme.timestamp ? lookUp(scheme.timestamp) : signatures.timestamp;
    const id = scheme.id ? lookUp(scheme.id) : null;
    const refusal = (isTimed ? refusalOf(timestamp, judgeTime(now)) : null) ?? (scheme.id ? refusalOf(id, judgeId) : null);
    return refusal ?? { candidates: signatures.candidates, timestamp: timestamp ?? "", id: id ?? "" };
  };

  const messageOf = async (
    request: SignedRequest,
    secret: string,
    claim: Omit<Claim, "candidates">,
    field = fieldsOf(request.body, format),
  ): Promise<Uint8Array<ArrayBuffer> | null> => {
    const bodyHash = reads.has("bodyHash") ? await hashOf(request.body) : "";
    const parts = scheme.message(partsOf(request, format, { ...claim, secret, bodyHash }, field));
    const present = parts.filter((part) => part !== null);
    return present.length < parts.length ? null : joined(present);
  };

  return {
    covers: scheme.covers,
    signsUrl: reads.has("url") || reads.has("path"),
    usesPathToken: false,
    needsNoBody: false,
    parsesUnproven:
      method.readsFields === true ||
      [...places, scheme.timestamp, scheme.id].some((place) => place !== undefined && "field" in place) ||
      ["field", "content", "sortedForm"].some((part) => reads.has(part)),
    sensitive: { headers: places.flatMap((place) => ("header" in place ? place.header : [])), query: [] },
    ...(method.demoSecret === undefined ? {} : { demoSecret: method.demoSecret }),
    unusable: method.unusable,
    precheck: (head, now) => {
      const refusal = method.refuse?.(head) ?? null;
      if ("field" in scheme || refusal !== null) return refusal === null ? { ok: true } : refused(refusal);
      const claim = claimIn((place) => ("header" in place ? head.headers.get(place.header) : undefined), now);
      return typeof claim === "string" ? refused(claim) : { ok: true };
    },
    verify: async (request, secrets, now, keys) => {
      const field = fieldsOf(request.body, format);
      const claim = claimIn((place) => ("header" in place ? request.headers.get(place.header) : field(place.field)), now);
      if (typeof claim === "string") return refused(claim);
      if (scheme.bodyHash && !holdsHash(request, scheme.bodyHash, await hashOf(request.body))) return refused("mismatch");
      let verdict: Verdict = refused("mismatch");
      // Made once, however many secrets are tried, unless it differs between them.
      let message: Uint8Array<ArrayBuffer> | null | undefined;
      for (const secret of secrets) {
        // Only what is no key at all is passed over here: how strong a secret has to be is for `unusable` to say.
        const found = await method.keyOf(secret, request, now, keys);
        if (!found.ok) {
          if (found.refusal !== "mismatch") verdict = refused(found.refusal);
          continue;
        }
        if (message === undefined || reads.has("secret")) message = await messageOf(request, secret, claim, field);
        if (message === null) return refused("malformed");
        const isGenuine = await method.verify(found.key, claim.candidates, message);
        if (isGenuine) return scheme.id ? { ok: true, nonce: claim.id } : { ok: true };
      }
      return verdict;
    },
    sign: async (request, secret, now) => {
      const timestamp = isTimed ? writeTime(now, unit) : "";
      const id = scheme.id ? textAt(request, scheme.id, format) || crypto.randomUUID() : "";
      const timed = scheme.timestamp ? write(request, scheme.timestamp, timestamp, format) : request;
      const named = scheme.id ? write(timed, scheme.id, id, format) : timed;
      const unsigned = scheme.bodyHash ? withHash(named, scheme.bodyHash, await hashOf(named.body)) : named;
      const message = await messageOf(unsigned, secret, { timestamp, id });
      if (message === null) throw new TypeError(`${method.name}: the request lacks what is signed`);
      const signature = await method.sign(secret, message);
      const [place] = places;
      if (signature === null || !place) throw new TypeError(`${method.name}: this secret cannot sign`);
      return write(unsigned, place, layout.write(encode(signature, encoding), timestamp), format);
    },
  };
}

/** The parts one after the other. A body that is signed alone is not copied. */
function joined(parts: readonly (string | Uint8Array<ArrayBuffer>)[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) => (typeof part === "string" ? utf8Bytes(part) : part));
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

/** SHA-256, hex. */
async function hashOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", body)), "hex");
}

/** What is wrong with a text; nothing where it stands in a body that is not read yet. */
function refusalOf(text: string | null | undefined, judge: (text: string) => Refusal | null): Refusal | null {
  if (text === undefined) return null;
  return text === null || text === "" ? "missing" : judge(text);
}

/** A scheme that says one thing and signs another would be trusted for what it does not prove. */
function refuseContradictions(scheme: SigningScheme, name: string, isTimed: boolean, reads: ReadonlySet<string>): void {
  const { covers, id, timestamp, tolerance, bodyHash } = scheme;
  const isSigned = (part: "id" | "timestamp", place: Place | undefined) =>
    reads.has(part) || (covers === "body" && place !== undefined && "field" in place);
  const readsBody = bodyHash !== undefined || ["body", "bodyHash", "sortedForm", "content"].some((part) => reads.has(part));
  const problems = [
    covers === "body" && !readsBody ? "covers the body, which is not signed" : null,
    covers === "nonce" && id === undefined ? "covers a nonce, which has no place" : null,
    bodyHash !== undefined && !reads.has("url") && !reads.has("path") ? "the URL with the body's hash is not signed" : null,
    bodyHash !== undefined && "field" in scheme ? "the body's hash cannot cover the signature in it" : null,
    id !== undefined && !isSigned("id", id) ? "the id is not signed" : null,
    id === undefined && reads.has("id") ? "the signed id has no place" : null,
    isTimed && !isSigned("timestamp", timestamp) ? "the timestamp is not signed" : null,
    !isTimed && reads.has("timestamp") ? "the signed timestamp has no place" : null,
    isTimed && !(tolerance !== undefined && tolerance >= 0 && tolerance < Number.POSITIVE_INFINITY)
      ? "a timestamp needs a tolerance"
      : null,
    !isTimed && tolerance !== undefined ? "a tolerance needs a timestamp" : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new TypeError(`${name}: ${problems.join("; ")}`);
}
