import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonOf } from "../../src/pipelines/values.ts";

/** JSON text without what is left out on purpose: nulls. */
const withoutNull = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), function (this: unknown, _, part: unknown) {
    if (Array.isArray(part)) return part.filter((element) => element !== null);
    return part === null && !Array.isArray(this) ? undefined : part;
  });

test("keeps JSON, without null and empty names", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
      const json = jsonOf(value);
      expect(JSON.parse(JSON.stringify(json))).toEqual(json);
      if (!JSON.stringify(value).includes('"":') && !JSON.stringify(value).includes("__proto__")) {
        expect(json).toEqual(withoutNull(value));
      }
    }),
  );
});

test("accepts any value", () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true }),
      (value) => {
        const json = jsonOf({ value });
        expect(JSON.parse(JSON.stringify(json))).toEqual(json);
        expect(JSON.stringify(json).isWellFormed()).toBe(true);
      },
    ),
  );
});

test("leaves out what JSON cannot represent", () => {
  const given = {
    a: undefined,
    b: Number.NaN,
    c: Number.NEGATIVE_INFINITY,
    d: () => 1,
    e: Symbol("e"),
    f: [1, undefined, Number.NaN, 2],
    "": 1,
    g: null,
  };
  expect(jsonOf(given)).toEqual({ f: [1, 2] });
});

test("gives times and large numbers as text, and no negative zero", () => {
  expect(jsonOf({ at: new Date("2026-03-01T12:00:00Z"), never: new Date(Number.NaN), big: 2n ** 64n, zero: -0 })).toEqual({
    at: "2026-03-01T12:00:00.000Z",
    big: "18446744073709551616",
    zero: 0,
  });
});

test("makes text and names well-formed", () => {
  expect(jsonOf({ "a\ud800": "b\udc00c" })).toEqual({ "a\ufffd": "b\ufffdc" });
});

test("a prototype cannot be set", () => {
  const given: unknown = JSON.parse('{"__proto__": {"admin": true}, "deep": {"__proto__": {"admin": true}, "constructor": 1}}');
  const json = jsonOf(Object(given));
  expect(Object.getOwnPropertyNames(json)).toEqual(["deep"]);
  expect(json).toEqual({ deep: { constructor: 1 } });
  expect("admin" in json).toBe(false);
  expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
});

test("nesting ends at 20 levels, even in a value that contains itself", () => {
  const self: { [key: string]: unknown } = { name: "x" };
  self.self = self;
  const depth = (value: unknown): number =>
    value !== null && typeof value === "object" ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
  expect(depth(jsonOf(self))).toBe(21);
  expect(depth(jsonOf({ deep: JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) }))).toBe(21);
});
