/**
 * Subscriptions in the words of the plan: what they cost in a month, what changed, and how their state is folded.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SubscriptionFacts } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { fromDecimal, fromMinor } from "../../src/contract/money.ts";
import { fold, period, SUBSCRIPTION_STATUSES } from "../../src/vocabulary/enums.ts";
import { changed, coupons, mrrOf, mrrOfItems, subscription } from "../../src/vocabulary/subscription.ts";
import {
  joinRecords,
  SUBSCRIPTION_TRAITS,
  type SubscriptionRecord,
  subscriptionFact,
  subscriptionState,
  subscriptionTraits,
  withStatement,
} from "../../src/vocabulary/subscription-state.ts";

const euros = (decimal: string) => fromDecimal(decimal, "EUR");

describe("a billing period", () => {
  test.each([
    ["month", undefined, { interval: "month", interval_count: 1 }],
    ["MONTHS", 3, { interval: "month", interval_count: 3 }],
    ["month", 12, { interval: "year", interval_count: 1 }],
    ["month", 24, { interval: "year", interval_count: 2 }],
    ["quarterly", null, { interval: "month", interval_count: 3 }],
    ["every_two_years", null, { interval: "year", interval_count: 2 }],
    ["every_six_months", null, { interval: "month", interval_count: 6 }],
    ["Annual", null, { interval: "year", interval_count: 1 }],
    ["days", 90, { interval: "day", interval_count: 90 }],
    ["WEEK", 2, { interval: "week", interval_count: 2 }],
    ["fortnightly", null, { interval: "week", interval_count: 2 }],
    ["lifetime", null, {}],
    [null, 1, {}],
  ] as const)("%s × %s", (unit, count, expected) => expect(period(unit, count)).toEqual(expected));

  test("a word that is not in a table is none, whatever JavaScript knows by that name", () => {
    const table = { canceled: "expired" } as const;
    expect([fold(" Canceled ", table), fold("constructor", table), fold(null, table)]).toEqual(["expired", undefined, undefined]);
  });
});

describe("what is billed in a month", () => {
  test.each([
    [{ price: euros("29.00"), interval: "month" }, 2900],
    [{ price: euros("29.00"), quantity: 3, interval: "month", interval_count: 3 }, 2900],
    [{ price: euros("290.00"), interval: "year" }, 2417],
    [{ price: euros("10.00"), interval: "week" }, 4345],
    [{ price: euros("1.00"), interval: "day" }, 3042],
    [{ price: fromMinor(1200, "JPY"), interval: "year" }, 100],
    [{ price: euros("0.00"), interval: "month" }, 0],
    [{ price: euros("29.00"), quantity: 0, interval: "month" }, 0],
  ] as const)("%o", (input, minor) => expect(mrrOf(input)?.minor).toBe(minor));

  test("is unknown without price or period", () => {
    expect([mrrOf({ interval: "month" }), mrrOf({ price: euros("1") }), mrrOfItems([])]).toEqual([null, null, null]);
  });

  test("is the sum of items of one currency, less what stays off", () => {
    const items = [
      { price: euros("99"), quantity: 2, interval: "month" as const },
      { price: euros("60"), interval: "year" as const },
    ];
    expect(mrrOfItems(items)?.minor).toBe(20_300);
    expect(mrrOfItems(items, { percent: 25 })?.minor).toBe(15_225);
    expect(mrrOfItems(items, { amount: euros("300") })?.amount).toBe(0);
    expect(mrrOfItems([...items, { price: fromMinor(1, "USD"), interval: "month" }])).toBeNull();
  });

  test("keeps a vendor's own digits", () => {
    const price = fromMinor(500_000, "ISK", new Map([["ISK", 2]]));
    expect(mrrOf({ price, interval: "month" })).toEqual({ amount: 5000, minor: 500_000, currency: "ISK", digits: 2 });
  });
});

describe("a change", () => {
  const pro = { plan_id: "pro", plan_name: "Pro", price: euros("29"), quantity: 1, interval: "month" } as const;
  test.each([
    [{ ...pro, plan_id: "max", price: euros("99") }, "upgrade"],
    [{ ...pro, plan_id: "mini", price: euros("9") }, "downgrade"],
    [{ ...pro, quantity: 5 }, "quantity"],
    [{ ...pro, plan_id: "pro_y", price: euros("290"), interval: "year" }, "interval"],
    [{ ...pro, plan_id: "new" }, "other"],
    [{ ...pro, plan_id: "usd", price: fromMinor(9900, "USD") }, "other"],
  ] as const)("to %o", (after, change) => {
    expect(changed(pro, after)).toMatchObject({ change, previous_plan_name: "Pro" });
  });

  test("to another currency leaves the price of before out: an event has one", () => {
    expect(changed(pro, { ...pro, price: fromMinor(1, "USD") })).not.toHaveProperty("previous_price");
  });
});

test("coupons are listed once, the first of them alone too", () => {
  expect(coupons(["A", null, "B", "A", ""])).toEqual({ coupon: "A", coupons: ["A", "B"] });
  expect(coupons([null])).toEqual({});
});

describe("the state of subscriptions", () => {
  const who = person({});
  const [day1, day2, day3] = ["2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z", "2026-11-03T00:00:00.000Z"];
  const facts = (id: string, at: string, given: object): SubscriptionFacts => {
    const { state } = subscriptionState(who, at, subscription({ subscription_id: id, status: "active", ...given }));
    return state.of === "subscription" ? state.facts : {};
  };
  const record = (...statements: readonly (readonly [string, SubscriptionFacts])[]): SubscriptionRecord =>
    statements.reduce<SubscriptionRecord>((known, [at, one]) => withStatement(known, at, one), {});
  const plan = { plan_id: "pro", plan_name: "Pro", price: euros("29"), interval: "month" };

  test("is folded to the same whatever the order of arrival", () => {
    const statement = fc.tuple(
      fc.constantFrom(day1, day2, day3),
      fc.record(
        {
          status: fc.constantFrom(...SUBSCRIPTION_STATUSES),
          plan_name: fc.constantFrom("Basic", "Pro", null),
          mrr: fc.constantFrom(9, 29, null),
          payment_failing: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (all, keys) => {
        const shuffled = all.map((one, index) => [keys[index] ?? 0, one] as const).sort(([a], [b]) => a - b);
        const once = record(...all);
        expect(record(...shuffled.map(([, one]) => one))).toEqual(once);
        expect(record(...all, ...all)).toEqual(once);
        const half = Math.floor(all.length / 2);
        expect(joinRecords(record(...all.slice(half)), record(...all.slice(0, half)))).toEqual(once);
        expect(JSON.parse(JSON.stringify(once))).toEqual(once);
      }),
    );
  });

  test("keeps what a newer, partial statement does not tell", () => {
    const known = record([day2, facts("a", day2, plan)], [day3, { payment_failing: true }], [day1, { payment_failing: false }]);
    expect(subscriptionTraits(new Map([["a", known]]))).toMatchObject({ plan_name: "Pro", payment_failing: true, mrr: 29 });
  });

  test("forgets what a newer, whole statement leaves out", () => {
    const ending = facts("a", day1, { ...plan, status: "cancelled", ends_at: day3 });
    const known = record([day1, ending], [day2, facts("a", day2, plan)]);
    expect(subscriptionTraits(new Map([["a", known]]))).toMatchObject({
      subscription_status: "active",
      subscription_ends_at: null,
    });
  });

  test("of two statements of one second the one further in life stands", () => {
    const [trial, active] = [facts("a", day1, { status: "trialing" }), facts("a", day1, { status: "active" })];
    expect(subscriptionTraits(new Map([["a", record([day1, active], [day1, trial])]])).subscription_status).toBe("active");
  });

  test("tells of the live one that is worth most, and counts all live ones", () => {
    const traits = subscriptionTraits(
      new Map([
        ["small", record([day3, facts("small", day3, { ...plan, price: euros("9"), status: "past_due" })])],
        ["large", record([day1, facts("large", day1, plan)])],
        ["gone", record([day3, facts("gone", day3, { ...plan, price: euros("500"), status: "expired" })])],
      ]),
    );
    expect(traits).toMatchObject({ subscription_id: "large", mrr: 29, subscriptions_count: 2, payment_failing: true });
    expect(Object.keys(traits).sort()).toEqual([...SUBSCRIPTION_TRAITS].sort());
  });

  test("tells of the one that ended last where none is live, and is worth nothing then", () => {
    const ended = (id: string, at: string) => record([at, facts(id, at, { ...plan, status: "expired", ended_at: at })]);
    const traits = subscriptionTraits(
      new Map([
        ["b", ended("b", day2)],
        ["a", ended("a", day1)],
      ]),
    );
    expect(traits).toMatchObject({ subscription_id: "b", subscription_status: "expired", mrr: 0, subscriptions_count: 0 });
  });

  test("says nothing of a subscription whose status is unknown", () => {
    const { state } = subscriptionFact(who, day1, "a", { payment_failing: true });
    expect(subscriptionTraits(new Map([["a", record([day1, state.of === "subscription" ? state.facts : {}])]]))).toEqual({});
    expect(subscriptionTraits(new Map())).toEqual({});
  });
});
