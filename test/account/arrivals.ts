/**
 * Vendors' webhooks that arrive at an account, and what Customer.io makes of what it accepted.
 */
import { formatOf } from "../../src/contract/formats.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { keptOf } from "../../src/translate/kept.ts";
import { readWebhook } from "../../src/translate/reading.ts";
import type { PipelinesCall, ReceivedCall } from "../model/customer-io.ts";
import type { Webhook } from "../support/vendors.ts";
import type { Parts } from "./support.ts";

/** Accepts vendors' webhooks. @throws Error where one cannot be read */
export async function arrive(parts: Parts, ...webhooks: readonly Webhook[]): Promise<void> {
  for (const webhook of webhooks) {
    const state = parts.account.sources.get(webhook.source);
    if (!state?.ok) throw new Error(`no source ${webhook.source}`);
    const { source } = state;
    const body = utf8Bytes(webhook.body);
    const kept = {
      receivedAt: parts.now,
      format: formatOf(source.adapter.format, body),
      ...keptOf(source, { headers: new Headers(webhook.headers), query: new URLSearchParams() }),
      nonce: null,
      body,
    };
    const { events, unreadable } = await readWebhook(kept, source);
    if (unreadable.length > 0) throw new Error(`${webhook.source}: ${unreadable[0]?.issue}`);
    const taken = events.flatMap(({ event: { id, type }, ignored }) => (ignored === null ? [{ id, type }] : []));
    await parts.accept({ ...kept, source: source.name, proof: null, events: taken, ignored: {}, unreadable: [] });
  }
}

/** What Customer.io accepts from now on, in order. */
export function acceptedBy(parts: Parts): ReceivedCall[] {
  const calls: ReceivedCall[] = [];
  const { answer } = parts;
  parts.answer = (body) => {
    const status = answer(body);
    const sent: { readonly batch: readonly PipelinesCall[] } = JSON.parse(body);
    if (status === 200) calls.push(...sent.batch.map((call) => ({ call, at: parts.now })));
    return status;
  };
  return calls;
}

/** Works as the object's alarm does, until nothing is left to do. */
export async function settle(parts: Parts): Promise<void> {
  const { tools } = parts;
  for (let rounds = 0; rounds < 100; rounds += 1) {
    await tools.erasures.run(tools, parts.account, Number.MAX_SAFE_INTEGER);
    await parts.drain();
    if (!tools.erasures.isOpen()) return;
  }
  throw new Error("the erasure never ends");
}
