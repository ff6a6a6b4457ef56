/**
 * A Stripe account's past, brought into an account over real storage: interrupted anywhere, beside webhooks, each fact counts once.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import history from "../../adapters/stripe/history.ts";
import stripe from "../../adapters/stripe.ts";
import { deliver } from "../../src/cli/history/deliver.ts";
import type { Job, Place } from "../../src/cli/history/job.ts";
import { beginningOf, readPast } from "../../src/cli/history/read-past.ts";
import { createVendorClient } from "../../src/cli/history/vendor-client.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { runsOf } from "../support/share.ts";
import type { StoredRecord } from "../support/stand-ins/api.ts";
import { stripeApi } from "../support/stand-ins/stripe.ts";
import { acceptedBy, arrive, settle } from "./arrivals.ts";
import { operate } from "./operations.ts";
import { inObject, type Parts, START } from "./support.ts";

const DAY = 86_400_000;
const KEY = "rk_live_test0123456789";

/** An interruption: the process is gone. */
class Killed extends Error {}

/** A payment of an invoice, as Stripe's list and its event have it. */
function paymentOf(number: number, at: number): { readonly record: StoredRecord; readonly event: StoredRecord } {
  const created = Math.floor(at / 1000);
  const invoice = {
    id: `in_${number}`,
    object: "invoice",
    created,
    livemode: true,
    customer: "cus_1",
    currency: "usd",
    amount_paid: 1000 + number,
    amount_due: 1000 + number,
    status_transitions: { paid_at: created },
  };
  const event = {
    id: `evt_${number}`,
    object: "event",
    type: "invoice.paid",
    created,
    livemode: true,
    data: { object: invoice },
  };
  return { record: { id: invoice.id, at, value: invoice }, event: { id: event.id, at, value: event } };
}

const customer = {
  id: "cus_1",
  object: "customer",
  created: (START - 900 * DAY) / 1000,
  livemode: true,
  email: "ada@example.com",
};

interface Run {
  readonly job: Omit<Job, "history" | "given">;
  readonly parts: Parts;
  readonly api: ReturnType<typeof stripeApi>;
  /** Requests to either side until the process is killed, run by run; then it runs to its end. */
  readonly lives: readonly number[];
  /** Called before each request. */
  readonly between?: () => Promise<void>;
}

