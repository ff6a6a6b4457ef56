/**
 * Turns secrets into keys for HMAC, and caches the imported keys.
 */
import { counted } from "../counted.ts";
import { decode, type Encoding, utf8Bytes } from "./encoding.ts";

/** Hash functions that vendors sign with. */
export type Hash = "SHA-1" | "SHA-256" | "SHA-512";

/** How a secret's text becomes the bytes of a key. */
export interface KeyDecoding {
  /** Distinguishes decodings in the cache of imported keys. */
  readonly name: string;
  /** The bytes of the key; `null` if the text is empty or malformed. */
  decode(secret: string): Uint8Array<ArrayBuffer> | null | Promise<Uint8Array<ArrayBuffer>>;
  /** Why this secret is not a key or too weak; `null` if it can be used. */
  unusable(secret: string): string | null;
}

/** Minimum length of a secret used as text, characters. */
const SHORTEST_TEXT = 8;

/** Minimum length of a decoded secret, bytes. */
const SHORTEST_KEY = 16;

/** Maximum number of cached keys: two for each of ten sources of 200 accounts. With too few, sources that take turns import one each time. */
const KEPT_KEYS = 4_096;

/** The key is the secret's UTF-8 bytes, without the first of `prefixes` that matches. */
export function utf8(...prefixes: readonly string[]): KeyDecoding {
  const textOf = (secret: string) => strip(secret, prefixes);
  return {
    name: JSON.stringify(["utf8", ...prefixes]),
    decode: (secret) => (textOf(secret) === "" ? null : utf8Bytes(textOf(secret))),
    unusable: (secret) => tooShort(secret) ?? tooShort(textOf(secret)),
  };
}

/** The key is encoded in padded base64, after the first of `prefixes` that matches. */
export function base64(...prefixes: readonly string[]): KeyDecoding {
  return decoded("base64", prefixes);
}

/** The key is encoded in hex, after the first of `prefixes` that matches. */
export function hex(...prefixes: readonly string[]): KeyDecoding {
  return decoded("hex", prefixes);
}

/** The key is the hash of the secret's UTF-8 bytes. */
export function hashed(hash: Hash): KeyDecoding {
  return {
    name: JSON.stringify(["hashed", hash]),
    decode: async (secret) => new Uint8Array(await crypto.subtle.digest(hash, utf8Bytes(secret))),
    unusable: tooShort,
  };
}

/** Why a secret used as text is too weak; `null` if it is long enough. */
export function tooShort(secret: string, shortest = SHORTEST_TEXT): string | null {
  return secret.length < shortest ? `has ${counted(secret.length, "character")}, at least ${shortest} are needed` : null;
}

/** For each hash and decoding the imported keys of secrets. Adapters limit their number. */
const hmacKeys = new Map<Hash, Map<string, KeyMemory<CryptoKey>>>();

/** The HMAC key of a secret, imported once; `null` if the secret is not a key. Gives no promise where it is imported. */
export function hmacKey(hash: Hash, decoding: KeyDecoding, secret: string): CryptoKey | Promise<CryptoKey | null> {
  const ofHash = hmacKeys.get(hash) ?? new Map<string, KeyMemory<CryptoKey>>();
  hmacKeys.set(hash, ofHash);
  const importedOnce = ofHash.get(decoding.name) ?? keyMemory<CryptoKey>();
  ofHash.set(decoding.name, importedOnce);
  return importedOnce(secret, async () => {
    const bytes = await decoding.decode(secret);
    return bytes && crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, ["sign", "verify"]);
  });
}

/** Gives the key with this name, from the cache if possible. `null` is not cached. The name must contain everything the key depends on. */
export type KeyMemory<Key> = (name: string, importKey: () => Promise<Key | null>) => Key | Promise<Key | null>;

/** A bounded cache of imported keys; drops the oldest first. */
export function keyMemory<Key extends object>(): KeyMemory<Key> {
  const keys = new Map<string, Key>();
  const add = async (name: string, importKey: () => Promise<Key | null>): Promise<Key | null> => {
    const key = await importKey();
    if (key === null) return null;
    const oldest = keys.keys().next();
    if (keys.size >= KEPT_KEYS && !oldest.done) keys.delete(oldest.value);
    keys.set(name, key);
    return key;
  };
  return (name, importKey) => keys.get(name) ?? add(name, importKey);
}

function decoded(encoding: Encoding, prefixes: readonly string[]): KeyDecoding {
  const bytesOf = (secret: string) => {
    const bytes = decode(strip(secret, prefixes), encoding);
    return bytes === null || bytes.length === 0 ? null : bytes;
  };
  return {
    name: JSON.stringify([encoding, ...prefixes]),
    decode: bytesOf,
    unusable: (secret) => {
      const bytes = bytesOf(secret);
      if (bytes === null) return `is empty or not ${encoding}`;
      return bytes.length < SHORTEST_KEY ? `holds ${counted(bytes.length, "byte")}, at least ${SHORTEST_KEY} are needed` : null;
    },
  };
}

function strip(secret: string, prefixes: readonly string[]): string {
  const prefix = prefixes.find((candidate) => secret.startsWith(candidate)) ?? "";
  return secret.slice(prefix.length);
}
