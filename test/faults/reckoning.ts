/**
 * What must have come of every webhook, against what did: expectations by the mapping itself, the facts from the sandbox, the dead letters
 * and the ledger.
 */
import * as z from "zod";
import { translateWebhook } from "../../src/translate/webhook.ts";
import { type Parcel, unacknowledged } from "./load.ts";
import type { Stage } from "./stage.ts";
import { configurationOf, stored } from "./webhooks.ts";

/** The end of a scenario. All but `problems` count vendor events. */
export interface Figures {
  readonly acknowledged: number;
  readonly delivered: number;
  readonly dead: number;
  /** Acknowledged, and neither delivered nor a dead letter. */
  readonly lost: number;
  readonly sentTwice: number;
  readonly outOfOrder: number;
  /** Everything else that is not as promised, in words. */
  readonly problems: readonly string[];
}

/** What a scenario knows beforehand. */
export interface Expected {
  /** Vendor events that must end as dead letters; `any`: as many as it takes. */
  readonly dead?: number | "any";
  /** Seconds without a delivery after which what is missing is given up. */
  readonly patience?: number;
}

interface Expectation {
  readonly key: string;
  readonly source: string;
  readonly sentAt: number;
  readonly acknowledgedAt: number;
  readonly messageIds: readonly string[];
  /** Calls of the core's own that may come with it. */
  readonly links: readonly string[];
}

const arrivals = z.object({
  calls: z.array(z.object({ seq: z.number(), event: z.looseObject({ messageId: z.string(), event: z.string().optional() }) })),
});

const balance = z.object({
  received: z.number(),
  delivered: z.number(),
  pending: z.number(),
  ignored: z.number(),
  duplicate: z.number(),
  dead: z.number(),
  discarded: z.number(),
});

const health = z.object({
  sources: z.record(z.string(), balance),
  oldestPending: z.number().nullable(),
  hold: z.object({ reason: z.string() }).nullable(),
  dead: z.number(),
});

/** How the account is doing, by the Worker's own word. */
export async function healthOf(stage: Stage): Promise<z.output<typeof health>> {
  return health.parse(await stage.ask(""));
}

/** Calls read at once. */
const PAGE = 5_000;

/** The calls that arrived, in order, as they come. */
function follow(stage: Stage) {
  /** The place of the first arrival, by message id. */
  const first = new Map<string, number>();
  const repeated = new Set<string>();
  let last = 0;
  return {
    first,
    repeated,
    /** Reads what has come since. @returns whether anything had */
    read: async (): Promise<boolean> => {
      let isNew = false;
      for (;;) {
        const { calls } = arrivals.parse(await stage.sandbox.ask(`/calls?after=${last}&limit=${PAGE}`));
        for (const { seq, event } of calls) {
          last = seq;
          isNew = true;
          if (event.event === "Tributary Probe") continue;
          if (first.has(event.messageId)) repeated.add(event.messageId);
          else first.set(event.messageId, seq);
        }
        if (calls.length < PAGE) return isNew;
      }
    },
    /** Waits for one more, for a second at most. */
    wait: () => stage.sandbox.ask(`/calls/wait?after=${last}&count=1&timeout=1000`),
  };
}

/** Settles when these have arrived; for what must not wait for anything else. @returns milliseconds that it took, or `null` after 30 s */
export async function arrivalOf(stage: Stage, parcel: Parcel): Promise<number | null> {
  const begun = Date.now();
  const expectations = await expectationsOf([parcel]);
  const calls = follow(stage);
  while (Date.now() - begun < 30_000) {
    await calls.read();
    if (expectations.every(({ messageIds }) => messageIds.every((id) => calls.first.has(id)))) return Date.now() - begun;
    await calls.wait();
  }
  return null;
}

/** Waits until all has left the Worker, and counts. Every parcel should be acknowledged by now. */
export async function reckon(
  stage: Stage,
  parcels: readonly Parcel[],
  { dead: expectedDead = 0, patience = 15 }: Expected = {},
): Promise<Figures> {
  const problems: string[] = [];
  const without = unacknowledged(parcels).length;
  if (without > 0) problems.push(`${without} webhooks were never acknowledged`);
  const expectations = await expectationsOf(parcels);
  const calls = follow(stage);
  const isDelivered = ({ messageIds }: Expectation) => messageIds.every((id) => calls.first.has(id));

  let missing = expectations;
  for (let quiet = 0; quiet < patience; ) {
    quiet = (await calls.read()) ? 0 : quiet + 1;
    missing = missing.filter((expectation) => !isDelivered(expectation));
    if (expectedDead === "any" ? quiet > 1 : missing.length <= expectedDead) break;
    await calls.wait();
  }
  const settled = await settledHealth(stage);
  while (await calls.read()) await calls.wait();

  const dead = await deadKeys(stage);
  const absent = expectations.filter((expectation) => !isDelivered(expectation) && !dead.has(expectation.key)).length;
  // What the Worker still holds is late, not lost.
  if (settled === null) problems.push(`events are still pending, ${absent} of those that are expected`);
  const lost = settled === null ? 0 : absent;
  const delivered = expectations.filter(isDelivered);
  if (expectedDead !== "any" && dead.size !== expectedDead) problems.push(`${dead.size} dead letters instead of ${expectedDead}`);
  const known = new Set(expectations.flatMap(({ messageIds, links }) => [...messageIds, ...links]));
  const unknown = [...calls.first.keys()].filter((id) => !known.has(id)).length;
  if (unknown > 0) problems.push(`${unknown} calls arrived that nobody expects`);
  if (settled !== null) problems.push(...imbalances(settled, delivered.length, dead.size));
  return {
    acknowledged: expectations.length,
    delivered: delivered.length,
    dead: dead.size,
    lost,
    sentTwice: expectations.filter(({ messageIds }) => messageIds.some((id) => calls.repeated.has(id))).length,
    outOfOrder: disorder(delivered, calls.first),
    problems,
  };
}

