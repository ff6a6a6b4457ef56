/**
 * Tokens for tests, made by other means than the verifier's.
 */
import { demoPrivateKeyBytes } from "../../src/contract/verify/demo-private-keys.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";

const PARAMETERS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
} as const;

/** A token that the demo's private key signed. */
export async function signedToken(
  claims: unknown,
  header: unknown = { alg: "RS256", kid: "1" },
  algorithm: "RS256" | "ES256" = "RS256",
): Promise<string> {
  const signed = [header, claims].map((part) => encode(utf8Bytes(JSON.stringify(part)), "base64url")).join(".");
  const parameters = PARAMETERS[algorithm];
  const key = await crypto.subtle.importKey("pkcs8", demoPrivateKeyBytes(algorithm), parameters, false, ["sign"]);
  return `${signed}.${encode(new Uint8Array(await crypto.subtle.sign(parameters, key, utf8Bytes(signed))), "base64url")}`;
}
