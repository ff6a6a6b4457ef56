import { expect, test } from "vitest";
import { byteLength } from "../../src/pipelines/limits.ts";

test.each([
  ["", 0],
  ["abc", 3],
  ["é", 2],
  ["€", 3],
  ["😀", 4],
])("byteLength(%j) is %i", (text, bytes) => {
  expect(byteLength(text)).toBe(bytes);
});
