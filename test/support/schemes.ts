/**
 * Ways of signing that have a judge (`test/judges`) but no adapter yet: what the primitives alone must get right.
 */
import { hmac } from "../../src/contract/verify/hmac.ts";
import { prefixed } from "../../src/contract/verify/layouts.ts";
import { standardWebhooks } from "../../src/contract/verify/standard-webhooks.ts";
import type { Verifier } from "../../src/contract/verify/verifier.ts";

const sha256 = { hash: "SHA-256", encoding: "hex", covers: "body" } as const;

/** By the name of their vectors. */
export const SCHEMES = {
  "standard-webhooks": standardWebhooks({ prefix: "webhook-" }),
  svix: standardWebhooks({ prefix: "svix-" }),
  github: hmac({ ...sha256, header: "x-hub-signature-256", layout: prefixed("sha256="), message: ({ body }) => [body] }),
  customerio: hmac({
    ...sha256,
    header: "x-cio-signature",
    layout: prefixed(""),
    timestamp: { header: "x-cio-timestamp" },
    message: ({ timestamp, body }) => ["v0:", timestamp, ":", body],
    tolerance: 300,
  }),
} satisfies Readonly<Record<string, Verifier>>;
