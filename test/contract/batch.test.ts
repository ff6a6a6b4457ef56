/**
 * Bodies that hold several events: each item with what surrounds it, and what is too much.
 */
import { describe, expect, test } from "vitest";
import { itemsOf, onlyItems } from "../../src/contract/batch.ts";

describe("a body is split", () => {
  test.each<[string, string, unknown, readonly (readonly [string, unknown])[]]>([
    [
      "a list",
      "[]",
      [1, 2],
      [
        ["0", [1]],
        ["1", [2]],
      ],
    ],
    ["an empty list", "[]", [], [["0", []]]],
    ["no list", "[]", { a: 1 }, [["0", { a: 1 }]]],
    [
      "a list in an object",
      "data.events[]",
      { id: 7, data: { events: ["a", "b"], of: "c" } },
      [
        ["0", { id: 7, data: { events: ["a"], of: "c" } }],
        ["1", { id: 7, data: { events: ["b"], of: "c" } }],
      ],
    ],
    [
      "lists in a list, one of them empty",
      "entry[].changes[]",
      { entry: [{ id: 1, changes: ["a", "b"] }, { id: 2, changes: [] }, { id: 3 }] },
      [
        ["0.0", { entry: [{ id: 1, changes: ["a"] }] }],
        ["0.1", { entry: [{ id: 1, changes: ["b"] }] }],
        ["1", { entry: [{ id: 2, changes: [] }] }],
        ["2", { entry: [{ id: 3 }] }],
      ],
    ],
  ])("%s", (_, path, body, expected) => {
    expect(itemsOf(body, path)).toEqual({ ok: true, items: expected.map(([place, item]) => ({ place, body: item })) });
    for (const [place, item] of expected)
      if (place !== "0" || expected.length > 1) expect(onlyItems(body, path, new Set([place]))).toEqual(item);
  });

  test("into 20,000 items at most", () => {
    expect(itemsOf(new Array(20_000).fill(0), "[]").ok).toBe(true);
    expect(itemsOf(new Array(20_001).fill(0), "[]")).toEqual({ ok: false, issue: "the body holds more than 20000 events" });
  });

  test("only where not too much surrounds all items together", () => {
    const body = (around: number) => ({ text: "x".repeat(around), events: new Array(10_000).fill(0) });
    expect(itemsOf(body(4_900), "events[]").ok).toBe(true);
    expect(itemsOf(body(5_000), "events[]")).toEqual({ ok: false, issue: "the body is too large around its events" });
  });
});
