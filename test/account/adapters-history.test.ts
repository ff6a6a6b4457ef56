/**
 * The pasts of vendors, brought into an account over real storage from stand-ins of their APIs: whatever interrupts it, nothing twice and nothing missing.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import chargebee from "../../adapters/chargebee/history.ts";
import github from "../../adapters/github/history.ts";
import hubspot from "../../adapters/hubspot/history.ts";
import intercom from "../../adapters/intercom/history.ts";
import paddle from "../../adapters/paddle/history.ts";
import shopify from "../../adapters/shopify/history.ts";
import stripe from "../../adapters/stripe/history.ts";
import woocommerce from "../../adapters/woocommerce/history.ts";
import { deliver } from "../../src/cli/history/deliver.ts";
import type { Job, Place } from "../../src/cli/history/job.ts";
import { beginningOf, type PastEnding, readPast } from "../../src/cli/history/read-past.ts";
import { createVendorClient } from "../../src/cli/history/vendor-client.ts";
import type { History, PastWebhook } from "../../src/contract/history.ts";
import { accountOf, configured, sourceOf } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";
import { runsOf } from "../support/share.ts";
import { APIS, KEYS } from "../support/stand-ins/pages.ts";
import { githubDeliveries, PASTS } from "../support/stand-ins/worlds.ts";
import { acceptedBy, settle } from "./arrivals.ts";
import { operate } from "./operations.ts";
import { inObject, type Parts, START } from "./support.ts";

const DAY = 86_400_000;

const HISTORIES: ReadonlyMap<string, History> = new Map<string, History>(
  Object.entries({ stripe, shopify, woocommerce, paddle, chargebee, hubspot, intercom, github }),
);

/** An interruption: the process is gone. */
class Killed extends Error {}

interface Run {
  readonly id: string;
  readonly parts: Parts;
  readonly job: Omit<Job, "history" | "given">;
  readonly api: { fetch(url: string, init: RequestInit): Promise<Response> };
  readonly given?: Readonly<Record<string, string>>;
  /** Requests to either side until the process is killed, life by life. */
  readonly lives?: readonly number[];
  readonly seen?: (webhooks: readonly PastWebhook[]) => void;
}

