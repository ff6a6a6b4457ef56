/**
 * Ways of signing that have a judge (`test/judges`) but no adapter yet, or where the adapter takes only what its vendor alone can sign: what the
 * primitives alone must get right.
 */
import { MARKS, ownerOf } from "../../adapters/app-store/chain.ts";
import { chainedToken } from "../../src/contract/verify/chained-token.ts";
import { hmac } from "../../src/contract/verify/hmac.ts";
import { keyed } from "../../src/contract/verify/layouts.ts";
import type { Verifier } from "../../src/contract/verify/verifier.ts";
import { OWN_ROOT } from "../contract/chains.ts";

/** By the name of their vectors. */
export const SCHEMES = {
  sanity: hmac({
    hash: "SHA-256",
    header: "sanity-webhook-signature",
    encoding: "base64url",
    covers: "body",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    unit: "milliseconds",
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 300,
  }),
  /** The App Store's, with a root of our own in place of Apple's. */
  "app-store.chain": chainedToken({
    field: "signedPayload",
    inner: ["signedTransactionInfo", "signedRenewalInfo"],
    chain: { root: OWN_ROOT, marks: MARKS },
    owner: ownerOf,
    demo: "none",
  }),
} satisfies Readonly<Record<string, Verifier>>;
