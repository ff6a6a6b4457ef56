import { expect, test } from "vitest";
import manifest from "../../package.json";
import { VERSION } from "../../src/version.ts";

test("the version is the one in package.json", () => {
  expect(VERSION).toBe(manifest.version);
});
