/**
 * What is done with a body before anybody has proven that it is genuine: little, and the same as later.
 */
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { UNPROVEN_BODY_LIMIT } from "../../src/contract/body-limits.ts";
import type { BodyFormat } from "../../src/contract/formats.ts";
import { fieldsOf, MOST_FIELDS, parseBody } from "../../src/contract/parse.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { hmac } from "../../src/contract/verify/hmac.ts";
import { jwt } from "../../src/contract/verify/jwt.ts";
import { bare, listed } from "../../src/contract/verify/layouts.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { configured } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";
import { NOW } from "../support/requests.ts";

const SECRET = "a secret of sixteen characters";

function requestOf(body: string, headers: Readonly<Record<string, string>> = {}): SignedRequest {
  return {
    method: "POST",
    url: "",
    headers: new Headers(headers),
    query: new URLSearchParams(),
    pathToken: null,
    body: utf8Bytes(body),
  };
}

describe("a field is what parsing finds", () => {
  /** What the adapter will read at this path. */
  const parsed = (bytes: Uint8Array, format: BodyFormat, path: string) => {
    const result = parseBody(bytes, format);
    if (!result.ok) return undefined;
    const value = path
      .split(".")
      .reduce<unknown>(
        (found, name) =>
          typeof found === "object" && found !== null && Object.hasOwn(found, name) ? Reflect.get(found, name) : null,
        result.value,
      );
    return typeof value === "object" ? null : String(value);
  };

  /** The paths of everything in a value, texts' own members aside. */
  const pathsIn = (value: unknown): readonly string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, part]) => [name, ...pathsIn(part).map((rest) => `${name}.${rest}`)])
      : [];
  const pathsOf = (body: string) => {
    const result = parseBody(utf8Bytes(body), "json");
    return result.ok ? pathsIn(result.value) : [];
  };

  const name = fc.constantFrom(
    "signature",
    "token",
    "a",
    "b",
    "0",
    "1",
    "01",
    "__proto__",
    "constructor",
    "é😀",
    "",
    '"\\',
    "\n",
  );
  const space = fc.constantFrom("", "", " ", "\n\t\r ");
  const number = fc.constantFrom(
    ...["0", "-0", "1", "1.0", "1e3", "1E-2", "9007199254740991", "9007199254740993", "-12345678901234567890", "1e400", "0.1"],
  );
  /** A text as JSON, each of its characters escaped or not. */
  const written = (text: string) =>
    fc.array(fc.constantFrom("plain", "short", "\\u"), { minLength: text.length, maxLength: text.length }).map((styles) => {
      const units = Array.from({ length: text.length }, (_, index) => text.charAt(index));
      const codes = units.map((unit, index) => {
        const escaped = `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
        return styles[index] === "\\u"
          ? escaped
          : JSON.stringify(unit).length > 3 || /["\\]/.test(unit)
            ? JSON.stringify(unit).slice(1, -1)
            : unit;
      });
      return `"${codes.join("")}"`;
    });
  const text = fc
    .oneof(name, fc.string({ unit: "grapheme" }), fc.constantFrom('{"a":1}', "]}", '","token":"x', "\\"))
    .chain(written);
  const membersOf = (value: fc.Arbitrary<string>, minLength: number) =>
    fc
      .array(fc.tuple(space, name.chain(written), space, space, value, space), { minLength, maxLength: 5 })
      .map((members) => `{${members.map(([a, key, b, c, of, d]) => `${a}${key}${b}:${c}${of}${d}`).join(",")}}`);
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      text,
      number,
      fc.constantFrom("true", "false", "null"),
      membersOf(tie("value"), 0),
      fc
        .array(fc.tuple(space, tie("value"), space), { maxLength: 4 })
        .map((elements) => `[${elements.map((parts) => parts.join("")).join(",")}]`),
      space.map((inside) => `{${inside}}`),
      space.map((inside) => `[${inside}]`),
    ),
  }));
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("."));
  const json = fc
    .tuple(fc.constantFrom("", "\ufeff"), space, fc.oneof(membersOf(value, 2), value), space)
    .map((parts) => parts.join(""));

  test("in JSON, whatever is written how often and how", () => {
    let found = 0;
    fc.assert(
      fc.property(json, fc.array(path, { minLength: 4, maxLength: 4 }), (body, paths) => {
        const bytes = utf8Bytes(body.toWellFormed());
        for (const one of [...paths, ...pathsOf(body.toWellFormed())]) {
          const expected = parsed(bytes, "json", one);
          expect(expected).not.toBeUndefined();
          expect(fieldsOf(bytes, "json")(one)).toBe(expected);
          if (expected !== null) found += 1;
        }
      }),
      { numRuns: 1500 },
    );
    // Or nothing was compared.
    expect(found).toBeGreaterThan(1_000);
  });

  test("in whatever is still JSON after mischief", () => {
    const mischief = fc.tuple(
      fc.nat(400),
      fc.constantFrom("", '"', "\\", "{", "}", "[", "]", ",", ":", " ", "1", "\u0000"),
      fc.boolean(),
    );
    fc.assert(
      fc.property(json, fc.array(mischief, { minLength: 1, maxLength: 3 }), path, (body, changes, one) => {
        const changed = changes.reduce(
          (current, [at, other, isExtra]) => current.slice(0, at) + other + current.slice(isExtra ? at : at + 1),
          body,
        );
        const bytes = utf8Bytes(changed.toWellFormed());
        for (const either of [one, ...pathsOf(body.toWellFormed())]) {
          const expected = parsed(bytes, "json", either);
          const actual = fieldsOf(bytes, "json")(either);
          if (expected !== undefined) expect(actual).toBe(expected);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ["the last of two", '{"a":"1","a":"2"}', "a", "2"],
    ["the last of two, differently written", '{"a":"1","\\u0061":"2"}', "a", "2"],
    ["none, where the last of two has it not", '{"a":{"b":"1"},"a":2}', "a.b", null],
    ["the own member of that name", '{"__proto__":{"a":"1"}}', "__proto__.a", "1"],
    ["nothing inherited", '{"__proto__":{"a":"1"}}', "a", null],
    ["nothing inherited of a list", "[]", "constructor", null],
    ["nothing that stands in a text", '{"b":"\\",\\"a\\":\\"1\\"","c":"}"}', "a", null],
    ["a long number to the digit", '{"a":12345678901234567890}', "a", "12345678901234567890"],
    ["an element", '{"a":[{"b":"1"},{"b":"2"}]}', "a.1.b", "2"],
    ["nothing at a number that is none", '{"a":["1"]}', "a.00", null],
  ])("%s", (_, body, one, expected) => {
    expect(fieldsOf(utf8Bytes(body), "json")(one)).toBe(expected);
    expect(parsed(utf8Bytes(body), "json", one)).toBe(expected);
  });

  test("in forms, in JSON in a field of a form, and in tokens", () => {
    fc.assert(
      fc.property(json, path, (body, one) => {
        const wellFormed = body.toWellFormed();
        const url = utf8Bytes(new URLSearchParams({ other: "1", payload: wellFormed }).toString());
        const token = utf8Bytes(`e30.${encode(utf8Bytes(wellFormed), "base64url")}.AAAA`);
        const cases: readonly (readonly [Uint8Array, BodyFormat])[] = [
          [url, { form: "payload" }],
          [url, "form"],
          [token, "jwt"],
        ];
        for (const [bytes, format] of cases) {
          const expected = parsed(bytes, format, one);
          if (expected !== undefined) expect(fieldsOf(bytes, format)(one)).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("no bytes make it throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), path, (bytes, one) => {
        for (const format of ["json", "form", "jwt", "text", { form: "a" }] as const)
          expect(["string", "object"]).toContain(typeof fieldsOf(bytes, format)(one));
      }),
    );
  });
});

describe("a body whose proof stands in it", () => {
  const parsing = [...ADAPTERS.values()].filter((adapter) => configured(adapter, adapter.demoOptions).verifier.parsesUnproven);

  test("is that of these vendors", () => {
    expect(parsing.map(({ id }) => id).sort()).toEqual([
      "amazon-ses",
      "app-store",
      "braintree",
      "kinde",
      "mailgun",
      "mandrill",
      "twilio",
    ]);
  });

  test("has 64 KB at the most, whatever the adapter says, and no other has", () => {
    for (const adapter of ADAPTERS.values()) {
      const { verifier, bodyLimit } = configured(adapter, adapter.demoOptions);
      expect(bodyLimit, adapter.id).toBe(verifier.parsesUnproven ? UNPROVEN_BODY_LIMIT : adapter.bodyLimit);
    }
  });
});

describe("what a stranger's body costs", () => {
  afterEach(() => vi.restoreAllMocks());

  /** Lengths of the texts that were parsed. */
  const parsedLengths = () => vi.mocked(JSON.parse).mock.calls.map(([given]) => given.length);

  const inBody = hmac({
    hash: "SHA-256",
    field: "signature.signature",
    encoding: "hex",
    covers: "nonce",
    layout: bare(),
    timestamp: { field: "signature.timestamp" },
    id: { field: "signature.token" },
    message: ({ timestamp, id }) => [timestamp, id],
    tolerance: 300,
  });

  const padding = Array.from({ length: 3_000 }, (_, index) => ({ [index]: Number.MAX_VALUE }));

  test("is no parsing of the whole where the signature stands in it", async () => {
    const signature = { signature: "0".repeat(64), timestamp: NOW / 1000, token: "t" };
    const request = requestOf(JSON.stringify({ padding, signature }));
    vi.spyOn(JSON, "parse");
    expect(await inBody.verify(request, [SECRET], NOW)).toEqual({ ok: false, refusal: "mismatch" });
    expect(Math.max(...parsedLengths())).toBeLessThan(100);
  });

  test("is no parsing of what a token claims", async () => {
    const verifier = jwt({ algorithm: "HS256", token: "body", covers: "body" });
    const signed = await verifier.sign(requestOf(JSON.stringify({ padding })), SECRET, NOW);
    vi.spyOn(JSON, "parse");
    expect(await verifier.verify(signed, ["another secret of theirs"], NOW)).toEqual({ ok: false, refusal: "mismatch" });
    expect(Math.max(...parsedLengths())).toBeLessThan(100);
    expect(await verifier.verify(signed, [SECRET], NOW)).toEqual({ ok: true });
  });

  test("is one hash for each secret, however many signatures are listed", async () => {
    const verifier = hmac({
      hash: "SHA-256",
      header: "x-signature",
      encoding: "hex",
      covers: "body",
      layout: listed("v1=", ","),
      message: ({ body }) => [body],
    });
    const forged = Array.from({ length: 15 }, (_, index) => `v1=${String(index).padStart(64, "0")}`);
    const list = requestOf("{}", { "x-signature": forged.join(",") });
    const sign = vi.spyOn(crypto.subtle, "sign");
    const verify = vi.spyOn(crypto.subtle, "verify");
    expect((await verifier.verify(list, [SECRET, `${SECRET}2`], NOW)).ok).toBe(false);
    expect(sign).toHaveBeenCalledTimes(2);
    expect(verify).not.toHaveBeenCalled();
    const genuine = (await verifier.sign(requestOf("{}"), SECRET, NOW)).headers.get("x-signature") ?? "";
    for (const all of [
      [...forged, genuine],
      [genuine, ...forged],
    ])
      expect(await verifier.verify(requestOf("{}", { "x-signature": all.join(",") }), [SECRET], NOW)).toEqual({ ok: true });
  });

  test("is no sorting of more fields than a form may have", async () => {
    const verifier = hmac({
      hash: "SHA-1",
      header: "x-signature",
      encoding: "hex",
      covers: "body",
      layout: bare(),
      format: "form",
      message: ({ sortedForm }) => [sortedForm()],
    });
    const form = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=1`).join("&");
    const headers = { "x-signature": "0".repeat(40) };
    const refusalOf = (count: number) => verifier.verify(requestOf(form(count), headers), [SECRET], NOW);
    expect(await refusalOf(MOST_FIELDS)).toEqual({ ok: false, refusal: "mismatch" });
    expect(await refusalOf(MOST_FIELDS + 1)).toEqual({ ok: false, refusal: "malformed" });
  });
});
