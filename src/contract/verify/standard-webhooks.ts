/**
 * Verifies Standard Webhooks, with a shared key.
 */
import { hmac } from "./hmac.ts";
import { base64, type KeyDecoding } from "./keys.ts";
import { listed } from "./layouts.ts";
import type { RequestHead, Verifier } from "./verifier.ts";

/** Differences between vendors that use Standard Webhooks. */
export interface StandardWebhooksOptions {
  /** Accepted prefix of header names; both by default. */
  readonly prefix?: "webhook-" | "svix-";
  /** How the secret becomes the key. Default: base64 after `whsec_`. */
  readonly key?: KeyDecoding;
}

/**
 * Standard Webhooks with a shared key (`v1`). Signatures with a key pair (`v1a`) are ignored. The nonce is the signed id.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function standardWebhooks({ prefix, key = base64("whsec_") }: StandardWebhooksOptions = {}): Verifier {
  const standard = named(prefix ?? "webhook-", key);
  const svix = named(prefix ?? "svix-", key);
  const ofRequest = ({ headers }: Pick<RequestHead, "headers">) => (headers.has("webhook-signature") ? standard : svix);
  return {
    ...standard,
    sensitive: { headers: [...new Set([standard, svix].flatMap((verifier) => verifier.sensitive.headers))], query: [] },
    precheck: (head, now) => ofRequest(head).precheck(head, now),
    verify: (request, secrets, now) => ofRequest(request).verify(request, secrets, now),
  };
}

function named(prefix: "webhook-" | "svix-", key: KeyDecoding): Verifier {
  return hmac({
    hash: "SHA-256",
    header: `${prefix}signature`,
    encoding: "base64",
    covers: "body",
    layout: listed("v1,", " "),
    id: { header: `${prefix}id` },
    timestamp: { header: `${prefix}timestamp` },
    message: ({ id, timestamp, body }) => [id, ".", timestamp, ".", body],
    tolerance: 300,
    key,
  });
}
