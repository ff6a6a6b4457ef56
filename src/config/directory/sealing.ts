/**
 * Encrypts the secrets of the directory: AES-256-GCM under keys that are derived from `DIRECTORY_KEY`. What a secret belongs to is associated data,
 * so that ciphertext that was moved to another account, source or secret does not open.
 */
import { decode, encode, utf8Bytes } from "../../contract/verify/encoding.ts";
import type { SecretKind } from "./record.ts";

/** Bytes of an initialisation vector. @see https://csrc.nist.gov/pubs/sp/800/38/d/final */
const IV_LENGTH = 12;

/** Least bytes of a key. */
const KEY_LENGTH = 32;

/** What a secret belongs to. */
export interface SecretPlace {
  /** The account's. */
  readonly uid: string;
  readonly kind: SecretKind;
  readonly source: string | null;
  readonly number: number;
}

/** Opens, seals and compares secrets. */
export interface Sealing {
  /** Encrypts under the first key. */
  seal(secret: string, place: SecretPlace): Promise<string>;
  /** Decrypts under any key; `null` where none opens it in this place. */
  open(sealed: string, place: SecretPlace): Promise<string | null>;
  /** Whether it was sealed under the first key. */
  isCurrent(sealed: string): Promise<boolean>;
  /** Tells whether two secrets are the same: one text for each key, the first key's first. */
  fingerprints(secret: string): Promise<readonly string[]>;
}

/** The bytes of a key, written as hex, base64 or base64url; `null` where it is none of them, or too short. */
export function keyBytes(text: string): Uint8Array<ArrayBuffer> | null {
  const readings = [decode(text, "hex"), decode(text, "base64"), decode(text, "base64url")];
  return readings.find((bytes) => bytes !== null && bytes.byteLength >= KEY_LENGTH) ?? null;
}

interface Derived {
  /** Names the key beside what it sealed. */
  readonly id: string;
  readonly cipher: CryptoKey;
  readonly print: CryptoKey;
}

/** Makes a sealing of keys: the first seals, all open. */
export function createSealing(keys: readonly Uint8Array<ArrayBuffer>[]): Sealing {
  let derived: readonly Derived[] | null = null;
  const all = async (): Promise<readonly Derived[]> => {
    derived ??= await Promise.all(keys.map(derive));
    return derived;
  };
  const first = async (): Promise<Derived> => {
    const [key] = await all();
    if (key === undefined) throw new Error("there is no key to seal with");
    return key;
  };
  return {
    seal: async (secret, place) => {
      const { id, cipher } = await first();
      const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH));
      const text = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: dataOf(place) }, cipher, utf8Bytes(secret));
      return [id, encode(iv, "base64url"), encode(new Uint8Array(text), "base64url")].join(".");
    },
    open: async (sealed, place) => {
      const [id, vector = "", text = ""] = sealed.split(".");
      const key = (await all()).find((one) => one.id === id);
      const [iv, bytes] = [decode(vector, "base64url"), decode(text, "base64url")];
      if (key === undefined || iv === null || bytes === null) return null;
      try {
        const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: dataOf(place) }, key.cipher, bytes);
        return new TextDecoder().decode(opened);
      } catch {
        return null;
      }
    },
    isCurrent: async (sealed) => sealed.startsWith(`${(await first()).id}.`),
    fingerprints: async (secret) =>
      Promise.all(
        (await all()).map(async ({ print }) => {
          const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", print, utf8Bytes(secret)));
          return encode(bytes.subarray(0, 8), "hex");
        }),
      ),
  };
}

function dataOf({ uid, kind, source, number }: SecretPlace): Uint8Array<ArrayBuffer> {
  return utf8Bytes(JSON.stringify(["tributary directory v1", uid, kind, source, number]));
}

async function derive(bytes: Uint8Array<ArrayBuffer>): Promise<Derived> {
  const base = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
  const bits = (purpose: string, length: number): Promise<ArrayBuffer> =>
    crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8Bytes(`tributary directory v1 ${purpose}`) },
      base,
      length,
    );
  const [id, cipher, print] = await Promise.all([bits("id", 32), bits("seal", 256), bits("fingerprint", 256)]);
  return {
    id: encode(new Uint8Array(id), "hex"),
    cipher: await crypto.subtle.importKey("raw", cipher, "AES-GCM", false, ["encrypt", "decrypt"]),
    print: await crypto.subtle.importKey("raw", print, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
  };
}
