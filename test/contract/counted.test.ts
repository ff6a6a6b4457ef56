/** Numbers agree with what they count. */
import { expect, test } from "vitest";
import { counted } from "../../src/contract/counted.ts";

test.each([
  [[0, "profile"], "0 profiles"],
  [[1, "identifier"], "1 identifier"],
  [[12_345, "event"], "12,345 events"],
  [[1, "person", "people"], "1 person"],
  [[2, "person", "people"], "2 people"],
] as const)("%j", ([count, one, many], text) => {
  expect(counted(count, one, many)).toBe(text);
});