async function bring({ id, parts, job, api, given = KEYS, lives = [], seen }: Run): Promise<PastEnding> {
  const history = HISTORIES.get(id);
  if (history === undefined) throw new Error(`no history of ${id}`);
  const whole: Job = { ...job, history, given };
  let place: Place = beginningOf(whole);
  for (const life of [...lives, Number.POSITIVE_INFINITY]) {
    let left = life;
    const spend = async <Value>(work: () => Promise<Value>): Promise<Value> => {
      // The other side has done its work when the process is killed: the answer is lost.
      const done = await work();
      left -= 1;
      if (left < 0) throw new Killed();
      return done;
    };
    try {
      return await readPast(whole, place, {
        client: createVendorClient(history, given, {
          fetch: (url, init) => spend(() => api.fetch(url, init)),
          now: () => 0,
          wait: async () => {
            if (left < 0) throw new Killed();
          },
        }),
        deliver: (webhooks) => {
          seen?.(webhooks);
          return deliver(
            webhooks.map(({ body, headers = {} }) => ({ headers, body: JSON.stringify(body) })),
            {
              post: async (page) => ({
                ok: true,
                answer: await spend(() => operate(parts, "webhooks.import", { source: id, webhooks: [...page] })),
              }),
              wait: async () => {
                await parts.run();
              },
            },
          );
        },
        save: (next) => {
          place = next;
        },
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
  throw new Error("it was killed in every life");
}

function begin(parts: Parts, id: string) {
  const adapter = ADAPTERS.get(id);
  if (adapter === undefined) throw new Error(`no adapter ${id}`);
  const tenant = id === "hubspot" ? { portal_id: KEYS.HUBSPOT_PORTAL_ID } : {};
  const options = { ...sourceOf(adapter).options, eventsOn: new Set<string>() };
  parts.account = accountOf([sourceOf(adapter, { configured: configured(adapter, tenant), options })]);
  parts.hold = 0;
  return acceptedBy(parts);
}

function counts(calls: ReturnType<typeof acceptedBy>): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { call } of calls) {
    const name = call.type === "track" && typeof call.event === "string" ? call.event : null;
    if (name !== null) found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

const backfill = { kind: "backfill" as const, since: START - 400 * DAY, until: START - 3 * DAY, begunAt: START };

describe.each([...PASTS])("%s", (id, make) => {
  const api = (ages: readonly number[], most: number) => {
    const past = make(ages, START);
    const standIn = APIS.get(id)?.({ lists: past.lists, now: () => START, most });
    if (standIn === undefined) throw new Error(`no stand-in for ${id}`);
    return { past, standIn };
  };

  test(`${id} tells each fact once, killed between any two requests, limited and refused for a while`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          ages: fc.uniqueArray(fc.integer({ min: 150, max: 390 }), { minLength: 1, maxLength: 7 }),
          most: fc.integer({ min: 1, max: 4 }),
          lives: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5 }),
          faults: fc.array(fc.constantFrom(429, 500, 503), { maxLength: 4 }),
        }),
        async ({ ages, most, lives, faults }) => {
          await inObject(async (parts) => {
            const calls = begin(parts, id);
            const { past, standIn } = api(ages, most);
            standIn.faults.push(...faults.map((status) => ({ status, retryAfter: "2" })));
            expect(await bring({ id, parts, job: backfill, api: standIn, lives })).toEqual({ ok: true });
            await settle(parts);
            expect(counts(calls)).toEqual(past.makes);
            expect(parts.tools.dead.count()).toBe(0);
            const { messageId: _, ...first } = calls[0]?.call ?? { messageId: "" };
            expect(first).toMatchObject({ type: "identify" });
          });
        },
      ),
      { numRuns: runsOf(12) },
    );
  }, 60_000);

  test(`${id} says of each webhook when it happened, and nothing that is outside of its time`, async () => {
    await inObject(async (parts) => {
      begin(parts, id);
      const { standIn } = api([380, 300, 299, 160, 2], 2);
      const seen: PastWebhook[] = [];
      const given = { id, parts, api: standIn, seen: (webhooks: readonly PastWebhook[]) => seen.push(...webhooks) };
      await bring({ ...given, job: { ...backfill, since: START - 320 * DAY, until: START - 200 * DAY } });
      const state = parts.account.sources.get(id);
      if (!state?.ok) throw new Error("no source");
      for (const { at, headers = {}, body } of seen) {
        const arrival = { receivedAt: new Date(START).toISOString(), bodyHash: "x" };
        const parts = state.source.configured.read({ body, headers, query: {} }, arrival);
        const times = parts.flatMap((part) => (part.ok ? part.events.map(({ occurredAt }) => Date.parse(occurredAt)) : []));
        expect(parts.filter(({ ok }) => !ok)).toEqual([]);
        expect(times).toContain(Date.parse(at));
      }
      const events = seen.filter(({ isState }) => !isState).map(({ at }) => START - Date.parse(at));
      expect(events.length).toBeGreaterThan(0);
      expect(Math.min(...events)).toBeGreaterThan(200 * DAY);
      expect(Math.max(...events)).toBeLessThanOrEqual(320 * DAY);
    });
  });

  test(`${id} says whose fault it is: the key, or the vendor`, async () => {
    await inObject(async (parts) => {
      begin(parts, id);
      const { standIn } = api([300], 2);
      const wrong = Object.fromEntries(
        Object.entries(KEYS).map(([name, value]) => [name, /KEY|TOKEN|SECRET/.test(name) ? `${value}x` : value]),
      );
      expect(await bring({ id, parts, job: backfill, api: standIn, given: wrong })).toMatchObject({
        ...{ ok: false, exit: "usage", problem: expect.stringContaining("other mode") },
      });
      standIn.faults.push(...Array.from({ length: 8 }, () => ({ status: 503 })));
      const ended = await bring({ id, parts, job: backfill, api: standIn });
      expect(ended).toMatchObject({ ok: false, exit: "failed", problem: expect.stringContaining("503") });
      expect(JSON.stringify(ended)).not.toContain("0123456789");
    });
  });

  test(`${id} begins a list anew whose next page is gone`, async () => {
    await inObject(async (parts) => {
      const calls = begin(parts, id);
      const { past, standIn } = api([390, 380, 370, 360, 350, 340], 2);
      let requests = 0;
      const losing = {
        fetch: async (url: string, init: RequestInit) => {
          const answer = await standIn.fetch(url, init);
          requests += 1;
          return requests === 2 ? new Response("{}", { status: 400 }) : answer;
        },
      };
      const ended = await bring({ id, parts, job: backfill, api: losing });
      // Where everything fits on one page, the second request is a first page: its refusal is no page that is gone.
      if (!ended.ok) expect(ended.exit).toBe("usage");
      else {
        await settle(parts);
        expect(counts(calls)).toEqual(past.makes);
      }
    });
  });
});

