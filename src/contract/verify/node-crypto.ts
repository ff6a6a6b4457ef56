/**
 * `node:crypto`, which workerd provides like Node. `node-crypto-types.d.ts` declares the part we use.
 */

let loaded: typeof import("node:crypto") | undefined;

/** The module, loaded on first use: accounts whose vendors do not need it do not wait for it. */
export async function nodeCrypto(): Promise<typeof import("node:crypto")> {
  // Caches the module, not its promise: in workerd, a promise belongs to the request that created it.
  loaded ??= await import("node:crypto");
  return loaded;
}
