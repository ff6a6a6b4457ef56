/**
 * Webhooks as `npm run send` and `npm run demo` make them, for every fixture of every adapter.
 */
import { describe, expect, test } from "vitest";
import { mapWebhook } from "../../src/account/mapping.ts";
import { findSource, sourceForGoldens } from "../../src/cli/configuration.ts";
import { type Fixture, findFixture, fixtureNames, parseFixture } from "../../src/cli/fixtures.ts";
import { freshen, sign, toRequest, toStored } from "../../src/cli/requests.ts";
import type { Source } from "../../src/config.ts";
import { REGISTRY } from "../../src/contract/registry.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";

const NOW = Date.UTC(2026, 10, 23, 12);

async function judge({ configured, secrets }: Source, request: SignedRequest) {
  const head = configured.verifier.precheck(request, NOW);
  return head.ok ? configured.verifier.verify(request, secrets, NOW) : head;
}

describe.each([...REGISTRY.values()])("$id", (adapter) => {
  const found = sourceForGoldens(adapter);
  if (!found.ok) throw new Error(found.problem);
  const { source, account } = found;
  const names = fixtureNames(adapter.id).filter((name) => !name.startsWith("handshake"));
  const fixtureOf = (name: string): Fixture => {
    const fixture = findFixture(adapter.id, name);
    if (fixture === null) throw new Error(`no fixture ${name}`);
    return fixture;
  };
  const outcomesOf = async (request: SignedRequest) =>
    mapWebhook(await toStored(await sign(request, source, NOW), source, NOW), source, account);

  test.each(names)("%s is a new event each time, and tells the same", async (name) => {
    const request = toRequest(fixtureOf(name), source);
    const [original, first, second] = await Promise.all(
      [request, freshen(request, source, NOW), freshen(request, source, NOW)].map(outcomesOf),
    );
    const ids = [original, first, second].map((outcomes) => outcomes?.map(({ id }) => id).join());
    expect(new Set(ids).size).toBe(3);
    const told = [original, first, second].map((outcomes) =>
      outcomes?.map((outcome) => [
        outcome.type,
        outcome.kind,
        outcome.kind === "calls" ? outcome.calls.map((call) => call.type) : null,
      ]),
    );
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  test("is accepted as signed, and refused once it is altered", async () => {
    for (const name of names) {
      const request = toRequest(fixtureOf(name), source);
      expect(await judge(source, await sign(request, source, NOW)), name).toMatchObject({ ok: true });
      const tampered = await sign(request, source, NOW, "tamper");
      expect(await judge(source, tampered), name).toEqual({ ok: false, refusal: "mismatch" });
      if (adapter.format === "json") expect(() => JSON.parse(new TextDecoder().decode(tampered.body)), name).not.toThrow();
    }
  });
});

describe("sources of commands", () => {
  test("are found with their secrets", () => {
    const [id = ""] = REGISTRY.keys();
    expect(findSource("demo", id)).toMatchObject({ ok: true, account: { region: "us" } });
    expect(findSource("demo-eu", id)).toMatchObject({ ok: true, account: { region: "eu" } });
  });

  test("that there are not are named, with those that there are", () => {
    expect(findSource("nobody", "nothing")).toEqual({ ok: false, problem: expect.stringContaining("demo, demo-eu") });
    expect(findSource("demo", "nothing")).toEqual({
      ok: false,
      problem: expect.stringContaining([...REGISTRY.keys()].join(", ")),
    });
  });
});

describe("a fixture", () => {
  test.each(["{}", '{"body":{},"raw":""}', '{"body":{},"header":{}}', '{"body":{},"headers":{"a":1}}'])("is not %s", (text) => {
    expect(() => parseFixture("toy", text)).toThrow();
  });

  test("is found by its event, by its own name, and by the first variant of its event", () => {
    const [adapter = ""] = REGISTRY.keys();
    const [first = ""] = fixtureNames(adapter);
    expect(findFixture(adapter, first)?.name).toBe(first);
    expect(findFixture(adapter, "no/such/event")).toBeNull();
    expect(findFixture("no-such-adapter", first)).toBeNull();
  });
});
