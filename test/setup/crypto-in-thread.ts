/**
 * SHA-256 and HMAC for tests that run in Node: the same results, without Node's trip to another thread, which takes ten times as long as the hash
 * of a webhook. Tests that run in workerd use the platform's own.
 */
import { createHash, createHmac } from "node:crypto";

const { subtle } = crypto;
const platform = {
  digest: subtle.digest.bind(subtle),
  importKey: subtle.importKey.bind(subtle),
  sign: subtle.sign.bind(subtle),
};

/** What HMAC keys were made of. */
const hmacKeys = new WeakMap<CryptoKey, { readonly hash: string; readonly bytes: Uint8Array }>();

function bytesOf(data: BufferSource): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

const inThread = {
  digest: async (algorithm: AlgorithmIdentifier, data: BufferSource) =>
    algorithm === "SHA-256"
      ? new Uint8Array(createHash("sha256").update(bytesOf(data)).digest()).buffer
      : platform.digest(algorithm, data),
  importKey: async (...given: Parameters<typeof platform.importKey>) => {
    const key = await platform.importKey(...given);
    const [format, data, algorithm] = given;
    const hash = typeof algorithm === "object" && algorithm.name === "HMAC" && "hash" in algorithm ? algorithm.hash : null;
    if (format === "raw" && typeof hash === "string" && (data instanceof ArrayBuffer || ArrayBuffer.isView(data)))
      hmacKeys.set(key, { hash: hash.replace("-", ""), bytes: bytesOf(data).slice() });
    return key;
  },
  sign: async (algorithm: Parameters<typeof platform.sign>[0], key: CryptoKey, data: BufferSource) => {
    const known = key.usages.includes("sign") ? hmacKeys.get(key) : undefined;
    if (algorithm !== "HMAC" || known === undefined) return platform.sign(algorithm, key, data);
    return new Uint8Array(createHmac(known.hash, known.bytes).update(bytesOf(data)).digest()).buffer;
  },
};

for (const [name, value] of Object.entries(inThread)) Object.defineProperty(subtle, name, { value, configurable: true });
