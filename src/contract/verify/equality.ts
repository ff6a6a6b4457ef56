/**
 * Comparisons in constant time.
 */
import { utf8Bytes } from "./encoding.ts";

/** Are two texts the same? Their hashes are compared, byte by byte to the end: the time taken tells nothing of where or whether they differ. */
export async function isSameText(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([hashOf(one), hashOf(other)]);
  return isSameBytes(left, right);
}

/** Are these the same bytes? All of them are compared: of what differs the time taken tells the lengths alone. */
export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  const difference = one.reduce((found, byte, index) => found | (byte ^ (other[index] ?? -1)), 0);
  return difference === 0 && one.length === other.length;
}

/**
 * Is this signature, which only we can make, among those that a request brings? Each is compared to its end.
 * @param signatures of the same length
 */
export function isOneOf(own: ArrayBuffer, signatures: readonly Uint8Array[]): boolean {
  const bytes = new Uint8Array(own);
  return signatures.map((signature) => isSameBytes(bytes, signature)).reduce((found, isSame) => found || isSame, false);
}

/** Is this text one of the secrets? All of them are compared; an empty one is no secret. */
export async function isSecret(text: string, secrets: readonly string[]): Promise<boolean> {
  const [own, ...hashes] = await Promise.all([text, ...secrets].map(hashOf));
  const answers = hashes.map((hash) => own !== undefined && isSameBytes(own, hash));
  return answers.some((isSame, index) => isSame && secrets[index] !== "");
}

async function hashOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8Bytes(text)));
}
