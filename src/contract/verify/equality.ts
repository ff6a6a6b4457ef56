/**
 * Comparisons in constant time.
 */
import { utf8Bytes } from "./encoding.ts";

/** Are two texts equal? Compares all bytes of their hashes, so timing does not reveal whether or where they differ. */
export async function isSameText(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([hashOf(one), hashOf(other)]);
  return isSameBytes(left, right);
}

/** Are these bytes equal? Compares all of them: timing reveals only different lengths. */
export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  const { length } = one;
  let difference = length ^ other.length;
  for (let index = 0; index < length; index += 1) difference |= (one[index] ?? -1) ^ (other[index] ?? -1);
  return difference === 0;
}

/**
 * Is this expected signature among those of a request? Compares each one completely.
 * @param signatures all of the expected length
 */
export function isOneOf(own: ArrayBuffer, signatures: readonly Uint8Array[]): boolean {
  const bytes = new Uint8Array(own);
  return signatures.map((signature) => isSameBytes(bytes, signature)).reduce((found, isSame) => found || isSame, false);
}

/** Is this text one of the secrets? Compares all of them; an empty secret matches nothing. */
export async function isSecret(text: string, secrets: readonly string[]): Promise<boolean> {
  const [own, ...hashes] = await Promise.all([text, ...secrets].map(hashOf));
  const answers = hashes.map((hash) => own !== undefined && isSameBytes(own, hash));
  return answers.some((isSame, index) => isSame && secrets[index] !== "");
}

async function hashOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8Bytes(text)));
}
