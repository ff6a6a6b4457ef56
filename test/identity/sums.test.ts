/**
 * Sums that a vendor tells as all so far are told in parts, each once.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { SumSoFar, TrackDraft } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { fromMinor, moneyProperties } from "../../src/contract/money.ts";
import { joinProfiles, NO_PROFILE, type Profile } from "../../src/identity/profile.ts";
import { stateTraitsOf } from "../../src/identity/states.ts";
import { withPart } from "../../src/identity/sums.ts";
import { changedFixture } from "../support/changed-fixtures.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { openMemoryAccount } from "../support/memory-account.ts";
import type { Webhook } from "../support/vendors.ts";

const properties = z.looseObject({ properties: z.record(z.string(), z.unknown()) });

const AT = Date.UTC(2026, 10, 2);

function draft(minor: number, tells: SumSoFar["tells"] = "each", event = "Order Refunded"): TrackDraft {
  const amount = fromMinor(minor, "EUR");
  return {
    kind: "track",
    person: person({ ids: [] }),
    event,
    properties: moneyProperties("total", amount),
    sum: { of: "refunds:1001", amount, tells },
  };
}

function telling(profile: Profile, one: TrackDraft, by: string, at = AT) {
  const told = withPart(one, profile, { source: "acme", by, at });
  return { part: told.draft?.properties.total_minor, draft: told.draft, profile: told.profile };
}

test("the part that is new is told, in both units", () => {
  const first = telling(NO_PROFILE, draft(500), "a");
  expect(first.draft?.properties).toEqual({ total: 5, total_minor: 500, currency: "EUR" });
  const second = telling(first.profile, draft(850), "b");
  expect(second.draft?.properties).toEqual({ total: 3.5, total_minor: 350, currency: "EUR" });
  expect(second.draft).not.toHaveProperty("sum");
});

test("a replay tells what it told before, and another event of the same sum nothing", () => {
  const first = telling(NO_PROFILE, draft(500), "a");
  const second = telling(first.profile, draft(850), "b");
  expect(telling(second.profile, draft(500), "a").part).toBe(500);
  expect(telling(second.profile, draft(850), "b").part).toBe(350);
  expect(telling(second.profile, draft(850), "c").draft).toBeNull();
});

test("the first part and later ones can be different events", () => {
  const [order, payment] = [draft(1000, "first", "Order Completed"), draft(1000, "later", "Payment Succeeded")];
  expect(telling(NO_PROFILE, payment, "a").draft).toBeNull();
  const first = telling(NO_PROFILE, order, "a");
  expect(first.part).toBe(1000);
  expect(telling(first.profile, payment, "a").draft).toBeNull();
  expect(telling(first.profile, draft(1200, "first", "Order Completed"), "b").draft).toBeNull();
  expect(telling(first.profile, draft(1200, "later", "Payment Succeeded"), "b").part).toBe(200);
});

test("a first sum of nothing is told", () => {
  expect(telling(NO_PROFILE, draft(0, "first"), "a").part).toBe(0);
});

test("whatever the order and the repetitions, the parts are the largest sum", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 15 }), (sums) => {
      let profile: Profile = NO_PROFILE;
      const told = new Map<string, number>();
      for (const [index, minor] of [...sums, ...sums].entries()) {
        const by = String(index % sums.length);
        const { part, profile: next } = telling(profile, draft(minor), by);
        if (typeof part !== "number") continue;
        profile = next;
        if (told.has(by)) expect(part).toBe(told.get(by));
        told.set(by, part);
      }
      expect([...told.values()].reduce((all, part) => all + part, 0)).toBe(Math.max(...sums));
    }),
  );
});

test("what is remembered is bounded, makes no trait and leaves subscriptions alone", () => {
  let profile: Profile = { states: { "acme/subscription/s": { status: ["active", "2020-01-01T00:00:00.000Z", 1] } } };
  for (let sale = 0; sale < 200; sale += 1) {
    const one = draft(500);
    const sum = { of: `order:${sale}`, amount: fromMinor(500, "EUR"), tells: "each" } as const;
    profile = telling(profile, { ...one, sum }, String(sale), AT + sale * 1000).profile;
  }
  for (let minor = 1; minor < 100; minor += 1) profile = telling(profile, draft(minor), String(minor), AT + 1e9).profile;
  const states = Object.entries(profile.states ?? {});
  expect(states.filter(([key]) => key.startsWith("acme/sum/"))).toHaveLength(50);
  expect(Object.keys(profile.states?.["acme/sum/refunds:1001"] ?? {})).toHaveLength(20);
  expect(Object.keys(stateTraitsOf(profile, "acme"))).toContain("subscription_status");
  expect(Object.keys(stateTraitsOf(profile, "acme")).filter((name) => /sum|refund/.test(name))).toEqual([]);
});

test("two profiles of one person remember together", () => {
  const one = telling(NO_PROFILE, draft(500), "a").profile;
  const other: Profile = { addresses: { acme: ["ada@example.com", AT] } };
  expect(telling(joinProfiles(other, one), draft(850), "b").part).toBe(350);
});

describe("two partial refunds of one order, told as sums so far", () => {
  function refunded(minor: number): Webhook {
    const fixture = fixturesOf("lemon-squeezy").find(({ name }) => name === "order_refunded");
    if (fixture === undefined) throw new Error("the fixture is missing");
    const { text, headers } = changedFixture(fixture, {
      "data.attributes.refunded_amount": minor,
      "meta.webhook_id": `delivery-${minor}`,
    });
    return { source: "lemon-squeezy", adapter: "lemon-squeezy", headers, body: text };
  }

  const propertiesOf = (call: object) => new Map(Object.entries(properties.parse(call).properties));

  async function totalsAfter(webhooks: readonly Webhook[], crashes = false): Promise<readonly unknown[]> {
    const account = openMemoryAccount({ sources: { "lemon-squeezy": {} } });
    for (const webhook of webhooks) {
      if (crashes) account.crash();
      await account.receive(webhook);
    }
    const refunds = account.calls().filter(({ call }) => call.event === "Order Refunded");
    return refunds.map(({ call }) => [propertiesOf(call).get("total"), propertiesOf(call).get("total_refunded")]);
  }

  test("leave as one refund each", async () => {
    const both = [refunded(1000), refunded(1600)];
    expect(await totalsAfter(both)).toEqual([
      [10, 10],
      [6, 16],
    ]);
    expect(await totalsAfter(both, true)).toEqual(await totalsAfter(both));
  });

  test("never count twice when they arrive in the wrong order", async () => {
    expect(await totalsAfter([refunded(1600), refunded(1000)])).toEqual([[16, 16]]);
  });
});
