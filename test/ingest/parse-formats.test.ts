import { describe, expect, test } from "vitest";
import { parseBody } from "../../src/contract/parse.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";

describe("a token", () => {
  const claims = (text: string) => `e30.${encode(utf8Bytes(text), "base64url")}.AA`;
  const read = (text: string) => parseBody(utf8Bytes(text), "jwt");

  test("is read as its claims", () => {
    expect(read(claims('{"id":12345678901234567890,"name":"é"}'))).toEqual({
      ok: true,
      value: { id: "12345678901234567890", name: "é" },
    });
  });

  test.each(["", "{}", "e30.e30", "e30.e30.", "e30.e30.AA.AA", "e30.e3.AA", "e30.!.AA", `${claims("{}")}\n`, "é.e30.AA"])(
    "is not %j",
    (text) => expect(read(text)).toEqual({ ok: false, issue: "the body is not a token" }),
  );

  test("has claims in JSON", () => {
    expect(read(claims("{"))).toEqual({ ok: false, issue: "the token is not JSON" });
    expect(read(claims("[".repeat(300))).ok).toBe(false);
    expect(read("e30._w.AA").ok).toBe(false);
  });
});

describe("a form with parts", () => {
  const part = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const read = (text: string) => parseBody(utf8Bytes(text), "multipart");

  test("is read as its fields, without files; a repeated field is a list", () => {
    const file = 'Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nno\r\n';
    const text = `--b\r\n${part("a", "1\r\n--c\r\n")}--b\r\n${part("é", "")}--b\r\n${file}--b\r\n${part("é", "2")}--b--\r\n`;
    expect(read(text)).toEqual({ ok: true, value: { a: "1\r\n--c\r\n", é: ["", "2"] } });
  });

  test.each(["", "a=1", "--b", `--b\r\n${part("a", "1")}`, `--b\r\n${part("a", "1")}--b`, "--\r\n\r\n----"])(
    "is not %j",
    (text) => expect(read(text)).toEqual({ ok: false, issue: "the body is no form with parts" }),
  );

  test("has at most a thousand fields", () => {
    const parts = (count: number) => `${`--b\r\n${part("a", "1")}`.repeat(count)}--b--`;
    expect(read(parts(1000)).ok).toBe(true);
    expect(read(parts(1001)).ok).toBe(false);
  });

  test("keeps a field called __proto__ a field", () => {
    const parsed = read(`--b\r\n${part("__proto__", "x")}--b--`);
    expect(parsed.ok && Object.keys(Object(parsed.value))).toEqual(["__proto__"]);
  });
});
