import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callKeys, messageIdOf } from "../../src/pipelines/message-id.ts";

const time = fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true }).map((date) => date.toISOString());
const text = fc.string({ unit: "binary" });
const parts = fc.record({ account: text, source: text, eventId: text, occurredAt: time, callKey: text });

describe("message ids", () => {
  test("never change between releases", async () => {
    const id = await messageIdOf({
      account: "acme",
      source: "stripe",
      eventId: "evt_1",
      occurredAt: "2026-03-01T12:00:00.000Z",
      callKey: "track/0/Invoice Paid",
    });
    expect(id).toBe("01KJMMA2G0HXCA0MNV8E402D7V");
  });

  test("are ULIDs, and always the same", async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (given) => {
        const id = await messageIdOf(given);
        expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
        expect(await messageIdOf({ ...given })).toBe(id);
      }),
    );
  });

  test("differ when any part differs", async () => {
    await fc.assert(
      fc.asyncProperty(parts, parts, async (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(await messageIdOf(one)).not.toBe(await messageIdOf(other));
      }),
    );
  });

  test("differ if the same text is divided differently", async () => {
    const ids = [
      ["ab", "c", "d", "e"],
      ["a", "bc", "d", "e"],
      ["abc", "", "d", "e"],
      ['ab","c', "", "d", "e"],
      ["ab", 'c","d', "", "e"],
      ["ab", "c", "", "de"],
    ].map(([account = "", source = "", eventId = "", callKey = ""]) =>
      messageIdOf({ account, source, eventId, callKey, occurredAt: "2026-03-01T12:00:00.000Z" }),
    );
    expect(new Set(await Promise.all(ids)).size).toBe(ids.length);
  });

  test("begin with the time, and sort by it", async () => {
    await fc.assert(
      fc.asyncProperty(parts, parts, async (one, other) => {
        const [first, second] = [(await messageIdOf(one)).slice(0, 10), (await messageIdOf(other)).slice(0, 10)];
        expect(Math.sign(first < second ? -1 : Number(first > second))).toBe(
          Math.sign(Date.parse(one.occurredAt) - Date.parse(other.occurredAt)),
        );
        const digits = [...first].map((digit) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(digit));
        expect(digits.reduce((sum, digit) => sum * 32 + digit, 0)).toBe(Date.parse(one.occurredAt));
      }),
    );
  });

  test.each(["", "yesterday", "1969-12-31T23:59:59.999Z"])("need a time since 1970, not %j", async (occurredAt) => {
    await expect(messageIdOf({ account: "a", source: "s", eventId: "e", occurredAt, callKey: "k" })).rejects.toThrow(RangeError);
  });
});

describe("call keys", () => {
  test("contain type, ordinal and event name", () => {
    const keys = callKeys([
      { type: "identify" },
      { type: "identify" },
      { type: "track", event: "A" },
      { type: "track", event: "B" },
      { type: "track", event: "A" },
      { type: "page", name: "A" },
      { type: "identify", key: "core/link" },
    ]);
    expect(keys).toEqual(["identify/0/", "identify/1/", "track/0/A", "track/0/B", "track/1/A", "page/0/A", "core/link"]);
  });

  const call = fc.record({
    type: fc.constantFrom("identify", "track", "page"),
    event: fc.constantFrom("", "0/A", "A", "1/A", "/"),
  });

  test("are unique, and a call of another kind changes none, at any position", () => {
    fc.assert(
      fc.property(fc.array(call), fc.nat(), (calls, position) => {
        const keys = callKeys(calls);
        expect(new Set(keys).size).toBe(calls.length);
        const place = calls.length === 0 ? 0 : position % (calls.length + 1);
        const more = callKeys([...calls.slice(0, place), { type: "track", event: "New" }, ...calls.slice(place)]);
        expect(more.toSpliced(place, 1)).toEqual(keys);
      }),
    );
  });
});