/** By vendor event: one that came with two webhooks is one. */
async function expectationsOf(parcels: readonly Parcel[]): Promise<readonly Expectation[]> {
  const all = new Map<string, Expectation>();
  for (const { webhook, sentAt, acknowledgedAt } of parcels) {
    if (sentAt === null || acknowledgedAt === null) continue;
    const { account, source } = configurationOf(webhook.source);
    for (const outcome of await translateWebhook(await stored(webhook), source, account)) {
      if (outcome.kind === "ignored" || outcome.kind === "waits")
        throw new Error(`a webhook of this suite does not leave: ${outcome.id}`);
      const key = JSON.stringify([webhook.source, outcome.id]);
      const twin = all.get(key);
      all.set(key, {
        key,
        source: webhook.source,
        sentAt: Math.min(sentAt, twin?.sentAt ?? sentAt),
        acknowledgedAt: Math.max(acknowledgedAt, twin?.acknowledgedAt ?? acknowledgedAt),
        messageIds: outcome.kind === "calls" ? outcome.calls.map(({ messageId }) => messageId) : ["none: it cannot be mapped"],
        links: outcome.kind === "calls" ? outcome.links.map(({ messageId }) => messageId) : [],
      });
    }
  }
  return [...all.values()];
}

/**
 * Events of one source that arrived before one that was acknowledged before they were sent, and events whose own calls arrived in another
 * order. Of webhooks under way at the same time nobody can say which was first.
 */
function disorder(delivered: readonly Expectation[], first: ReadonlyMap<string, number>): number {
  const arrived = delivered
    .map((expectation) => ({ ...expectation, places: expectation.messageIds.map((id) => first.get(id) ?? 0) }))
    .sort((one, other) => (one.places[0] ?? 0) - (other.places[0] ?? 0));
  const latest = new Map<string, number>();
  let count = 0;
  for (const { source, sentAt, acknowledgedAt, places } of arrived) {
    const before = latest.get(source) ?? 0;
    if (acknowledgedAt < before || places.some((place, index) => place < (places[index - 1] ?? 0))) count += 1;
    latest.set(source, Math.max(before, sentAt));
  }
  return count;
}

/** The account's health once nothing is pending; `null` after five minutes. */
async function settledHealth(stage: Stage): Promise<z.output<typeof health> | null> {
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; await new Promise((resume) => setTimeout(resume, 100))) {
    const found = await healthOf(stage);
    if (found.oldestPending === null) return found;
  }
  return null;
}

function imbalances({ sources, dead: letters }: z.output<typeof health>, delivered: number, dead: number): readonly string[] {
  const problems = Object.entries(sources).flatMap(([source, counts]) => {
    const { received, pending, ignored, duplicate, discarded } = counts;
    const ended = counts.delivered + pending + ignored + duplicate + counts.dead + discarded;
    return received === ended && pending === 0 ? [] : [`the ledger of ${source} does not balance: ${JSON.stringify(counts)}`];
  });
  const sum = (pick: (counts: z.output<typeof balance>) => number) =>
    Object.values(sources).reduce((total, counts) => total + pick(counts), 0);
  const [ledgerDelivered, ledgerDead] = [sum((counts) => counts.delivered), sum((counts) => counts.dead)];
  if (ledgerDelivered !== delivered) problems.push(`the ledger says ${ledgerDelivered} delivered, the sandbox has ${delivered}`);
  if (ledgerDead !== dead || letters !== dead)
    problems.push(`the ledger says ${ledgerDead} dead, health ${letters}, and there are ${dead} dead letters`);
  return problems;
}

const letters = z.object({ letters: z.array(z.object({ source: z.string(), id: z.string() })), next: z.string().nullable() });

async function deadKeys(stage: Stage): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const page: z.output<typeof letters> = letters.parse(await stage.ask(`/dead${query}`));
    for (const { source, id } of page.letters) keys.add(JSON.stringify([source, id]));
    cursor = page.next;
  }
  return keys;
}
