import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Call, call as callSchema, type Json } from "../../src/pipelines/calls.ts";
import { byteLength, CALL_BYTES } from "../../src/pipelines/limits.ts";
import { shapeCall } from "../../src/pipelines/shape.ts";

const envelope = { messageId: "01ARZ3NDEKTSV4RRFFQ69G5FAV", timestamp: "2026-03-01T12:00:00.000Z", userId: "u1" };

function track(properties: Record<string, Json>): Call {
  return { type: "track", ...envelope, event: "Order Completed", properties };
}

function identify(traits: Record<string, Json>): Call {
  return { type: "identify", ...envelope, traits };
}

function contentOf(call: Call): Record<string, Json> {
  return ("properties" in call ? call.properties : "traits" in call ? call.traits : undefined) ?? {};
}

function shaped(call: Call): { content: Record<string, Json>; cut: readonly string[]; bytes: number } {
  const result = shapeCall(call);
  if (result === null) throw new Error("does not fit");
  return { content: contentOf(result.call), cut: result.cut, bytes: byteLength(JSON.stringify(result.call)) };
}

describe("a call that fits", () => {
  test("is not changed", () => {
    const call = track({ note: "x".repeat(20_000), products: [{ product_id: "1" }] });
    expect(shapeCall(call)).toEqual({ call, cut: [] });
  });

  test("has at most 32,000 bytes", () => {
    const rest = CALL_BYTES - byteLength(JSON.stringify(track({ note: "" })));
    expect(shaped(track({ note: "x".repeat(rest) }))).toMatchObject({ cut: [], bytes: CALL_BYTES });
    expect(shaped(track({ note: "x".repeat(rest + 1) })).cut).toEqual(["note"]);
  });
});

describe("an event that does not fit", () => {
  test("loses the end of the longest property, and lists it", () => {
    const products = Array.from({ length: 20 }, (_, index) => ({ product_id: `p${index}`, name: "n".repeat(2_000) }));
    const { content, cut } = shaped(track({ order_id: "o1", currency: "EUR", note: "short", products }));
    expect(cut).toEqual(["products"]);
    expect(content).toEqual({
      order_id: "o1",
      currency: "EUR",
      note: "short",
      products: products.slice(0, 15),
      truncated: ["products"],
    });
  });

  test("is cut evenly, in any order", () => {
    const { content, cut, bytes } = shaped(track({ a: "a".repeat(40_000), b: "b".repeat(40_000), c: "c".repeat(1_000) }));
    expect(cut).toEqual(["a", "b"]);
    expect(String(content.a).length).toBe(String(content.b).length);
    expect(content.c).toBe("c".repeat(1_000));
    expect(bytes).toBeGreaterThan(CALL_BYTES - 200);
  });

  test("does not cut ids, at any level", () => {
    const ids = { id: "i".repeat(2_000), order_id: "o".repeat(2_000), externalId: "e".repeat(2_000) };
    const { content } = shaped(track({ ...ids, deep: { ...ids, note: "x".repeat(50_000) }, paid: "x".repeat(50_000) }));
    expect(content).toMatchObject({ ...ids, deep: ids });
    expect(String(content.paid).length).toBeLessThan(20_000);
  });

  test("keeps values: only texts and lists are shortened", () => {
    const values = { at: "2026-03-01T12:00:00.000Z", total: 19.99, paid: true, none: null };
    const texts = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`text_${index}`, "t".repeat(200)]));
    const { content, cut } = shaped(track({ ...values, ...texts }));
    expect(content).toMatchObject(values);
    expect(cut).toHaveLength(20);
    expect(content.truncated).toEqual(cut);
  });

  test("never splits a character", () => {
    const { content } = shaped(track({ note: `x${"😀".repeat(20_000)}`, escapes: "\u0001".repeat(20_000) }));
    expect(JSON.stringify(content).isWellFormed()).toBe(true);
    expect(content.note).toMatch(/^x(😀)+$/u);
  });

  test("does not fit if names, ids or short values alone are too large", () => {
    expect(shapeCall(track({ id: "x".repeat(CALL_BYTES) }))).toBeNull();
    expect(shapeCall(track({ ["n".repeat(CALL_BYTES)]: 1 }))).toBeNull();
    expect(
      shapeCall(track(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key_${index}`, index])))),
    ).toBeNull();
  });
});

describe("traits", () => {
  test("of a person have at most 1,000 bytes each, and no list of what was cut", () => {
    const { content, cut } = shaped(
      identify({ bio: "é".repeat(1_000), tags: Array.from({ length: 400 }, () => "tag"), plan: "pro" }),
    );
    expect(cut).toEqual(["bio", "tags"]);
    expect(Object.keys(content)).toEqual(["bio", "tags", "plan"]);
    expect(byteLength(JSON.stringify(content.bio))).toBeLessThanOrEqual(1_000);
    expect(byteLength(JSON.stringify(content.bio))).toBeGreaterThan(995);
    expect(byteLength(JSON.stringify(content.tags))).toBeLessThanOrEqual(1_000);
    expect(content.plan).toBe("pro");
  });

  test("that cannot be shortened are left out, and the others are sent", () => {
    const map = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key_${index}`, index]));
    expect(shaped(identify({ map, plan: "pro" }))).toMatchObject({ content: { plan: "pro" }, cut: ["map"] });
  });

  test("of an identify and a group call fit together too", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`trait_${index}`, "x".repeat(900)]));
    for (const call of [identify(many), { type: "group", ...envelope, groupId: "g1", traits: many } satisfies Call]) {
      const { content, bytes } = shaped(call);
      expect(bytes).toBeLessThanOrEqual(CALL_BYTES);
      expect(Object.keys(content)).toEqual(Object.keys(many));
    }
  });
});

test("with any content, a call fits, stays valid, keeps its ids, and is shaped only once", () => {
  const long = fc
    .tuple(fc.string({ unit: "binary", minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 3_000 }))
    .map(([text, times]) => text.repeat(times).toWellFormed());
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      long,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.boolean(),
      fc.array(tie("tree"), { maxLength: 40 }),
      fc.dictionary(fc.constantFrom("note", "product_id", "name", "id"), tie("tree")),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1, maxLength: 30 }), tree), fc.boolean(), (content, person) => {
      const call = callSchema.parse(person ? identify({ ...content, id: "kept" }) : track({ ...content, id: "kept" }));
      const result = shapeCall(call);
      if (result === null) return;
      expect(byteLength(JSON.stringify(result.call))).toBeLessThanOrEqual(CALL_BYTES);
      expect(callSchema.parse(result.call)).toEqual(result.call);
      expect(contentOf(result.call).id).toBe("kept");
      expect({ ...result.call, traits: 0, properties: 0 }).toEqual({ ...call, traits: 0, properties: 0 });
      expect(shapeCall(call)).toEqual(result);
      expect(shapeCall(result.call)).toEqual({ call: result.call, cut: [] });
    }),
    { numRuns: 60 },
  );
});
