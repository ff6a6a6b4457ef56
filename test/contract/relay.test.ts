/**
 * Names and values that a sender chose freely.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventNameOf, nameAsSent, relayedValue, valueAsSent } from "../../src/contract/relay.ts";

test.each([
  ["user.created", "User Created"],
  ["userCreated", "User Created"],
  ["signup", "Signup Received"],
  ["added_to_cart", "Added to Cart"],
  ["2fa.enabled", "Event 2fa Enabled"],
  ["Order Completed", "Order Completed"],
  ["order  completed", "order completed"],
  ["Bestellung bestätigt", "Bestellung bestätigt"],
  ["bestellung.bestätigt", "Bestellung Bestätigt"],
  ["注文.完了", "注文 完了"],
  ["заказ", "Заказ"],
  ["x".repeat(101), null],
  ["注".repeat(34), null],
  ["42", "Event 42"],
  ["…", null],
])("%s is named %s", (given, name) => expect(eventNameOf(given)).toBe(name));

test("a name is clean, bounded, and named the same again", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (given) => {
      const name = eventNameOf(given);
      if (name === null) return;
      expect(name).toMatch(/^[^\p{C}]{1,100}$/u);
      expect(bytesOf(name)).toBeLessThanOrEqual(100);
      if (name.includes(" ")) expect(eventNameOf(name)).toBe(name);
    }),
  );
});

test.each(["checkout_started", "CompanySize", "Order ID", "価格", "नाम", "42", "🎉", "a.b", "constructor", "x".repeat(100)])(
  "%s stays as it was sent",
  (given) => expect(nameAsSent(given)).toBe(given),
);

test.each(["", " ", "\n", "__proto__", "\u0000", "x".repeat(101), "注".repeat(34)])("%j is no name", (given) =>
  expect(nameAsSent(given)).toBeNull(),
);

test("a name as it was sent is well-formed, bounded, and its own name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 120 }), (given) => {
      const name = nameAsSent(given);
      if (name === null) return;
      expect(name).toBe(given.toWellFormed().replaceAll("\u0000", ""));
      expect(bytesOf(name)).toBeLessThanOrEqual(100);
      expect(nameAsSent(name)).toBe(name);
    }),
  );
});

test("a value stays as it was sent, whatever its name promises", () => {
  expect(["this morning", 5, true, "2026-11-20T08:58:00+01:00"].map(valueAsSent)).toEqual([
    "this morning",
    5,
    true,
    "2026-11-20T08:58:00+01:00",
  ]);
  expect(relayedValue("seen_at", "2026-11-20T08:58:00+01:00")).toBe("2026-11-20T07:58:00.000Z");
  expect(relayedValue("seen_at", "this morning")).toBeUndefined();
});

test("an object keeps its sender's names, and is bounded in every direction", () => {
  expect(relayedValue("items", [{ Größe: "M", nested: { 数: [1, true, null] } }, null, "x"])).toEqual([
    { Größe: "M", nested: { 数: [1, true] } },
    "x",
  ]);
  expect(relayedValue("deep", { a: { b: { c: { d: { e: 1 } }, kept: 1 } } })).toEqual({ a: { b: { kept: 1 } } });
  const wide = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${index}`, index]));
  expect(Object.keys(relayedValue("wide", wide) ?? {})).toHaveLength(50);
  expect(
    relayedValue(
      "long",
      Array.from({ length: 30 }, (_, index) => index),
    ),
  ).toHaveLength(20);
  expect(relayedValue("empty", {})).toBeUndefined();
});

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
