/**
 * Where the command line finds sources and recorded webhooks.
 */
import { describe, expect, test } from "vitest";
import { findSource } from "../../src/cli/configuration.ts";
import { findFixture, fixtureNames } from "../../src/cli/fixtures.ts";
import { parseFixture } from "../../src/cli/recorded.ts";
import { ADAPTERS } from "../support/registry.ts";

describe("sources of commands", () => {
  test("are found with their secrets", () => {
    const [id = ""] = ADAPTERS.keys();
    expect(findSource("demo", id)).toMatchObject({ ok: true, account: { region: "us" } });
    expect(findSource("demo-eu", id)).toMatchObject({ ok: true, account: { region: "eu" } });
  });

  test("that there are not are named, with those that there are", () => {
    expect(findSource("nobody", "nothing")).toEqual({ ok: false, problem: expect.stringContaining("demo, demo-eu") });
    expect(findSource("demo", "nothing")).toEqual({
      ok: false,
      problem: expect.stringContaining([...ADAPTERS.keys()].join(", ")),
    });
  });
});

describe("a fixture", () => {
  test.each(["{}", '{"body":{},"raw":""}', '{"body":{},"header":{}}', '{"body":{},"headers":{"a":1}}'])("is not %s", (text) => {
    expect(() => parseFixture("toy", text)).toThrow();
  });

  test("is found by its event, by its own name, and by the first variant of its event", () => {
    const [adapter = ""] = ADAPTERS.keys();
    const [first = ""] = fixtureNames(adapter);
    expect(findFixture(adapter, first)?.name).toBe(first);
    expect(findFixture(adapter, "no/such/event")).toBeNull();
    expect(findFixture("no-such-adapter", first)).toBeNull();
  });
});
