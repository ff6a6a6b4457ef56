/**
 * The conventions of calls find what breaks them.
 */
import { describe, expect, test } from "vitest";
import type { Call } from "../../src/pipelines/calls.ts";
import { problemsOf } from "../support/conventions.ts";

const envelope = { messageId: "01KAR0000000000000000000AA", timestamp: "2026-11-23T12:00:00.000Z", userId: "ada@example.com" };
const known = { provider: "toy", source: "toy", source_event: "toy.done" };

function track(event: string, properties: NonNullable<Extract<Call, { type: "track" }>["properties"]> = {}): Call {
  return { ...envelope, type: "track", event, properties: { ...known, ...properties } };
}

function identify(traits: NonNullable<Extract<Call, { type: "identify" }>["traits"]>): Call {
  return { ...envelope, type: "identify", traits, context: { active: false } };
}

describe("a call that keeps to them", () => {
  test.each([
    track("Order Completed", {
      total: 19.99,
      total_minor: 1999,
      currency: "EUR",
      ordered_at: "2026-11-23T12:00:00Z",
      products: [{ sku: "a" }],
      products_count: 1,
    }),
    track("Product Added to Wishlist"),
    identify({ first_name: "Ada", "cio_subscription_preferences.channels.email": false }),
  ])("%o", (call) => expect(problemsOf(call)).toEqual([]));
});

describe("a call in names of its sender's own", () => {
  test.each([
    track("completed order", { orderId: "1", 価格: 100, lines: [{ unitPrice: 5 }], seen_at: "yesterday", left_minor: 1 }),
    identify({ first_name: "Ada", "segment_Company Size": "11-50" }),
  ])("%o", (call) => {
    expect(problemsOf(call, "segment")).toEqual([]);
    expect(problemsOf(call, "stripe")).not.toEqual([]);
  });

  test.each([
    track("User Deleted"),
    track("Thing Done", { recipient: "mallory@example.com" }),
    track("Thing Done", { provider: null }),
    track("Order Completed", { products: [{ sku: "a" }] }),
    identify({ companySize: "11-50" }),
  ])("has limits: %o", (call) => expect(problemsOf(call, "segment")).not.toEqual([]));
});

describe("a call that does not", () => {
  test.each([
    track("order_completed"),
    track("Completed order"),
    track("Completed"),
    track("User Deleted"),
    track("Application Opened"),
    track("Order Completed", { orderId: "1" }),
    track("Order Completed", { nested: [{ orderId: "1" }] }),
    track("Order Completed", { reply_to: "mallory@example.com" }),
    track("Order Completed", { total_minor: 1999, currency: "EUR" }),
    track("Order Completed", { total: 19.99, total_minor: 1999 }),
    track("Order Completed", { total: 19.99, total_minor: 1999, currency: "eur" }),
    track("Order Completed", { ordered_at: 1_795_443_803 }),
    track("Order Completed", { ordered_at: "2026-11-23" }),
    track("Order Completed", { products: [{ sku: "a" }] }),
    track("Order Completed", { products: Array.from({ length: 21 }, () => ({ sku: "a" })), products_count: 21 }),
    track("Order Completed", { provider: null }),
    identify({ firstName: "Ada" }),
    identify({ "cio_subscription_preferences.topics.topic_1": true }),
    { ...identify({}), context: {} },
    { ...track("Order Completed"), timestamp: "2026-11-23T12:00:00+01:00" },
    { ...track("Order Completed"), userId: "" },
    { ...envelope, type: "alias", previousId: "b" },
  ] satisfies readonly Call[])("%o", (call) => expect(problemsOf(call)).not.toEqual([]));
});
