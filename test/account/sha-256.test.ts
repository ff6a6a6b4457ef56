/**
 * SHA-256 of ids, by published vectors and by the platform's own; and that keys stay what databases have stored.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyOf, keysOf } from "../../src/account/inbox/dedupe-store.ts";
import { bytesOfKeys } from "../../src/account/inbox/key-entries.ts";
import { sha256 } from "../../src/account/inbox/sha-256.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";

function hexOf(words: Int32Array): string {
  return Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

async function platformHash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), "hex");
}

describe("SHA-256", () => {
  // @see https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    [
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("is as published: %.20s", (message, expected) => {
    expect(hexOf(sha256(utf8Bytes(message)))).toBe(expected);
  });

  test("is the platform's, of each length up to three blocks, wherever the message begins", async () => {
    const bytes = Uint8Array.from({ length: 260 }, (_, index) => (index * 151 + 7) & 0xff);
    for (let length = 0; length <= 192; length += 1) {
      const from = length % 61;
      expect(hexOf(sha256(bytes, from, from + length))).toBe(await platformHash(bytes.slice(from, from + length)));
    }
  });
});

test("a key is the first half of the hash of source and id, whatever characters they have and whichever ids come with them", async () => {
  const id = fc.string({ unit: "binary", maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(id, fc.array(id, { maxLength: 5 }), async (source, ids) => {
      const expected = await Promise.all(ids.map((one) => platformHash(utf8Bytes(JSON.stringify([source, one])))));
      const halves = expected.map((hash) => hash.slice(0, 32));
      expect(encode(new Uint8Array(bytesOfKeys(keysOf(source, ids))), "hex")).toBe(halves.join(""));
      expect(ids.map((one) => encode(new Uint8Array(bytesOfKeys(keyOf(source, one))), "hex"))).toEqual(halves);
    }),
  );
});
