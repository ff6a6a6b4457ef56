/**
 * Attribution, and the company's own fields.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { person } from "../../src/contract/facts.ts";
import { customProperties, withCustomFields } from "../../src/translate/custom-fields.ts";
import { attribution, attributionFrom, attributionIn, firstTouch } from "../../src/vocabulary/attribution.ts";
import { customFields, customList, withCustom } from "../../src/vocabulary/custom-fields.ts";

describe("attribution", () => {
  test("from a landing page, absolute or not", () => {
    expect(attributionFrom("/bags?utm_source=news&utm_medium=e%2Dmail&gclid=abc#top", "https://example.com/")).toEqual({
      utm_source: "news",
      utm_medium: "e-mail",
      click_id: "abc",
      click_id_type: "gclid",
      referrer: "https://example.com/",
      landing_url: "/bags?utm_source=news&utm_medium=e%2Dmail&gclid=abc#top",
    });
    expect([attributionFrom(null), attributionFrom(""), attributionFrom(undefined, "https://a.example/")]).toEqual([
      {},
      {},
      { referrer: "https://a.example/" },
    ]);
  });

  test.each([
    [{ utm_source: "x", plan: "gold" }],
    [{ utmSource: "x" }],
    [{ "UTM Source": " x " }],
    [[{ name: "utm_source", value: "x" }]],
    [[{ key: "utm-source", value: "x" }]],
  ])("from fields: %o", (fields) => expect(attributionIn(fields)).toEqual({ utm_source: "x" }));

  test("from fields with a prefix, and from the landing page among them", () => {
    const fields = [
      { key: "_store_order_attribution_utm_source", value: "ads" },
      { key: "_store_order_attribution_referrer", value: "https://search.example/" },
      { key: "utm_medium", value: "not this" },
    ];
    expect(attributionIn(fields, "_store_order_attribution_")).toEqual({
      utm_source: "ads",
      referrer: "https://search.example/",
    });
    expect(attributionIn({ landing_site: "/?utm_campaign=spring&fbclid=f1" })).toMatchObject({
      utm_campaign: "spring",
      click_id: "f1",
      click_id_type: "fbclid",
    });
  });

  test("from several places: the first that has a property", () => {
    expect(attribution({ utm_source: "a" }, null, { utm_source: "b", utm_term: "c" })).toEqual({
      utm_source: "a",
      utm_term: "c",
    });
  });

  test("the first time: traits of the same names", () => {
    expect(firstTouch({ utm_source: "a", total: 3, click_id: "g" })).toEqual({ first_utm_source: "a", first_click_id: "g" });
  });

  test("never fails, whatever stands there", () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (url, fields) => {
        const all = { ...attributionFrom(url), ...attributionIn(fields) };
        expect(Object.values(all).every((value) => typeof value === "string" && value !== "" && value.length <= 500)).toBe(true);
      }),
    );
  });
});

describe("fields of the company's own", () => {
  const fields = [
    ...customFields("metadata", {
      plan: "gold",
      seats: 3,
      nested: { city: "Bern" },
      nothing: null,
      api_key: "k",
      userToken: "t",
    }),
    ...customFields("note_attributes", [{ name: "Gift wrap", value: "yes" }, { value: "nameless" }]),
    ...customList("tags", ["vip", "b2b"]),
  ];

  test("are candidates with path, name and value", () => {
    expect(fields.map(({ path, name }) => [path, name])).toEqual([
      ["metadata.plan", "plan"],
      ["metadata.seats", "seats"],
      ["metadata.nested.city", "nested.city"],
      ["metadata.api_key", "api_key"],
      ["metadata.userToken", "userToken"],
      ["note_attributes.Gift wrap", "Gift wrap"],
      ["tags", "tags"],
    ]);
  });

  test.each([
    [null, { custom_tags: ["vip", "b2b"] }],
    [[], {}],
    [["metadata.plan"], { custom_plan: "gold" }],
    [["note_attributes.*", "tags"], { custom_gift_wrap: "yes", custom_tags: ["vip", "b2b"] }],
    [["metadata.nested.*"], { custom_nested_city: "Bern" }],
    [["metadata.api_key"], {}],
    [
      "all",
      { custom_plan: "gold", custom_seats: 3, custom_nested_city: "Bern", custom_gift_wrap: "yes", custom_tags: ["vip", "b2b"] },
    ],
  ] as const)("sent with custom_fields = %o", (option, expected) => expect(customProperties(fields, option)).toEqual(expected));

  test("go to events as properties, to people as traits, and nowhere else", () => {
    const who = person({});
    const drafts = withCustom(
      [
        { kind: "identify", person: who, traits: { name: "Ada" } },
        { kind: "track", person: who, event: "Order Completed", properties: { order_id: "1" } },
        { kind: "page", person: who, name: "Home", url: "https://example.com/", properties: {} },
      ],
      customFields("metadata", { plan: "gold" }),
    );
    expect(drafts.map((draft) => withCustomFields(draft, "all"))).toEqual([
      { kind: "identify", person: who, traits: { name: "Ada", custom_plan: "gold" } },
      { kind: "track", person: who, event: "Order Completed", properties: { order_id: "1", custom_plan: "gold" } },
      { kind: "page", person: who, name: "Home", url: "https://example.com/", properties: {} },
    ]);
  });

  test("keep their names in any script", () => {
    expect(customProperties(customFields("f", { 会社名: "a", "Größe (cm)": 3, "—": 1 }), "all")).toEqual({
      custom_会社名: "a",
      custom_größe_cm: 3,
    });
  });

  test("have names of at most 90 bytes, so that Customer.io takes them with the source's name before them", () => {
    const [name = ""] = Object.keys(customProperties(customFields("f", { [`${"会社名".repeat(40)}`]: "a" }), "all"));
    expect(name).toBe(`custom_${"会社名".repeat(10)}`);
    const [spaced = ""] = Object.keys(customProperties(customFields("f", { [`${"a".repeat(89)} and more`]: "a" }), "all"));
    expect(spaced).toBe(`custom_${"a".repeat(89)}`);
  });

  test("are bounded: 50 of 1,000 bytes, no secrets, whatever a vendor sends", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.anything(), { maxKeys: 80 }), (given) => {
        const sent = Object.entries(customProperties(customFields("metadata", given), "all"));
        expect(sent.length).toBeLessThanOrEqual(50);
        for (const [name, value] of sent) {
          expect(name).toMatch(/^custom_./);
          expect(
            new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)).byteLength,
          ).toBeLessThanOrEqual(1000);
        }
      }),
    );
    const long = customProperties(customFields("m", { text: "ü".repeat(2000), list: Array(500).fill("abc") }), "all");
    expect(String(long.custom_text)).toHaveLength(500);
    expect(JSON.stringify(long.custom_list).length).toBeLessThanOrEqual(1000);
  });

  test.each([
    "password",
    "Access Token",
    "secretKey",
    "api-key",
    "private_key",
    "card number",
    "cvv",
    "Authorization",
    "sessionCookie",
  ])("a field called %s is never sent", (name) =>
    expect(customProperties(customFields("metadata", { [name]: "x" }), "all")).toEqual({}),
  );

  test("words that only look like it are sent", () => {
    expect(
      Object.keys(customProperties(customFields("metadata", { tokens_left: 3, secretary: "x", pinned: true }), "all")),
    ).toHaveLength(3);
  });
});
