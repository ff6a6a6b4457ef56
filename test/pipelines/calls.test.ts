import { describe, expect, test } from "vitest";
import { batch, call } from "../../src/pipelines/calls.ts";

const envelope = { messageId: "01ARZ3NDEKTSV4RRFFQ69G5FAV", timestamp: "2026-03-01T12:00:00.000Z" };
const minimal = {
  identify: { type: "identify", ...envelope, userId: "u1" },
  track: { type: "track", ...envelope, userId: "u1", event: "Order Completed" },
  page: { type: "page", ...envelope, anonymousId: "a1" },
  screen: { type: "screen", ...envelope, anonymousId: "a1" },
  group: { type: "group", ...envelope, groupId: "g1" },
  alias: { type: "alias", ...envelope, userId: "u1", previousId: "u0" },
};

function accepts(value: unknown): boolean {
  return call.safeParse(value).success;
}

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

describe("every call", () => {
  test.each(Object.entries(minimal))("%s needs only these fields", (_, value) => {
    expect(call.parse(value)).toEqual(value);
  });

  test.each(Object.entries(minimal))("%s refuses a key that the API does not know", (_, value) => {
    expect(accepts({ ...value, extra: 1 })).toBe(false);
    expect(accepts({ ...value, context: { extra: 1 } })).toBe(false);
  });

  test.each(Object.entries(minimal))("%s needs id and time", (_, value) => {
    for (const messageId of [undefined, "", 1]) expect(accepts({ ...value, messageId })).toBe(false);
    for (const timestamp of [undefined, "", 1772366400, "yesterday", "2026-03-01", "2026-13-01T00:00:00Z"]) {
      expect(accepts({ ...value, timestamp })).toBe(false);
    }
  });

  test.each(Object.entries(minimal))("%s accepts every documented field of the envelope", (_, value) => {
    const full = {
      ...value,
      sentAt: "2026-03-01T12:00:01Z",
      originalTimestamp: "2026-03-01T14:00:00+02:00",
      integrations: { All: false, Mixpanel: true },
      context: {
        active: false,
        ip: "192.0.2.1",
        locale: "en-US",
        userAgent: "Mozilla/5.0",
        channel: "server",
        campaign: { name: "spring", source: "news", medium: "email", term: "t", content: "c", extra: "e" },
        page: { name: "n", path: "/", referrer: "r", search: "?", title: "t", url: "https://example.com/", keywords: ["k"] },
        app: { name: "a", version: "1", build: "2", namespace: "com.example" },
        device: { id: "d", token: "t", advertisingId: "a", manufacturer: "m", model: "m", name: "n", type: "ios", version: "1" },
        network: { bluetooth: true, carrier: "c", cellular: true, wifi: false },
        os: { name: "iOS", version: "19" },
        library: { name: "tributary", version: "0.1.0" },
        location: { city: "Berlin", country: "DE", region: "BE", latitude: 52.5, longitude: 13.4, speed: 0 },
        timezone: "Europe/Berlin",
        traits: { plan: "pro" },
        groupId: "g1",
        referrer: { type: "t", name: "n", url: "u", link: "l" },
        screen: { density: 2, width: 100, height: 200 },
        userAgentData: { mobile: false },
      },
    };
    expect(call.parse(full)).toEqual(full);
  });
});

describe("ids", () => {
  test.each(["identify", "track", "page", "screen"] as const)("%s needs a person", (type) => {
    const { userId: _, anonymousId: __, ...nobody } = { userId: "", anonymousId: "", ...minimal[type] };
    expect(accepts(nobody)).toBe(false);
    expect(accepts({ ...nobody, userId: "u1" })).toBe(true);
    expect(accepts({ ...nobody, anonymousId: "a1" })).toBe(true);
    expect(accepts({ ...nobody, userId: "u1", anonymousId: "a1" })).toBe(true);
  });

  test("are well-formed text of 1 to 150 bytes", () => {
    const withId = (userId: unknown): boolean => accepts({ ...minimal.track, userId });
    expect(withId("x".repeat(150))).toBe(true);
    expect(withId("é".repeat(75))).toBe(true);
    for (const bad of ["", "x".repeat(151), "é".repeat(76), 7, null, "\ud800"]) expect(withId(bad)).toBe(false);
  });

  test("a group and an alias name both sides", () => {
    expect(accepts({ ...minimal.group, groupId: undefined })).toBe(false);
    expect(accepts({ ...minimal.alias, previousId: "" })).toBe(false);
    expect(accepts({ ...minimal.alias, userId: undefined })).toBe(false);
  });
});

describe("content", () => {
  test("an event name has 1 to 100 bytes", () => {
    expect(accepts({ ...minimal.track, event: "é".repeat(50) })).toBe(true);
    for (const event of ["", "x".repeat(101), "é".repeat(51), undefined])
      expect(accepts({ ...minimal.track, event })).toBe(false);
  });

  test("at most 300 traits, with names of at most 150 bytes", () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 1]));
    for (const value of [minimal.identify, minimal.group]) {
      expect(accepts({ ...value, traits: many(300) })).toBe(true);
      expect(accepts({ ...value, traits: many(301) })).toBe(false);
      expect(accepts({ ...value, traits: { ["n".repeat(150)]: 1 } })).toBe(true);
      expect(accepts({ ...value, traits: { ["n".repeat(151)]: 1 } })).toBe(false);
      expect(accepts({ ...value, traits: { "": 1 } })).toBe(false);
    }
  });

  test("the reserved traits of a group are checked", () => {
    const group = (traits: object): boolean => accepts({ ...minimal.group, traits });
    expect(group({ name: "Acme", objectTypeId: "12", relationshipAttributes: { role: "admin" } })).toBe(true);
    for (const objectTypeId of [1, "0", "", "one"]) expect(group({ objectTypeId })).toBe(false);
    for (const relationshipAttributes of ["admin", null, ["admin"]]) expect(group({ relationshipAttributes })).toBe(false);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, 1n, () => 1, new Date(), new Map(), [undefined]])(
    "%s is no JSON",
    (value) => {
      expect(accepts({ ...minimal.track, properties: { value } })).toBe(false);
      expect(accepts({ ...minimal.track, properties: { deeper: [{ value }] } })).toBe(false);
    },
  );

  test("nesting is limited, even if it is deeper than the stack", () => {
    expect(accepts({ ...minimal.track, properties: { value: nested(20) } })).toBe(true);
    expect(accepts({ ...minimal.track, properties: { value: nested(21) } })).toBe(false);
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    expect(accepts({ ...minimal.track, properties: { deep } })).toBe(false);
  });
});

test("a batch holds at least one call, and no unknown key", () => {
  expect(
    batch.safeParse({ batch: Object.values(minimal), integrations: { All: true }, context: { ip: "192.0.2.1" } }).success,
  ).toBe(true);
  expect(batch.safeParse({ batch: [] }).success).toBe(false);
  expect(batch.safeParse({ batch: [minimal.track], writeKey: "k" }).success).toBe(false);
  expect(batch.safeParse({ batch: [{ ...minimal.track, type: "import" }] }).success).toBe(false);
});
