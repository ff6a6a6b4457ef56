/**
 * Reads public keys and checks signatures with them.
 */
import type { KeyObject } from "node:crypto";
import { encode } from "./encoding.ts";
import { keyMemory } from "./keys.ts";
import { nodeCrypto } from "./node-crypto.ts";

/** Ed25519 (RFC 8032), ECDSA on P-256 with SHA-256, RSASSA-PKCS1-v1_5 with SHA-256 or, for old vendors, SHA-1. */
export type PublicKeyAlgorithm = "Ed25519" | "ES256" | "RS256" | "RS1";

/** Properties of an algorithm. */
interface Parameters {
  /** `null` if the algorithm includes its hash. */
  readonly hash: "sha256" | "sha1" | null;
  readonly keyType: "ed25519" | "ec" | "rsa";
  /** Length of a key's bytes: exact for Ed25519, minimum for the others. */
  readonly shortest: number;
}

const PARAMETERS: Readonly<Record<PublicKeyAlgorithm, Parameters>> = {
  Ed25519: { hash: null, keyType: "ed25519", shortest: 32 },
  ES256: { hash: "sha256", keyType: "ec", shortest: 91 },
  // 292 bytes: a key of 2,048 bits.
  RS256: { hash: "sha256", keyType: "rsa", shortest: 292 },
  RS1: { hash: "sha1", keyType: "rsa", shortest: 292 },
};

/** Minimum size of an RSA key, bits. */
const SHORTEST_RSA = 2048;

/** Prefix of the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410 §4). */
const ED25519_PREFIX = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/** Why these bytes are not a public key for this algorithm; `null` if they may be. */
export function unusablePublicKey(algorithm: PublicKeyAlgorithm, bytes: Uint8Array | null): string | null {
  if (bytes === null) return "is not a public key as the vendor shows it";
  const { keyType, shortest } = PARAMETERS[algorithm];
  const fits = keyType === "ed25519" ? bytes.length === shortest : bytes.length >= shortest && bytes[0] === 0x30;
  return fits ? null : `is no public key for ${algorithm}, or too short a one`;
}

const importedOnce = keyMemory<KeyObject>();

/** Reads a key: raw bytes for Ed25519, SubjectPublicKeyInfo for the others. `null` if they are not a key or too weak. */
export async function importPublicKey(algorithm: PublicKeyAlgorithm, bytes: Uint8Array<ArrayBuffer>): Promise<KeyObject | null> {
  if (unusablePublicKey(algorithm, bytes) !== null) return null;
  const spki = encode(algorithm === "Ed25519" ? Uint8Array.from([...ED25519_PREFIX, ...bytes]) : bytes, "base64");
  return importedOnce(JSON.stringify([algorithm, spki]), async () => {
    const { createPublicKey } = await nodeCrypto();
    try {
      const key = createPublicKey(pem("PUBLIC KEY", spki));
      return isKeyFor(algorithm, key) && encode(key.export({ type: "spki", format: "der" }), "base64") === spki ? key : null;
    } catch {
      return null;
    }
  });
}

/** Does this key fit the algorithm, and is it long enough? */
export function isKeyFor(algorithm: PublicKeyAlgorithm, { asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType !== PARAMETERS[algorithm].keyType) return false;
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails ?? {};
  return (
    (asymmetricKeyType !== "ec" || namedCurve === "prime256v1") && (asymmetricKeyType !== "rsa" || modulusLength >= SHORTEST_RSA)
  );
}

/** Is the signature valid? ES256 signatures are DER (RFC 3279 §2.2.3), in canonical form only. */
export async function isSignedBy(
  algorithm: PublicKeyAlgorithm,
  key: KeyObject,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { verify } = await nodeCrypto();
  return verify(PARAMETERS[algorithm].hash, message, key, signature);
}

/** Signs with a private key (PKCS #8). ES256 signatures are DER. */
export async function signWith(
  algorithm: PublicKeyAlgorithm,
  privateKey: Uint8Array,
  message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { sign } = await nodeCrypto();
  return Uint8Array.from(sign(PARAMETERS[algorithm].hash, message, pem("PRIVATE KEY", encode(privateKey, "base64"))));
}

function pem(label: "PUBLIC KEY" | "PRIVATE KEY", base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
