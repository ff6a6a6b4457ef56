/**
 * Verification with a shared secret, in one import for files in `adapters/`. Schemes with public keys are in `verify-public-key.ts`: loading
 * this file loads everything listed here, and few adapters need those.
 *
 * Schemes: `hmac`, `standardWebhooks`, `digest`, `token`, `basicAuth`, `pathToken`. Two schemes for one source: `either`, `byFormat`. The format
 * of a signature header: `bare`, `prefixed`, `keyed`, `positional`, `listed`. How a secret becomes a key: `utf8`, `base64`, `hex`, `hashed`.
 */
export { crc32 } from "./crc32.ts";
export { basicAuth } from "./verify/basic-auth.ts";
export { byFormat } from "./verify/by-format.ts";
export { digest } from "./verify/digest.ts";
export { either } from "./verify/either.ts";
export { isSameText } from "./verify/equality.ts";
export { hmac } from "./verify/hmac.ts";
export { base64, hashed, hex, type KeyDecoding, utf8 } from "./verify/keys.ts";
export { bare, keyed, type Layout, listed, positional, prefixed } from "./verify/layouts.ts";
export { pathToken } from "./verify/path-token.ts";
export { standardWebhooks } from "./verify/standard-webhooks.ts";
export { token } from "./verify/token.ts";
export type { Verifier } from "./verify/verifier.ts";
