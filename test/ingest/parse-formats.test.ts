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
