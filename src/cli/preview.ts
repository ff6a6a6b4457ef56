/**
 * What the Worker would do with a request once it is verified, and nothing is sent: by the very functions that the Worker calls.
 */

import type { Account, Source } from "../config/model.ts";
import { answerUnsigned } from "../ingest/handshakes.ts";
import { type Interpretation, interpret } from "../ingest/interpret.ts";
import { type EventOutcome, translateWebhook } from "../translate/webhook.ts";

/** A request without its proof. Header names are lower case. */
export interface UnprovenRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The signed delivery id, where the scheme has one and it is known. */
  readonly nonce: string | null;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** What would become of it: what it is where it is no webhook, or an outcome for each of its events. */
export type Preview =
  | Exclude<Interpretation, { readonly kind: "webhook" }>
  | { readonly kind: "webhook"; readonly outcomes: readonly EventOutcome[] };

/** Says what the Worker would do. */
export async function preview(
  { headers, query, body, nonce, receivedAt }: UnprovenRequest,
  source: Source,
  account: Account,
): Promise<Preview> {
  const { bodyLimit } = source.configured;
  if (body.byteLength > bodyLimit) return { kind: "refused", issue: `the body is larger than ${bodyLimit} bytes` };
  const head = {
    method: "POST",
    url: source.publicUrl ?? "",
    headers: new Headers(headers),
    query: new URLSearchParams(query),
    pathToken: null,
  };
  const answer = await answerUnsigned(source, head, body);
  if (answer !== null) return { kind: "handshake", answer };
  const found = await interpret({ head, body, nonce, contentType: headers["content-type"], receivedAt }, source);
  if (found.kind !== "webhook") return found;
  const { webhook, reading } = found;
  return { kind: "webhook", outcomes: await translateWebhook({ ...webhook, events: null }, source, account, { reading }) };
}
