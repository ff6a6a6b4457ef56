/**
 * How secrets are encrypted in the directory.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SECRET_KINDS } from "../../src/config/directory/record.ts";
import { createSealing, keyBytes, type SecretPlace } from "../../src/config/directory/sealing.ts";
import { encode } from "../../src/contract/verify/encoding.ts";

const key = fc.uint8Array({ minLength: 32, maxLength: 48 }).map((bytes) => new Uint8Array(bytes));
const place: fc.Arbitrary<SecretPlace> = fc.record({
  uid: fc.constantFrom("00".repeat(16), "01".repeat(16)),
  kind: fc.constantFrom(...SECRET_KINDS),
  source: fc.constantFrom(null, "", "stripe", "stripe2"),
  number: fc.integer({ min: 1, max: 3 }),
});
const secret = fc.string({ minLength: 1, maxLength: 60, unit: "binary" }).filter((text) => text.isWellFormed());

describe("a sealed secret", () => {
  test("opens in its place, and in no other", async () => {
    await fc.assert(
      fc.asyncProperty(key, secret, place, place, async (bytes, text, here, there) => {
        const sealing = createSealing([bytes]);
        const sealed = await sealing.seal(text, here);
        expect(await sealing.open(sealed, here)).toBe(text);
        const isSame = JSON.stringify(here) === JSON.stringify(there);
        expect(await sealing.open(sealed, there)).toBe(isSame ? text : null);
      }),
    );
  });

  test("opens under the key that sealed it, alone or second, and under no other", async () => {
    await fc.assert(
      fc.asyncProperty(key, key, secret, place, async (one, other, text, here) => {
        fc.pre(encode(one, "hex") !== encode(other, "hex"));
        const sealed = await createSealing([one]).seal(text, here);
        expect(await createSealing([other, one]).open(sealed, here)).toBe(text);
        expect(await createSealing([other]).open(sealed, here)).toBe(null);
        expect(await createSealing([one, other]).isCurrent(sealed)).toBe(true);
        expect(await createSealing([other, one]).isCurrent(sealed)).toBe(false);
        const [prints] = await Promise.all([createSealing([other, one]).fingerprints(text)]);
        expect(await createSealing([one]).fingerprints(text)).toEqual([prints[1]]);
      }),
    );
  });

  test("with a changed character does not open, and never throws", async () => {
    const sealing = createSealing([new Uint8Array(32).fill(7)]);
    const here = { uid: "u", kind: "secret", source: "stripe", number: 1 } as const;
    const sealed = await sealing.seal("whsec_0123456789abcdef", here);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: sealed.length - 1 }), fc.constantFrom(..."AZaz09_-."), async (at, character) => {
        fc.pre(sealed[at] !== character);
        expect(await sealing.open(sealed.slice(0, at) + character + sealed.slice(at + 1), here)).toBe(null);
      }),
    );
    for (const text of ["", ".", "..", "a.b.c", `${sealed}.x.y`.slice(1)]) expect(await sealing.open(text, here)).toBe(null);
  });

  test("is another text each time", async () => {
    const sealing = createSealing([new Uint8Array(32)]);
    const here = { uid: "u", kind: "api_key", source: "stripe", number: 1 } as const;
    expect(await sealing.seal("same", here)).not.toBe(await sealing.seal("same", here));
  });
});

test("a key has at least 32 bytes, however it is written", () => {
  const bytes = new Uint8Array(32).fill(0xfb);
  for (const encoding of ["hex", "base64", "base64url"] as const) expect(keyBytes(encode(bytes, encoding))).toEqual(bytes);
  for (const text of ["", "short", encode(bytes.subarray(1), "base64"), encode(bytes.subarray(1), "hex"), `${"a".repeat(50)}!`])
    expect(keyBytes(text)).toBe(null);
});
