/**
 * Bodies that are neither JSON nor the usual form.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMultipart, writeMultipart } from "../../src/contract/multipart.ts";
import { fieldsOf, MOST_FIELDS, parseBody } from "../../src/contract/parse.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { write } from "../../src/contract/verify/message.ts";
import { requestWith } from "../contract/verify-requests.ts";

const part = (name: string, value: string, more = "") =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const parse = (text: string) => parseBody(utf8Bytes(text), "multipart");

describe("multipart/form-data", () => {
  test("as the platform writes it", async () => {
    const form = new FormData();
    form.append("text", "ä\r\nb");
    form.append("twice", "1");
    form.append("twice", "2");
    form.append("file", new File([Uint8Array.of(0xff, 13, 10)], "a.bin", { type: "application/octet-stream" }));
    const bytes = new Uint8Array(await new Response(form).arrayBuffer());
    expect(parseBody(bytes, "multipart")).toEqual({ ok: true, value: { text: "ä\r\nb", twice: ["1", "2"] } });
  });

  test("heads are read as they may be written", () => {
    const text =
      '--b\r\ncontent-type: text/plain; charset=utf-8\r\nCONTENT-DISPOSITION: form-data;name="a"; other=x \r\n\r\n1\r\n--b--\r\n';
    expect(parse(text)).toEqual({ ok: true, value: { a: "1" } });
    expect(parse(`${part("__proto__", "1")}--b--`)).toEqual({ ok: true, value: Object.fromEntries([["__proto__", "1"]]) });
    expect(parse(`${part("a", "1", '; filename="x"')}${part("b", "2", "; filename*=UTF-8''x")}--b--`)).toEqual({
      ok: true,
      value: {},
    });
    expect(parse(`${part("a", "--b\r\n--bc")}--b--`)).toEqual({ ok: false, issue: expect.stringContaining("multipart") });
  });

  test("one field may hold JSON", () => {
    const read = (text: string) => parseBody(utf8Bytes(text), { multipart: "json" });
    expect(read(`${part("json", '{"a":1}')}--b--\r\n`)).toEqual({ ok: true, value: { a: 1 } });
    expect(read(`${part("json", "{")}--b--\r\n`)).toEqual({ ok: false, issue: 'the field "json" is not JSON' });
    expect(read(`${part("other", "{}")}--b--\r\n`)).toEqual({ ok: false, issue: 'the form needs one field "json"' });
    expect(read(`${part("json", "{}")}${part("json", "{}")}--b--\r\n`).ok).toBe(false);
  });

  test.each([
    "",
    "--b",
    "--b\r\n",
    "--b\r\n--b--",
    "--b--\r\n",
    "a=1",
    part("a", "1"),
    `${part("a", "1")}--b`,
    `${part("a", "1")}--b--more`,
    `${part("a", "1")}--b-- \r\n`,
    `preamble\r\n${part("a", "1")}--b--`,
    "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--",
    '--b\r\nContent-Disposition: attachment; name="a"\r\n\r\n1\r\n--b--',
    "--b\r\nX: y\r\n\r\n1\r\n--b--",
    '--b\r\nContent-Disposition: form-data; name="a"\r\n1\r\n--b--',
    `--b\r\nX: ${"y".repeat(3000)}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--`,
    `--${"b".repeat(71)}\r\n`,
  ])("is not %j", (text) => expect(parse(text).ok).toBe(false));

  test("has a bounded number of fields, in UTF-8", () => {
    const fields = (count: number) => `${part("a", "1").repeat(count)}--b--`;
    expect(parse(fields(MOST_FIELDS)).ok).toBe(true);
    expect(parse(fields(MOST_FIELDS + 1)).ok).toBe(false);
    const spoilt = writeMultipart([{ name: "a", value: Uint8Array.of(0xff) }]);
    expect(parseBody(spoilt, "multipart")).toEqual({ ok: false, issue: "the body is not UTF-8" });
  });

  test("what is written is read", () => {
    const parts = fc.array(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,10}$/),
        value: fc.uint8Array({ maxLength: 50 }).map((bytes) => Uint8Array.from(bytes)),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(parts, (given) => {
        expect(readMultipart(writeMultipart(given), 5)).toEqual(given);
      }),
    );
  });

  test("whatever comes, it ends", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("--b", "\r\n", "--", 'Content-Disposition: form-data; name="a"', "x", ";"), { maxLength: 20 }),
        (pieces) => {
          expect(parse(pieces.join(""))).toHaveProperty("ok");
        },
      ),
    );
  });

  test("a signature is found and put into its fields", () => {
    const form = requestWith({ body: `${part("json", '{"event":{"hash":""}}')}${part("other", "1")}--b--` });
    const signed = write(form, { field: "event.hash" }, "abc", { multipart: "json" });
    expect(fieldsOf(signed.body, { multipart: "json" })("event.hash")).toBe("abc");
    const token = write(signed, { field: "token" }, "secret", "multipart");
    expect(parseBody(token.body, "multipart")).toEqual({
      ok: true,
      value: { json: '{"event":{"hash":"abc"}}', other: "1", token: "secret" },
    });
  });
});

describe("a token", () => {
  const claims = (text: string) => `e30.${encode(utf8Bytes(text), "base64url")}.AA`;
  const read = (text: string) => parseBody(utf8Bytes(text), "jwt");

  test("is its claims", () => {
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
