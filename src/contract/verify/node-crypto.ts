/**
 * `node:crypto`, of which workerd has what Node has. `node-crypto-types.d.ts` says what of it is used.
 */

let loaded: typeof import("node:crypto") | undefined;

/** The module, read when it is first needed: an account whose vendors need none of it does not wait for it. */
export async function nodeCrypto(): Promise<typeof import("node:crypto")> {
  // The module is kept, never the promise of it: in workerd a promise belongs to the request that made it.
  loaded ??= await import("node:crypto");
  return loaded;
}
