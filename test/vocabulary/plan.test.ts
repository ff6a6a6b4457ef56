/**
 * The tracking plan says of each event what it says of all, and its constructors are typed by it.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { person } from "../../src/contract/facts.ts";
import { money } from "../../src/contract/money.ts";
import * as vocabulary from "../../src/vocabulary/adapter.ts";
import { problemsWith } from "../../src/vocabulary/check.schema.ts";
import type { EventDefinition } from "../../src/vocabulary/definition.schema.ts";
import { PLAN } from "../../src/vocabulary/plan.schema.ts";

const who = person({ ids: [] });

/** A property's type in JSON: closed lists of several events may differ, text is text. */
function typeOf(schema: z.ZodType): string {
  return String(z.toJSONSchema(schema).type);
}

describe.each([...PLAN])("%s", (_, definition: EventDefinition) => {
  const properties = { ...definition.required, ...definition.optional };

  test("has an example that keeps to it, and a meaning in a sentence", () => {
    expect(problemsWith(definition, definition.example)).toEqual([]);
    expect(definition.when).toMatch(/^[A-Z].*\.$/);
  });

  test("describes its properties, and names them by what they hold", () => {
    for (const [name, schema] of Object.entries(properties)) {
      expect(schema.description?.length, name).toBeGreaterThan(3);
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      if (name.endsWith("_at")) expect(z.toJSONSchema(schema), name).toMatchObject({ format: "date-time" });
      if (name.endsWith("_minor")) expect(properties, name).toHaveProperty([name.replace(/_minor$/, "")]);
      if (name.endsWith("_minor")) expect(properties, name).toHaveProperty(["currency"]);
    }
  });

  test("refuses what it does not define", () => {
    expect(problemsWith(definition, { ...definition.example, not_in_the_plan: 1 })).not.toEqual([]);
    expect(problemsWith(definition, { ...definition.example, utm_source: 1 })).not.toEqual([]);
    expect(problemsWith(definition, { ...definition.example, custom_plan: "gold", source: "shop" })).toEqual([]);
  });
});

test("a property has one type wherever it stands", () => {
  const types = new Map<string, Set<string>>();
  for (const { required, optional } of PLAN.values())
    for (const [name, schema] of Object.entries({ ...required, ...optional }))
      types.set(name, (types.get(name) ?? new Set()).add(typeOf(schema)));
  expect([...types].filter(([, found]) => found.size > 1).map(([name]) => name)).toEqual([]);
});

test("money needs a currency, a product keeps to its own properties", () => {
  const definition = PLAN.get("Order Completed");
  expect(definition && problemsWith(definition, { order_id: "1", total: 1, total_minor: 100 })).not.toEqual([]);
  expect(definition && problemsWith(definition, { order_id: "1", products: [{ price_id: "x" }] })).not.toEqual([]);
});

describe("constructors", () => {
  test("give a track draft, without what is absent", () => {
    const draft = vocabulary.paymentFailed(who, {
      subscription_id: null,
      plan_name: "",
      attempt: 0,
      final: false,
      products: [{ name: null, sku: "a" }, {}],
      ...money("amount", 1999, "EUR"),
    });
    expect(draft).toEqual({
      kind: "track",
      person: who,
      event: "Payment Failed",
      properties: { attempt: 0, final: false, products: [{ sku: "a" }], amount: 19.99, amount_minor: 1999, currency: "EUR" },
    });
  });

  test("take further properties where the company names them, and its own fields", () => {
    const custom = vocabulary.customFields("hidden", { plan: "gold" });
    expect(vocabulary.formSubmitted(who, { form_id: "f", answer_size: [1, 2] }, { custom })).toMatchObject({
      properties: { form_id: "f", answer_size: [1, 2] },
      custom: [{ path: "hidden.plan", name: "plan", value: "gold" }],
    });
  });

  test("refuse by their types what the plan does not have", () => {
    const subscription = vocabulary.subscription({ subscription_id: "s", status: "active" });
    const extra = { unplanned: 1 };
    const calls = [
      // @ts-expect-error a property is missing
      () => vocabulary.subscriptionCancelled(who, { immediate: true }),
      // @ts-expect-error a property is not in the plan
      () => vocabulary.subscriptionCancelled(who, { ...subscription, imediate: true }),
      // @ts-expect-error the same by a spread
      () => vocabulary.subscriptionCancelled(who, { ...subscription, ...extra }),
      // @ts-expect-error a word is not in the list
      () => vocabulary.subscriptionCancelled(who, { subscription_id: "s", status: "canceled" }),
      // @ts-expect-error a number is a text
      () => vocabulary.paymentFailed(who, { attempt: "2" }),
      // @ts-expect-error an event without properties has none
      () => vocabulary.emailVerified(who, { method: "link" }),
      // @ts-expect-error a product has properties of its own
      () => vocabulary.orderCompleted(who, { order_id: "1", products: [{ price_id: "x" }] }),
    ];
    expect(calls).toHaveLength(7);
  });
});
