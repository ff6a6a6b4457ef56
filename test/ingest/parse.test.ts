import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BodyFormat } from "../../src/contract/formats.ts";
import { DEEPEST_NESTING, MOST_FIELDS, parseBody } from "../../src/contract/parse.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const json = (text: string) => parseBody(bytesOf(text), "json");
const form = (text: string) => parseBody(bytesOf(text), "form");

describe("JSON", () => {
  test.each([
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", "9007199254740993"],
    ["-9007199254740993", "-9007199254740993"],
    ["12345678901234567890123", "12345678901234567890123"],
    ['"9007199254740993"', "9007199254740993"],
    ["1234567890.12345600", 1234567890.123456],
    ["1e3", 1000],
  ])("%s", (text, value) => {
    expect(json(`{"a":[${text}]}`)).toEqual({ ok: true, value: { a: [value] } });
  });

  test("a byte order mark is skipped", () => {
    expect(json("\ufeff{}")).toEqual({ ok: true, value: {} });
  });

  test("`__proto__` is a key of its own and changes no prototype", () => {
    for (const text of ['{"__proto__":{"admin":true},"n":1}', '{"__proto__":{"admin":true},"n":9007199254740993}']) {
      const result = json(text);
      const value = result.ok ? result.value : null;
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.hasOwn(Object(value), "__proto__")).toBe(true);
      expect(Reflect.get(Object(value), "admin")).toBeUndefined();
    }
  });

  test("an escaped lone surrogate is kept for the schema to correct", () => {
    expect(json('"\\ud800"')).toEqual({ ok: true, value: "\ud800" });
  });

  test.each([
    ["arrays", "[", "]"],
    ["objects", '{"a":', "}"],
  ])("%s nested to the limit, and one level deeper", (_, open, close) => {
    const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
    expect(json(nested(DEEPEST_NESTING)).ok).toBe(true);
    expect(json(nested(DEEPEST_NESTING + 1))).toEqual({ ok: false, issue: "the body is nested more than 200 deep" });
    expect(json(nested(100_000)).ok).toBe(false);
    expect(json(open.repeat(100_000)).ok).toBe(false);
  });

  test("a list of many objects is not nested deep, and hides nothing that is", () => {
    const list = (last: string) => `[${'{"a":[1]},'.repeat(1_000)}${last}]`;
    const deep = `${"[".repeat(DEEPEST_NESTING)}${"]".repeat(DEEPEST_NESTING)}`;
    expect(json(list("{}")).ok).toBe(true);
    expect(json(list(deep)).ok).toBe(false);
    expect(json(`{"a":"${"},{".repeat(1_000)}","b":${deep}}`).ok).toBe(false);
    expect(json(`{"a":"${"},{".repeat(20_000)}"}`).ok).toBe(true);
  });

  test("a long number is found at any place, and no other is changed", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), digits, fc.boolean(), digits, (before, number, isNegative, text) => {
        const written = `${isNegative ? "-" : ""}${BigInt(number)}`;
        const value = Number.isSafeInteger(Number(written)) ? Number(written) : written;
        const [first, last] = [JSON.stringify(before), JSON.stringify(`${text}-${text}`)];
        expect(json(`[${first},${written}, ${last}]`)).toEqual({ ok: true, value: [before, value, `${text}-${text}`] });
      }),
    );
  });

  test("brackets inside text are not nesting, with any escapes", () => {
    const value = { a: `${"[{".repeat(500)}\\"`, b: '\\\\"[' };
    expect(json(JSON.stringify(value))).toEqual({ ok: true, value });
  });

  test.each(["", "{", "NaN", "{'a':1}", "[1,]", "undefined", "\u0000"])("%j is an issue that contains no input", (text) => {
    expect(json(text)).toEqual({ ok: false, issue: "the body is not JSON" });
  });

  test("bytes that are not UTF-8 are an issue", () => {
    for (const format of ["json", "form", "text"] as const) {
      expect(parseBody(Uint8Array.of(0x22, 0xff, 0x22), format)).toEqual({ ok: false, issue: "the body is not UTF-8" });
    }
  });

  test("any output of JSON.stringify is read back", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
        const text = JSON.stringify(value);
        const result = json(text);
        expect(result.ok).toBe(true);
        // Integers beyond 2^53 aside, which JSON.parse would round.
        if (result.ok && !/\d{16}/.test(text)) expect(result.value).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("form", () => {
  test("names, values, and a repeated name", () => {
    expect(form("a=1&b=x%20y+z&a=2&a=3&c=")).toEqual({ ok: true, value: { a: ["1", "2", "3"], b: "x y z", c: "" } });
  });

  test("a plain object, with any names", () => {
    const result = form("__proto__=1&constructor=2&toString=3");
    const value = result.ok ? result.value : null;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.entries(Object(value))).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
      ["toString", "3"],
    ]);
  });

  test("the most fields allowed, and one more", () => {
    const fields = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=1`).join("&");
    expect(form(fields(MOST_FIELDS)).ok).toBe(true);
    expect(form(fields(MOST_FIELDS + 1))).toEqual({ ok: false, issue: "the form has more than 1000 fields" });
    expect(form(fields(10_000)).ok).toBe(false);
  });
});

describe("JSON in a field of a form", () => {
  const field = (text: string) => parseBody(bytesOf(text), { form: "payload" });

  test("is read like a body", () => {
    expect(field(`payload=${encodeURIComponent('{"id":9007199254740993}')}`)).toEqual({
      ok: true,
      value: { id: "9007199254740993" },
    });
  });

  test.each([
    ["is missing", "other=1", 'the form needs one field "payload"'],
    ["stands there twice", "payload=1&payload=2", 'the form needs one field "payload"'],
    ["is not JSON", "payload=x", 'the field "payload" is not JSON'],
    ["is nested too deep", `payload=${"[".repeat(100_000)}`, 'the field "payload" is nested more than 200 deep'],
  ])("that %s", (_, text, issue) => {
    expect(field(text)).toEqual({ ok: false, issue });
  });
});

test("text stays text", () => {
  expect(parseBody(bytesOf("a=1\n"), "text")).toEqual({ ok: true, value: "a=1\n" });
});

test("no input makes it throw", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom<BodyFormat[]>("json", "form", "text", { form: "a" }),
      (bytes, format) => {
        expect(parseBody(bytes, format)).toHaveProperty("ok");
      },
    ),
  );
});
