/**
 * Reading a body into memory, whatever its sender declared.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBody } from "../../src/ingest/body.ts";
import { bodyBudget } from "../../src/ingest/body-budget.ts";
import { sentBody, virtualTime } from "../support/virtual-time.ts";
import { NOW } from "./vendors.ts";

const LIMIT = 5 * 1024 * 1024;

/** Bytes of which each part differs. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
}

/** Reads a body that arrives in these pieces. @param type as the platform has it, or in chunks of the sender's */
async function read(type: "bytes" | undefined, pieces: readonly Uint8Array<ArrayBuffer>[], declared: number) {
  const clock = virtualTime(NOW);
  const body = sentBody(type);
  const result = readBody(body.stream, LIMIT, { lease: bodyBudget(clock.now).lease("acme/billing"), clock, declared });
  await body.begun;
  for (const piece of pieces) await body.send(piece.slice());
  body.end();
  return result;
}

const lengths = fc.oneof(fc.constantFrom(0, 1, 4095, 4096, 4097, 8191, 8192, 8193, 65_536), fc.integer({ min: 0, max: 100_000 }));

describe.each([
  { stream: "bytes", type: "bytes" as const },
  { stream: "chunks", type: undefined },
])("a body of $stream", ({ type }) => {
  test("is what arrived, with any declared length", async () => {
    await fc.assert(
      fc.asyncProperty(
        lengths,
        fc.oneof(lengths, fc.constantFrom(LIMIT, 2 ** 53, -1)),
        fc.boolean(),
        async (length, other, isTrue) => {
          const bytes = bytesOf(length);
          const pieces = Array.from({ length: Math.ceil(length / 5000) }, (_, index) =>
            bytes.slice(index * 5000, (index + 1) * 5000),
          );
          const result = await read(type, pieces, isTrue ? length : other);
          expect(result.ok && new Uint8Array(result.bytes)).toEqual(bytes);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([0, 100, 1_000_000])("has no more than a byte of memory behind it (declared: %i)", async (declared) => {
    const result = await read(type, [bytesOf(600_000), bytesOf(400_000)], declared);
    if (!result.ok) throw new Error(result.reason);
    expect(result.bytes).toHaveLength(1_000_000);
    expect(result.bytes.buffer.byteLength - result.bytes.length).toBeLessThanOrEqual(1);
  });

  test("a declared length takes no memory before half of it arrived", async () => {
    const transfers: number[] = [];
    const { transfer } = ArrayBuffer.prototype;
    ArrayBuffer.prototype.transfer = function (this: ArrayBuffer, length) {
      transfers.push(length ?? this.byteLength);
      return transfer.call(this, length);
    };
    try {
      await read(type, [bytesOf(500_000)], LIMIT);
    } finally {
      ArrayBuffer.prototype.transfer = transfer;
    }
    expect(Math.max(...transfers)).toBeLessThanOrEqual(1_100_000);
  });
});
