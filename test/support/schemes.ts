/**
 * Ways of signing that have a judge (`test/judges`) but no adapter yet: what the primitives alone must get right.
 */
import { hmac } from "../../src/contract/verify/hmac.ts";
import { keyed } from "../../src/contract/verify/layouts.ts";
import type { Verifier } from "../../src/contract/verify/verifier.ts";

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
} satisfies Readonly<Record<string, Verifier>>;
