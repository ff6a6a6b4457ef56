/**
 * Verification with a public key, in one import for files in `adapters/`: `asymmetric` checks signatures with a key that the operator configures
 * or a certificate contains, `jwt` checks tokens with a key set that the vendor publishes, `chainedToken` checks tokens that carry their certificates.
 */
export { asymmetric } from "./verify/asymmetric.ts";
export { chainedToken } from "./verify/chained-token.ts";
export { jwt } from "./verify/jwt.ts";
