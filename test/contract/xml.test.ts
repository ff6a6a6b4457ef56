import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { base64Xml, parseXml } from "../../src/contract/xml.ts";

describe("what is read", () => {
  test("a notification as programs write it", () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
      <notification>
        <timestamp type="datetime">2026-11-23T12:00:00Z</timestamp>
        <kind>subscription_went_active</kind>
        <subject>
          <subscription>
            <id>sub_1</id>
            <balance nil="true"/>
            <next-bill-amount>10.00</next-bill-amount>
            <transactions type="array">
              <transaction><id>a</id></transaction>
              <transaction><id>b</id></transaction>
            </transactions>
            <add-ons type="array"/>
            <discounts type="array"></discounts>
            <description></description>
          </subscription>
        </subject>
      </notification>
    `;
    expect(parseXml(text)).toEqual({
      notification: {
        timestamp: "2026-11-23T12:00:00Z",
        kind: "subscription_went_active",
        subject: {
          subscription: {
            id: "sub_1",
            balance: null,
            "next-bill-amount": "10.00",
            transactions: [{ id: "a" }, { id: "b" }],
            "add-ons": [],
            discounts: [],
            description: "",
          },
        },
      },
    });
  });

  test.each<[string, unknown]>([
    ["<a/>", { a: "" }],
    ["<a> b </a>", { a: " b " }],
    ["<a><b>1</b><c/><b>2</b></a>", { a: { b: ["1", "2"], c: "" } }],
    ["<a b='1' c=\"2\" />", { a: "" }],
    ["<a>&lt;b&gt; &amp;amp; &quot;&apos; &#65;&#x1F600;</a>", { a: "<b> &amp; \"' A😀" }],
    ["<__proto__><b>1</b></__proto__>", Object.fromEntries([["__proto__", { b: "1" }]])],
    ['<a type="array"><b>1</b></a>', { a: ["1"] }],
  ])("%s", (text, value) => expect(parseXml(text)).toEqual(value));
});

describe("what is refused", () => {
  test.each([
    "",
    "text",
    "<a>",
    "</a>",
    "<a></b>",
    "<a><b></a></b>",
    "<a/><b/>",
    "<a/>text",
    "text<a/>",
    "<a>text<b/></a>",
    '<a type="array">text</a>',
    "<a></a >x",
    "<a></a/>",
    '<a></a b="1">',
    "<a b=1/>",
    "<a b/>",
    '<a b="<"/>',
    "<1/>",
    "<ns:a/>",
    "<a>&b;</a>",
    "<a>&</a>",
    "<a>& b;</a>",
    "<a>&#x110000;</a>",
    "<a>&#;</a>",
    "<!-- --><a/>",
    "<a><![CDATA[b]]></a>",
    "<a><?b?></a>",
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/hosts"><a/>',
    "<a>".repeat(64) + "</a>".repeat(64),
  ])("%s", (text) => expect(parseXml(text)).toBeNull());

  test("nothing else is thrown or hangs", () => {
    const pieces = fc.constantFrom(
      "<",
      ">",
      "/",
      "a",
      "</a>",
      "<a>",
      '="',
      '"',
      "&",
      ";",
      "&lt;",
      " ",
      "!",
      "?",
      "<a b='c'>",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const value = parseXml(parts.join(""));
        expect(value === null || Object.keys(value).length === 1).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(parseXml(`<a${" ".repeat(1_000_000)}`)).toBeNull();
    expect(parseXml(`<a>${"&".repeat(1_000_000)}</a>`)).toBeNull();
  });
});

test("in base64, with line breaks or without", () => {
  const written = encode(utf8Bytes("<a><b>é</b></a>"), "base64");
  expect(base64Xml.parse(written)).toEqual({ a: { b: "é" } });
  expect(base64Xml.parse(`${written.slice(0, 10)}\n${written.slice(10)}\n`)).toEqual({ a: { b: "é" } });
  for (const wrong of ["", "!", written.slice(0, -1), encode(utf8Bytes("<a>"), "base64")]) {
    expect(base64Xml.safeParse(wrong).success).toBe(false);
  }
});
