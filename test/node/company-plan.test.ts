/**
 * The tracking plan as a company sees it: its own events, its recorded calls held against it, and the plan as JSON Schema.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { checkCalls, planOf } from "../../src/cli/company-plan.ts";
import { renderTrackingPlanJson } from "../../src/cli/generate/tracking-plan-json.ts";
import { planned } from "../../src/cli/vendors.ts";
import { PLAN } from "../../src/vocabulary/plan.schema.ts";
import { VENDORS as vendors } from "./all-vendors.ts";

const stripe = vendors.filter(({ adapter }) => adapter.id === "stripe");

const failed = {
  type: "track",
  event: "Payment Failed",
  properties: {
    amount: 29,
    amount_minor: 2900,
    currency: "EUR",
    attempt: 2,
    provider: "stripe",
    source: "stripe",
    custom_team: "a",
  },
};

describe("the plan of a company", () => {
  test("has the events that its vendors tell, with the vendor's own names of them", () => {
    const events = planOf(stripe);
    const one = events.find(({ event }) => event === "Payment Failed");
    expect(one?.from).toEqual({
      stripe: ["checkout.session.async_payment_failed", "invoice.payment_failed", "payment_intent.payment_failed"],
    });
    expect(one?.properties).toContainEqual({
      name: "attempt",
      type: "whole number",
      meaning: "number of this attempt, from 1",
      vendors: ["stripe"],
    });
    expect(events.map(({ event }) => event)).toContain("Quote Accepted");
    expect(events.map(({ event }) => event)).not.toContain("Cart Created");
  });

  test("says of a property which of its vendors tell it", () => {
    const [first] = stripe;
    if (!first) throw new Error("no Stripe");
    const plain = first.events.map((one) => ({ ...one, properties: one.properties.filter((name) => name !== "attempt") }));
    const second = { ...first, events: plain, adapter: { ...first.adapter, id: "other", name: "Other" } };
    const attempt = planOf([first, second])
      .find(({ event }) => event === "Payment Failed")
      ?.properties.find(({ name }) => name === "attempt");
    expect(attempt?.vendors).toEqual(["stripe"]);
  });
});

describe("recorded calls", () => {
  test("that the goldens have keep to the plan", () => {
    const calls = planned(vendors).flatMap(({ told }) => told.map(({ call }) => JSON.stringify(call)));
    const { events, others, problems } = checkCalls(calls.join("\n"), vendors);
    expect(problems).toEqual([]);
    expect(events + others).toBe(calls.length);
    expect(events).toBeGreaterThan(50);
  });

  test("are taken as lines, as a list, and as the sandbox records them", () => {
    const identify = { type: "identify", traits: {} };
    for (const text of [
      `${JSON.stringify(failed)}\n\n${JSON.stringify(identify)}\n`,
      JSON.stringify([failed, identify]),
      JSON.stringify(
        [
          { seq: 1, region: "us", event: failed },
          { seq: 2, region: "us", event: identify },
        ],
        null,
        2,
      ),
      `{"calls":[\n${JSON.stringify({ seq: 1, event: failed })},\n${JSON.stringify({ seq: 2, event: identify })}\n]}\n`,
    ])
      expect(checkCalls(text, vendors)).toEqual({ events: 1, others: 1, problems: [] });
  });

  test.each([
    ["an event that is in no plan", { ...failed, event: "Invoice Failed" }, "Invoice Failed: is not in the plan"],
    [
      "another vendor's own event",
      { ...failed, event: "Quote Accepted", properties: { provider: "shopify" } },
      "Quote Accepted: is not in the plan",
    ],
    ["a property of another type", { ...failed, properties: { ...failed.properties, attempt: "2" } }, "attempt"],
    ["a property that the plan does not have", { ...failed, properties: { ...failed.properties, atempt: 2 } }, "atempt"],
    ["money without a currency", { ...failed, properties: { amount: 29, amount_minor: 2900 } }, "money without a currency"],
    ["what is no call", { hello: 1 }, "is no call"],
  ])("are refused: %s", (_, call, problem) => {
    expect(checkCalls(JSON.stringify(call), vendors).problems.join("\n")).toContain(problem);
  });

  test("that are no JSON are refused by their line", () => {
    expect(checkCalls(`${JSON.stringify(failed)}\n{"type":`, vendors).problems).toEqual(["line 2: is no call"]);
  });
});

test("the plan as JSON Schema has every event, and refers to nothing that it does not define", () => {
  const text = renderTrackingPlanJson(vendors);
  const { $defs, oneOf } = z
    .looseObject({ $defs: z.record(z.string(), z.unknown()), oneOf: z.array(z.unknown()) })
    .parse(JSON.parse(text));
  const references = [...text.matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name = ""]) => decodeURIComponent(name));
  expect(references.filter((name) => !(name in $defs))).toEqual([]);
  for (const event of PLAN.keys()) expect($defs, event).toHaveProperty([event]);
  expect(oneOf.length).toBeGreaterThanOrEqual(PLAN.size);
});
