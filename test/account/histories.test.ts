/**
 * Some histories through the account object itself, with its storage, outbox and delivery: the account in memory, over which thousands run,
 * sends the same.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import type { AcceptRequest } from "../../src/account/rpc.ts";
import type { Source } from "../../src/config/model.ts";
import { formatOf } from "../../src/contract/formats.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { keptOf } from "../../src/translate/kept.ts";
import { readWebhook } from "../../src/translate/reading.ts";
import { arrivalsOf, type History, historyOf, plots } from "../identity/history.ts";
import type { PipelinesCall } from "../model/customer-io.ts";
import { accountWith, openMemoryAccount } from "../support/memory-account.ts";
import { runsOf } from "../support/share.ts";
import type { Webhook } from "../support/vendors.ts";
import { inObject } from "./support.ts";

const HOUR = 3_600_000;
const HISTORIES = runsOf(40);

const batch = z.object({ batch: z.array(z.looseObject({ messageId: z.string() })) });

/** What ingest would hand over. */
async function requestOf(webhook: Webhook, source: Source, receivedAt: number): Promise<AcceptRequest> {
  const body = utf8Bytes(webhook.body);
  const head = { headers: new Headers(webhook.headers), query: new URLSearchParams() };
  const nonce = webhook.headers["svix-id"] ?? null;
  const content = { receivedAt, format: formatOf(source.adapter.format, body), ...keptOf(source, head), nonce, body };
  const { events } = await readWebhook(content, source);
  const taken = events.flatMap(({ event: { id, type }, ignored }) => (ignored === null ? [{ id, type }] : []));
  const ignored: Record<string, number> = {};
  for (const { ignored: reason } of events) if (reason !== null) ignored[reason] = (ignored[reason] ?? 0) + 1;
  return { ...content, source: webhook.source, proof: null, events: taken, ignored, unreadable: [] };
}

/** What the account object sends. */
async function sentByObject(history: History): Promise<readonly unknown[]> {
  const account = accountWith({ ...history.settings, holdUnknown: history.plot.holds[0] });
  const sent: unknown[] = [];
  await inObject(async (parts) => {
    parts.account = account;
    parts.hold = account.holdUnknown * 1000;
    const { answer } = parts;
    parts.answer = (body) => {
      sent.push(...batch.parse(JSON.parse(body)).batch);
      return answer(body);
    };
    const runUntil = async (end: number): Promise<void> => {
      for (;;) {
        await parts.run();
        const next = parts.tools.waiting.nextDue(parts.now) ?? end;
        if (next >= end) break;
        parts.now = next;
      }
      parts.now = end;
    };
    for (const { at, webhooks } of arrivalsOf(history, 0)) {
      await runUntil(at);
      for (const webhook of webhooks) {
        const state = account.sources.get(webhook.source);
        if (!state?.ok) throw new Error(`no source ${webhook.source}`);
        const request = await requestOf(webhook, state.source, at);
        if (request.events.length > 0) await parts.accept(request);
      }
    }
    await runUntil(parts.now + 80 * HOUR);
    await parts.drain();
  });
  return sent;
}

async function sentByMemory(history: History): Promise<readonly PipelinesCall[]> {
  const memory = openMemoryAccount({ ...history.settings, holdUnknown: history.plot.holds[0] });
  for (const { at, webhooks } of arrivalsOf(history, 0)) {
    await memory.advance(at - memory.now());
    await memory.receive(...webhooks);
  }
  await memory.advance(80 * HOUR);
  return memory.calls().map(({ call }) => call);
}

test("the account object sends what the account in memory does", async () => {
  await fc.assert(
    fc.asyncProperty(plots, async (plot) => {
      const history = historyOf(plot);
      expect(await sentByObject(history)).toEqual(await sentByMemory(history));
    }),
    { numRuns: HISTORIES },
  );
});