/** Runs a job to its end, through all interruptions. A kill strikes after the other side has done its work: the answer is lost. */
async function runThrough({ job, parts, api, lives, between }: Run): Promise<void> {
  const whole: Job = { ...job, history, given: { STRIPE_API_KEY: KEY } };
  let place: Place = beginningOf(whole);
  for (const life of [...lives, Number.POSITIVE_INFINITY]) {
    let left = life;
    const spend = async <Value>(work: () => Promise<Value>): Promise<Value> => {
      await between?.();
      const done = await work();
      left -= 1;
      if (left < 0) throw new Killed();
      return done;
    };
    const machine = {
      fetch: (url: string, init: RequestInit) => spend(() => api.fetch(url, init)),
      now: () => 0,
      // Where no answer came, the client waits and asks again: unless its process is gone.
      wait: async () => {
        if (left < 0) throw new Killed();
      },
    };
    try {
      const ended = await readPast(whole, place, {
        client: createVendorClient(history, whole.given, machine),
        deliver: (webhooks) =>
          deliver(
            webhooks.map(({ body, headers = {} }) => ({ headers, body: JSON.stringify(body) })),
            {
              post: async (page) => {
                const answer = await spend(() => operate(parts, "webhooks.import", { source: "stripe", webhooks: [...page] }));
                return { ok: true, answer };
              },
              wait: async () => {
                await parts.run();
              },
            },
          ),
        save: (next) => {
          place = next;
        },
      });
      expect(ended).toEqual({ ok: true });
      return;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}

function begin(parts: Parts) {
  parts.account = accountOf([sourceOf(stripe)]);
  parts.hold = 0;
  return acceptedBy(parts);
}

/** How often each invoice was counted as paid. Customer.io takes what has the same messageId, sent again after weeks, for the same event. */
function paid(calls: ReturnType<typeof acceptedBy>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const call of new Map(calls.map((one) => [one.call.messageId, one.call])).values()) {
    if (call.type !== "track" || call.event !== "Payment Succeeded") continue;
    const id = String(Object(call.properties).invoice_id);
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

const webhook = (event: StoredRecord) => ({
  ...{ source: "stripe", adapter: "stripe", headers: {} },
  body: JSON.stringify(event.value),
});

describe("Stripe's past", () => {
  test("counts each payment once: killed anywhere, webhooks before, meanwhile and afterwards", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          /** Days before now, in hours. */
          payments: fc.uniqueArray(fc.integer({ min: 4 * 24, max: 200 * 24 }), { minLength: 1, maxLength: 14 }),
          /** Since when webhooks come, in days before now; none so far. */
          live: fc.option(fc.integer({ min: 1, max: 90 }), { nil: null }),
          lives: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }),
          resent: fc.array(fc.nat({ max: 13 }), { maxLength: 4 }),
          faults: fc.array(fc.constantFrom(429, 500, 503), { maxLength: 3 }),
        }),
        async ({ payments, live, lives, resent, faults }) => {
          await inObject(async (parts) => {
            const calls = begin(parts);
            const all = payments
              .toSorted((one, other) => other - one)
              .map((hours, number) => paymentOf(number, START - hours * 3_600_000));
            const beginning = live === null ? START : START - live * DAY;
            const sent = all.filter(({ event }) => event.at >= beginning);
            for (const { event } of sent) {
              parts.now = event.at;
              await arrive(parts, webhook(event));
              await settle(parts);
              parts.retire();
            }
            parts.now = START;
            const { sources } = await operate(parts, "sources", {});
            const since = sources.find(({ name }) => name === "stripe")?.since;
            const until = Math.min(typeof since === "number" ? since : START, START - 3 * DAY);
            const lists = {
              customers: [{ id: "cus_1", at: customer.created * 1000, value: customer }],
              invoices: all.map(({ record }) => record),
              events: all.map(({ event }) => event),
            };
            const api = stripeApi({ lists, key: KEY, now: () => START });
            api.faults.push(...faults.map((status) => ({ status, retryAfter: "1" })));
            // What the vendor may send again: of the last 30 days, whatever it sent, or had to send.
            const again = resent.flatMap((index) => {
              const one = all[index];
              return one !== undefined && one.event.at > START - 30 * DAY && one.event.at >= beginning ? [one] : [];
            });
            const job = { kind: "backfill" as const, since: START - 180 * DAY, until, begunAt: START };
            await runThrough({
              ...{ job, parts, api, lives },
              between: async () => {
                const next = again.pop();
                if (next !== undefined) await arrive(parts, webhook(next.event));
              },
            });
            await settle(parts);
            const wanted = all.filter(({ event }) => event.at >= START - 180 * DAY || sent.some((one) => one.event === event));
            expect(paid(calls)).toEqual(Object.fromEntries(wanted.map(({ record }) => [record.id, 1])));
          });
        },
      ),
      { numRuns: runsOf(60) },
    );
  }, 60_000);

  test("is told in order, people first, with Stripe's own times", async () => {
    await inObject(async (parts) => {
      const calls = begin(parts);
      const all = [150, 100, 50, 20, 10].map((days, number) => paymentOf(number, START - days * DAY));
      const lists = {
        customers: [{ id: "cus_1", at: customer.created * 1000, value: customer }],
        invoices: all.map(({ record }) => record),
        events: all.map(({ event }) => event),
      };
      const api = stripeApi({ lists, key: KEY, now: () => START });
      const job = { kind: "backfill" as const, since: START - 180 * DAY, until: START - 3 * DAY, begunAt: START };
      await runThrough({ job, parts, api, lives: [] });
      await settle(parts);
      expect(calls[0]?.call).toMatchObject({ type: "identify", userId: "ada@example.com" });
      const payments = calls.filter(({ call }) => call.type === "track").map(({ call }) => call);
      expect(payments.map(({ timestamp }) => Date.parse(String(timestamp)))).toEqual(all.map(({ event }) => event.at));
      expect(payments.every((call) => "userId" in call && call.userId === "ada@example.com")).toBe(true);
    });
  });

  test("recovers what no webhook brought, and nothing else", async () => {
    await inObject(async (parts) => {
      const calls = begin(parts);
      const all = [6, 5, 4, 3, 2, 1].map((days, number) => paymentOf(number, START - days * DAY));
      for (const { event } of [all[0], all[1], all[4]].filter((one) => one !== undefined)) await arrive(parts, webhook(event));
      const api = stripeApi({ lists: { events: all.map(({ event }) => event) }, key: KEY, now: () => START });
      const job = { kind: "recover" as const, since: START - 7 * DAY, until: START, begunAt: START };
      await runThrough({ job, parts, api, lives: [1, 0, 2] });
      await settle(parts);
      expect(paid(calls)).toEqual({ in_0: 1, in_1: 1, in_2: 1, in_3: 1, in_4: 1, in_5: 1 });
      expect(api.statuses.length).toBeGreaterThan(2);
    });
  });
});
