/**
 * The fields that may be missing: what counts as missing, and what must not.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import {
  blank,
  decisive,
  flag,
  id,
  isoTime,
  list,
  MALFORMED_DECISION,
  maybe,
  number,
  optional,
  text,
  whole,
} from "../../src/contract/fields.ts";
import { describeIssues } from "../../src/contract/issues.ts";

const customer = z.object({ id, email: maybe.text });

const order = z.object({
  id,
  customer: optional(customer),
  paid_at: optional(isoTime),
  total: optional(number),
  lines: optional(list(z.object({ sku: text, quantity: maybe.number }))),
  test: decisive(flag),
});

/** An order with these fields. */
function orderWith(fields: object) {
  return order.safeParse({ id: "o1", ...fields }).data;
}

describe("an optional field", () => {
  test.each([
    ["PHP's empty object", { customer: [] }],
    ["a list with something in it", { customer: [{ id: "c1" }] }],
    ["without what it must have", { customer: { email: "ada@example.com" } }],
    ["an impossible date", { paid_at: "2026-02-31T25:00:00Z" }],
    ["no date", { paid_at: {} }],
    ["no number", { total: "NaN" }],
    ["an object for a number", { total: { amount: 1 } }],
    ["an object for a list", { lines: {} }],
    ["text for a list", { lines: "a" }],
  ])("%s is absent", (_, fields) => {
    const [name = ""] = Object.keys(fields);
    expect(orderWith(fields)).toEqual(orderWith({}));
    expect(orderWith(fields)).toHaveProperty("id", "o1");
    expect(Object.entries(orderWith(fields) ?? {}).find(([field]) => field === name)?.[1]).toBeUndefined();
  });

  test("null stays null: it may say that something was removed", () => {
    expect(orderWith({ customer: null, total: null })).toMatchObject({ customer: null, total: null });
  });

  test("a malformed part of an optional object is missing alone", () => {
    expect(orderWith({ customer: { id: "c1", email: ["ada@example.com"] } })?.customer).toEqual({ id: "c1" });
  });

  test("whatever stands there, the rest is read", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("customer", "paid_at", "total", "lines"), (value, name) => {
        expect(orderWith({ total: 5, test: true, [name]: value })).toMatchObject({ id: "o1", test: true });
      }),
    );
  });
});

describe("a list", () => {
  test("loses its malformed items, and keeps the order of the others", () => {
    const lines = [{ sku: "a", quantity: "2" }, null, "b", [], { sku: {} }, { sku: "c", quantity: {} }];
    expect(orderWith({ lines })?.lines).toEqual([{ sku: "a", quantity: 2 }, { sku: "c" }]);
  });
});

describe("a decisive field", () => {
  test.each([{}, { test: null }])("may be left out: %j", (fields) => expect(orderWith(fields)?.test ?? null).toBeNull());
  test.each([true, 1, "true"])("is read: %j", (value) => expect(orderWith({ test: value })?.test).toBe(true));

  test.each([[[]], [{}], ["yes"], ["NaN"], [2], [""]])("must not be guessed: %j", (value) => {
    const result = order.safeParse({ id: "o1", test: value });
    expect(result.success).toBe(false);
    expect(result.error && describeIssues(result.error)).toBe(`test: ${MALFORMED_DECISION}`);
  });

  test("inside an optional object, that object is absent; inside a union it is still named", () => {
    expect(z.object({ a: optional(z.object({ b: decisive(flag) })) }).parse({ a: { b: "?" } })).toEqual({});
    const refused = z
      .object({ body: z.union([z.object({ b: decisive(flag) }), z.array(z.string())]) })
      .safeParse({ body: { b: "?" } });
    expect(refused.error && describeIssues(refused.error)).toBe(`body.b: ${MALFORMED_DECISION}`);
  });
});

test("an empty text stands for nothing only where a vendor writes it so", () => {
  expect(blank.or(id).parse("")).toBeNull();
  expect(blank.or(id).parse("x")).toBe("x");
  expect(blank.or(id).safeParse([]).success).toBe(false);
});

test("fields of an object are read beside all of it as it was sent, and named where they are wrong", () => {
  const events = z.array(whole(z.object({ type: text, at: maybe.isoTime })));
  const sent = { type: "a", at: "2026-11-29T10:00:00+01:00", other: [1] };
  const [read] = events.parse([sent]);
  expect(read).toEqual({ fields: { type: "a", at: "2026-11-29T09:00:00.000Z" }, sent });
  expect(read?.sent).toBe(sent);
  const refused = events.safeParse([sent, { type: 1 }, {}, []]);
  expect(refused.error && describeIssues(refused.error)).toBe("1.type: must be a string; 2.type: missing; 3: must be an object");
});

test("times are written as Date writes them, in any order", () => {
  const times = fc.array(fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) - 1 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(times, (all) => {
      const written = all.map((time) => new Date(time).toISOString());
      expect(all.map((time) => maybe.unixMilliseconds.parse(time))).toEqual(written);
      expect(written.map((time) => isoTime.parse(time))).toEqual(written);
      expect(written.map((time) => isoTime.parse(time.replace(/\.\d+Z/, "+00:00")))).toEqual(
        written.map((time) => time.replace(/\.\d+Z/, ".000Z")),
      );
    }),
  );
});
