/**
 * What the console's composer asks for in a local run: the vendor's setup steps, the samples there are, and to sign and send one. The Worker itself
 * signs nothing, so it asks this command.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import { partsOfName } from "../config/shards.ts";
import { readWebhook } from "../translate/reading.ts";
import { loadCatalogueEntry } from "./adapters.ts";
import { mischiefFor } from "./chaos.ts";
import { jsonOf } from "./json.ts";
import { toStored } from "./recorded.ts";
import { type Answer, post, sign } from "./requests.ts";
import { changed, samplesOf } from "./samples.ts";
import { LOCAL_ADDRESS } from "./workerd.ts";

/** The name by which the Worker asks. No browser says it of an address of this machine, so no page of the web can ask. */
export const COMPOSER_HOST = "composer";

/** Bytes of a question. */
const LONGEST = 10_000;

const question = z.strictObject({
  account: z.string(),
  source: z.string(),
  /** What is sent, and how; without it nothing is. */
  send: z
    .strictObject({
      event: z.string(),
      how: z.enum(["signed", "unsigned", "tampered", "stale", "duplicate"]),
    })
    .optional(),
});

/** A composer that answers. */
export interface Composer {
  readonly host: string;
  stop(): void;
}

/** Starts it. @param environment of `wrangler.toml`; all if `null` @param worker where the webhooks go, once that is known */
export async function startComposer(environment: string | null, worker: () => string | null): Promise<Composer> {
  const server = createServer(async (request, response) => {
    const answer = await answerTo(request, environment, worker()).catch(() => null);
    response.writeHead(answer === null ? 400 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { problem: "This cannot be sent." }));
  });
  await new Promise<void>((settle) => server.listen(0, LOCAL_ADDRESS, settle));
  // It must not keep the command alive.
  server.unref();
  return { host: `${LOCAL_ADDRESS}:${portOf(server.address())}`, stop: () => server.close() };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === "string") throw new TypeError("the composer has no port");
  return address.port;
}

/** @returns `null` where it is no question of our Worker */
async function answerTo(request: IncomingMessage, environment: string | null, worker: string | null): Promise<object | null> {
  if (request.method !== "POST" || request.headers.host !== COMPOSER_HOST) return null;
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LONGEST) return null;
  }
  const asked = question.safeParse(jsonOf(text));
  if (!asked.success || worker === null) return null;
  const { source: name, send } = asked.data;
  // The webhooks of a shard have the URL of its account.
  const [account] = partsOfName(asked.data.account);
  // It loads every adapter: only where it is needed.
  const { findSource } = await import("./configuration.ts");
  const found = findSource(account, name, environment);
  if (!found.ok) return { problem: found.problem };
  const { source } = found;
  const samples = samplesOf(source);
  if (send === undefined) {
    const { docs, setup } = await loadCatalogueEntry(source.adapter.id);
    return { vendor: source.adapter.name, docs, setup, events: samples.map((sample) => sample.name) };
  }
  const sample = samples.find((one) => one.name === send.event);
  if (sample === undefined) return { problem: "There is no such sample." };
  const now = Date.now();
  const fresh = await changed(sample, source, { headers: {}, query: {}, settings: [], isFresh: true }, now);
  if (!fresh.ok) return { problem: fresh.problem };
  const { request: unsigned } = fresh.sample;
  const mischief = send.how === "tampered" ? "tamper" : send.how === "stale" ? "stale" : undefined;
  if (mischief !== undefined && !(await mischiefFor(unsigned, source, now)).includes(mischief))
    return { problem: "This vendor's signature does not tell: it has no time, or does not cover the body." };
  const signed = send.how === "unsigned" ? unsigned : await sign(unsigned, source, now, mischief);
  const answers: (Answer | null)[] = [await post(signed, account, name, worker)];
  if (send.how === "duplicate") answers.push(await post(signed, account, name, worker));
  const { events } = await readWebhook(await toStored(await sign(unsigned, source, now), source, now), source);
  return {
    ids: events.map(({ event }) => event.id),
    answers: answers.map((answer) => ({ status: answer?.status ?? 0, text: answer?.text ?? "no answer" })),
  };
}
