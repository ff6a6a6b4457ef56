/**
 * What all signatures have in common: their place, the signed text, the time and the key.
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

/** What a vendor signs, and how it encodes the signature. */
export type SigningScheme = SignaturePlace & {
  /** Encoding of the signature. */
  readonly encoding: Encoding;
  /** What the signature covers; must agree with `message`. */
  readonly covers: Covers;
  /** Format of the signature's header or field. */
  readonly layout: Layout;
  /** The signed text. */
  readonly message: (parts: Parts) => readonly Part[];
  /** Place of the time of signing, if the layout does not hold it. */
  readonly timestamp?: Place;
  /** Format of that time. Default: seconds. */
  readonly unit?: TimeUnit;
  /** Seconds by which the time of signing may differ from now; required if and only if there is such a time. */
  readonly tolerance?: number;
  /** Place of the signed delivery id, which becomes the verdict's nonce. */
  readonly id?: Place;
  /** Where the signed URL holds the SHA-256 of the body, hex. It covers the body and must match it. */
  readonly bodyHash?: HashPlace;
  /** Format in which fields of the body are read. Default: JSON. */
  readonly format?: BodyFormat;
};

/** Place of the signature: a header, any of several headers (one for each key, or an old and a new name), or a field of the body. */
export type SignaturePlace = { readonly header: string | readonly string[] } | { readonly field: string };

/** How signatures are made and checked with a secret's key. */
export interface SigningMethod<Key> {
  /** Prefix of error messages. */
  readonly name: string;
  readonly demoSecret?: string;
  /** Could these bytes be a signature? */
  isSignature(bytes: Uint8Array): boolean;
  unusable(secret: string): string | null;
  /** True if the key depends on fields of the body. */
  readonly readsFields?: boolean;
  /** Why the head of a request rules out a key; `null` if it does not. */
  refuse?(head: RequestHead): Refusal | null;
  /** Maximum number of signatures tried per request. Default: 16. */
  readonly mostSignatures?: number;
  /** The verification key, or why there is none. Gives no promise where it is at hand. */
  keyOf(
    secret: string,
    request: SignedRequest,
    now: number,
    keys: RemoteKeys | undefined,
  ): FoundKey<Key> | Promise<FoundKey<Key>>;
  /** Is one of these a valid signature of the message? */
  verify(key: Key, signatures: readonly Uint8Array<ArrayBuffer>[], message: Uint8Array<ArrayBuffer>): Promise<boolean>;
  /** @returns `null` if the secret cannot sign */
  sign(secret: string, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null>;
}

/** A key, or why there is none: `mismatch` if the secret is not a key. */
export type FoundKey<Key> = { readonly ok: true; readonly key: Key } | { readonly ok: false; readonly refusal: Refusal };

/** What a request says about its signature. */
interface Claim {
  readonly candidates: readonly Uint8Array<ArrayBuffer>[];
  readonly timestamp: string;
  readonly id: string;
}

/** The text at a place: `null` if there is none, `undefined` if it is in a body that is not read yet. */
type LookUp = (place: Place) => string | null | undefined;

/**
 * Printable, without white space (so two joined headers are refused) and without a full stop (which separates id, time and body, so the signed
 * text could be split differently).
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;

/**
 * Makes a verifier of a scheme and a method.
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

  const messageOf = (
    request: SignedRequest,
    known: Pick<Parts, "timestamp" | "id" | "secret" | "bodyHash">,
    field = fieldsOf(request.body, format),
  ): Uint8Array<ArrayBuffer> | null => {
    const parts = scheme.message(partsOf(request, format, known, field));
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
      const bodyHash = reads.has("bodyHash") ? await hashOf(request.body) : "";
      let verdict: Verdict = refused("mismatch");
      // Built once for all secrets, unless it depends on them.
      let message: Uint8Array<ArrayBuffer> | null | undefined;
      for (const secret of secrets) {
        // Skips only secrets that are not keys; `unusable` checks their strength.
        const found = await method.keyOf(secret, request, now, keys);
        if (!found.ok) {
          if (found.refusal !== "mismatch") verdict = refused(found.refusal);
          continue;
        }
        if (message === undefined || reads.has("secret")) {
          const { timestamp, id } = claim;
          message = messageOf(request, { timestamp, id, secret, bodyHash }, field);
        }
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
      const bodyHash = reads.has("bodyHash") ? await hashOf(unsigned.body) : "";
      const message = messageOf(unsigned, { timestamp, id, secret, bodyHash });
      if (message === null) throw new TypeError(`${method.name}: the request lacks what is signed`);
      const signature = await method.sign(secret, message);
      const [place] = places;
      if (signature === null || !place) throw new TypeError(`${method.name}: this secret cannot sign`);
      return write(unsigned, place, layout.write(encode(signature, encoding), timestamp), format);
    },
  };
}

/** Joins the parts. A body that is signed alone is not copied. */
function joined(parts: readonly (string | Uint8Array<ArrayBuffer>)[]): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let text = "";
  for (const part of parts) {
    // Texts that follow each other are encoded together.
    if (typeof part === "string") text += part;
    else {
      if (text !== "") pieces.push(utf8Bytes(text));
      pieces.push(part);
      text = "";
    }
  }
  if (text !== "") pieces.push(utf8Bytes(text));
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

/** What is wrong with a text; `null` if it is in a body that is not read yet. */
function refusalOf(text: string | null | undefined, judge: (text: string) => Refusal | null): Refusal | null {
  if (text === undefined) return null;
  return text === null || text === "" ? "missing" : judge(text);
}

/** A scheme that declares more than it signs would be trusted for what it does not prove. */
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
