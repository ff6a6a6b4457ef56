/**
 * Decides what a verified request is: a handshake, a webhook, or a request that is not kept. `npm run map` uses it too.
 */

import type { Source } from "../config/model.ts";
import type { HandshakeAnswer, HandshakeTools } from "../contract/handshake.ts";
import { parseBody } from "../contract/parse.ts";
import type { RequestHead } from "../contract/verify/verifier.ts";
import { keptOf } from "../translate/kept.ts";
import { findFormat, type Reading, readWebhook, type WebhookContent } from "../translate/reading.ts";
import { handshakesOf, shakeHands } from "./handshakes.ts";

/** A verified request. */
export interface VerifiedRequest {
  readonly head: RequestHead;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly nonce: string | null;
  /** As received; `undefined` if it is unknown. */
  readonly contentType: string | null | undefined;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** What a verified request is. */
export type Interpretation =
  /** Not kept. The issue is for the sender and contains no value. */
  | { readonly kind: "refused"; readonly issue: string }
  | { readonly kind: "handshake"; readonly answer: HandshakeAnswer }
  | { readonly kind: "webhook"; readonly webhook: WebhookContent; readonly reading: Reading; readonly fields: Fields };

/** What the vendor expects in the answer to an accepted webhook, beside our own. */
type Fields = Readonly<Record<string, string>>;

/** Decides what a verified request is. @param visit opens an address for a handshake; by default none */
export async function interpret(
  { head, body, nonce, contentType, receivedAt }: VerifiedRequest,
  source: Source,
  visit?: HandshakeTools["visit"],
): Promise<Interpretation> {
  const found = findFormat(source.adapter.format, body, contentType);
  if (!found.ok) return { kind: "refused", issue: found.issue };
  const { format } = found;
  const parsed = parseBody(body, format);
  const handshakes = handshakesOf(source, "POST", "signed");
  const answer = parsed.ok && handshakes.length > 0 ? await shakeHands(handshakes, head, parsed.value, source, visit) : null;
  if (answer !== null) return { kind: "handshake", answer };
  const fields = parsed.ok ? source.configured.acknowledge(parsed.value) : {};
  const { headers, query } = keptOf(source, head);
  const webhook = { receivedAt, format, headers, query, nonce, body };
  return { kind: "webhook", webhook, reading: await readWebhook(webhook, source, parsed), fields };
}
