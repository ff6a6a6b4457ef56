/**
 * Verifying a webhook by a public key, in one import, for the files of `adapters/`: `asymmetric` checks a signature with a key that the operator
 * sets or a certificate names, `jwt` a token with a key set that the vendor publishes.
 */
export { asymmetric } from "./verify/asymmetric.ts";
export { jwt } from "./verify/jwt.ts";