describe("what changed", () => {
  test("shopify recovers orders by their last change, and tells none twice", async () => {
    await inObject(async (parts) => {
      const calls = begin(parts, "shopify");
      const past = PASTS.get("shopify")?.([6, 5, 4, 3, 2], START);
      const standIn = APIS.get("shopify")?.({ lists: past?.lists ?? {}, now: () => START, most: 2 });
      if (past === undefined || standIn === undefined) throw new Error("no past");
      const job = { kind: "recover" as const, since: START - 30 * DAY, until: START, begunAt: START };
      for (const lives of [[1, 2], []])
        expect(await bring({ id: "shopify", parts, job, api: standIn, lives })).toEqual({ ok: true });
      await settle(parts);
      expect(counts(calls)).toEqual({ "Order Completed": 5, "Order Fulfilled": 5 });
    });
  });

  test("intercom recovers how contacts stand that changed, each once, and tells no event", async () => {
    await inObject(async (parts) => {
      const calls = begin(parts, "intercom");
      const past = PASTS.get("intercom")?.([300, 250, 200, 160, 150], START);
      // All but one changed within the last month.
      const contacts = (past?.lists.contacts ?? []).map((one, number) => {
        const changedAt = START - (number === 0 ? 90 : number) * DAY;
        return { ...one, changedAt, value: { ...one.value, updated_at: Math.floor(changedAt / 1000) } };
      });
      const standIn = APIS.get("intercom")?.({ lists: { ...past?.lists, contacts }, now: () => START, most: 2 });
      if (standIn === undefined) throw new Error("no stand-in");
      standIn.faults.push({ status: 429, retryAfter: "2" });
      const job = { kind: "recover" as const, since: START - 30 * DAY, until: START, begunAt: START };
      for (const lives of [[1, 2], []])
        expect(await bring({ id: "intercom", parts, job, api: standIn, lives })).toEqual({ ok: true });
      await settle(parts);
      expect(counts(calls)).toEqual({});
      const people = calls.map(({ call }) => (call.type === "identify" ? call.userId : null));
      expect(people.toSorted()).toEqual(["u_1", "u_2", "u_3", "u_4"]);
    });
  });

  test("paddle reads the stream of its events, from page to page, with their own ids", async () => {
    await inObject(async (parts) => {
      const calls = begin(parts, "paddle");
      const old = PASTS.get("paddle")?.([300], START);
      const events = [80, 60, 40, 20, 10, 5].map((days, number) => {
        const at = START - days * DAY;
        const data = { ...old?.lists.transactions?.[0]?.value, id: `txn_9${number}`, subscription_id: "sub_000000" };
        const event = {
          event_id: `evt_9${number}`,
          event_type: "transaction.completed",
          occurred_at: new Date(at).toISOString(),
          data,
        };
        return { id: event.event_id, at, value: event };
      });
      const standIn = APIS.get("paddle")?.({ lists: { ...old?.lists, events }, now: () => START, most: 2 });
      if (standIn === undefined) throw new Error("no stand-in");
      expect(await bring({ id: "paddle", parts, job: backfill, api: standIn, lives: [9, 3, 1, 0] })).toEqual({ ok: true });
      await settle(parts);
      expect(counts(calls)).toMatchObject({ "Contact Created": 1, "Payment Succeeded": 7 });
    });
  });

  test("github recovers deliveries that were not answered with success", async () => {
    await inObject(async (parts) => {
      begin(parts, "github");
      const standIn = APIS.get("github")?.({ lists: { deliveries: githubDeliveries(9, START) }, now: () => START, most: 2 });
      if (standIn === undefined) throw new Error("no stand-in");
      const job = { kind: "recover" as const, since: START - 7.5 * 3_600_000, until: START, begunAt: START };
      expect(await bring({ id: "github", parts, job, api: standIn, lives: [0, 4, 2] })).toEqual({ ok: true });
      await settle(parts);
      const { sources } = await operate(parts, "sources", {});
      expect(sources[0]?.counts).toMatchObject({ dead: 0, pending: 0 });
      const { events } = await operate(parts, "events.list", { source: "github", limit: "100" });
      const ids = events.filter(({ state }) => state !== "duplicate").map((event) => event.id);
      expect([ids.length, new Set(ids).size]).toEqual([4, 4]);
    });
  });
});
