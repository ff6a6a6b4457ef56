import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batch } from "../../src/pipelines/calls.ts";
import { BATCH_BYTES, byteLength, CALL_BYTES } from "../../src/pipelines/limits.ts";
import { packBatch, type SerialisedCall, serialise } from "../../src/pipelines/pack.ts";

const call = (text: string): SerialisedCall => ({ text: JSON.stringify(text), bytes: byteLength(JSON.stringify(text)) });
const ENVELOPE = byteLength('{"batch":[]}');

function itemsOf(body: string): unknown[] {
  const { batch: items }: { batch: unknown[] } = JSON.parse(body);
  return items;
}

describe("a batch", () => {
  test("is a body that the API accepts", () => {
    const track = serialise({
      type: "track",
      messageId: "m",
      timestamp: "2026-03-01T12:00:00.000Z",
      userId: "ü",
      event: "Bought €",
    });
    const packed = packBatch([[track, track], [track]]);
    expect(batch.safeParse(JSON.parse(packed.body)).success).toBe(true);
    expect(packed).toMatchObject({ bytes: byteLength(packed.body), calls: 3, groups: 2, partial: 0 });
  });

  test("is filled to the byte, and not one byte more", () => {
    const group = [call("1234"), call("5678")];
    const exact = ENVELOPE + 6 + 1 + 6;
    expect(packBatch([group], exact)).toMatchObject({ groups: 1, partial: 0, bytes: exact });
    expect(packBatch([group], exact - 1)).toMatchObject({ groups: 0, partial: 1 });
    expect(packBatch([group, group], exact * 2 - ENVELOPE + 1)).toMatchObject({ groups: 2, partial: 0, calls: 4 });
    expect(packBatch([group, group], exact * 2 - ENVELOPE)).toMatchObject({ groups: 1, partial: 0, calls: 2 });
  });

  test("is more than 90 % full if the next call has the largest size", () => {
    const most = [call("x".repeat(CALL_BYTES - 2))];
    expect(packBatch(Array.from({ length: 40 }, () => most)).bytes).toBeGreaterThan(450_000);
    expect(BATCH_BYTES).toBeLessThan(500_000);
  });

  test("of nothing is empty", () => {
    expect(packBatch([])).toEqual({ body: '{"batch":[]}', bytes: ENVELOPE, calls: 0, groups: 0, partial: 0 });
    expect(packBatch([[], []])).toMatchObject({ calls: 0, groups: 2, partial: 0 });
    expect(packBatch([[call("too long for it")]], 20)).toMatchObject({ calls: 0, groups: 0, partial: 0 });
  });
});

test("no call is lost or moved, no batch exceeds the limit, and no group is split unnecessarily", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 30 });
  fc.assert(
    fc.property(
      fc.array(fc.array(text, { maxLength: 6 }), { maxLength: 20 }),
      fc.integer({ min: 400, max: 700 }),
      (texts, limit) => {
        let rest = texts.map((group) => group.map(call));
        const sent: unknown[] = [];
        while (rest.length > 0) {
          const packed = packBatch(rest, limit);
          expect(byteLength(packed.body)).toBe(packed.bytes);
          expect(packed.bytes).toBeLessThanOrEqual(limit);
          const items = itemsOf(packed.body);
          expect(items.length).toBe(packed.calls);
          sent.push(...items);
          const [next = [], ...after] = rest.slice(packed.groups);
          if (packed.partial > 0) {
            expect(packBatch([next], limit)).toMatchObject({ groups: 0 });
            rest = [next.slice(packed.partial), ...after];
          } else {
            expect(packed.groups).toBeGreaterThan(0);
            rest = rest.slice(packed.groups);
          }
        }
        expect(sent).toEqual(texts.flat());
      },
    ),
  );
});
