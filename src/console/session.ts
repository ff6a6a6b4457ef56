/**
 * Sessions of the console: a signed time at which they end, so that the Worker keeps nothing. The token itself is never in a cookie. Another
 * ADMIN_TOKEN ends all of them.
 */
import { decode, encode, utf8Bytes } from "../contract/verify/encoding.ts";

/** How long a session lasts, seconds. */
export const SESSION_SECONDS = 12 * 60 * 60;

/** What the key is for: the token signs nothing else with it. */
const PURPOSE = "tributary console session v1";

const HMAC = { name: "HMAC", hash: "SHA-256" };

/** Makes a session. @param now milliseconds since 1970 */
export async function beginSession(adminToken: string, now: number): Promise<string> {
  const ends = String(now + SESSION_SECONDS * 1_000);
  const signature = await crypto.subtle.sign(HMAC, await keyOf(adminToken), utf8Bytes(ends));
  return `${ends}.${encode(new Uint8Array(signature), "base64url")}`;
}

/** Whether this is a session of this token, and lasts. @param now milliseconds since 1970 */
export async function isSession(value: string, adminToken: string, now: number): Promise<boolean> {
  const [, ends = "", text = ""] = /^(\d{13,15})\.([\w-]{43})$/.exec(value) ?? [];
  const signature = decode(text, "base64url");
  if (signature === null || ends === "") return false;
  const isOurs = await crypto.subtle.verify(HMAC, await keyOf(adminToken), signature, utf8Bytes(ends));
  return isOurs && now < Number(ends) && Number(ends) <= now + SESSION_SECONDS * 1_000;
}

async function keyOf(adminToken: string): Promise<CryptoKey> {
  const token = await crypto.subtle.importKey("raw", utf8Bytes(adminToken), HMAC, false, ["sign"]);
  const derived = await crypto.subtle.sign(HMAC, token, utf8Bytes(PURPOSE));
  return crypto.subtle.importKey("raw", derived, HMAC, false, ["sign", "verify"]);
}
