import { expect, test } from "vitest";
import { hostOf } from "../../src/pipelines/regions.ts";

test("each region has its own host", () => {
  expect(hostOf("us")).toBe("https://cdp.customer.io");
  expect(hostOf("eu")).toBe("https://cdp-eu.customer.io");
});
