/**
 * Webhooks as `npm run send` and `npm run demo` make them, for every fixture of every adapter.
 */
import { describe, expect, test } from "vitest";
import { fixturesOf } from "../../src/cli/fixtures.ts";
import { type Fixture, FIXTURE_TIME as NOW, toRequest, toStored } from "../../src/cli/recorded.ts";
import { freshen, sign } from "../../src/cli/requests.ts";
import type { Source } from "../../src/config/model.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { translateWebhook } from "../../src/translate/webhook.ts";
import { ADAPTERS } from "../support/registry.ts";
import { IS_WHOLE } from "../support/share.ts";
import { type GoldenSource, goldenSourceFor } from "./golden-source.ts";

async function judge({ configured, secrets }: Source, request: SignedRequest) {
  const head = configured.verifier.precheck(request, NOW);
  return head.ok ? configured.verifier.verify(request, secrets, NOW) : head;
}

describe.each([...ADAPTERS.values()])("$id", (adapter) => {
  const fixtures = fixturesOf(adapter.id).filter(({ name }) => !name.startsWith("handshake"));
  const recorded = (fixture: Fixture): GoldenSource & { readonly request: SignedRequest } => {
    const found = goldenSourceFor(adapter, fixture);
    return { ...found, request: toRequest(fixture, found.source) };
  };

  test.each(fixtures)("$name is a new event each time, and tells the same", async (fixture) => {
    const { request, source, account } = recorded(fixture);
    const times = IS_WHOLE || fixtures.indexOf(fixture) % 3 === 0 ? 2 : 1;
    const outcomesOf = async (other: SignedRequest) =>
      translateWebhook(await toStored(await sign(other, source, NOW), source, NOW), source, account);
    const others = await Promise.all(Array.from({ length: times }, () => freshen(request, source, NOW)));
    const all = await Promise.all([request, ...others].map(outcomesOf));
    expect(new Set(all.map((outcomes) => outcomes.map(({ id }) => id).join())).size).toBe(1 + times);
    const [told, ...toldAgain] = all.map((outcomes) =>
      outcomes.map((outcome) => [
        outcome.type,
        outcome.kind,
        outcome.kind === "calls" ? outcome.calls.map((call) => call.type) : null,
      ]),
    );
    for (const again of toldAgain) expect(again).toEqual(told);
  });

  test("is accepted as signed, and refused once it is altered", async () => {
    for (const fixture of fixtures.filter((_, place) => IS_WHOLE || place % 3 === 0)) {
      const { name } = fixture;
      const { request, source } = recorded(fixture);
      expect(await judge(source, await sign(request, source, NOW)), name).toMatchObject({ ok: true });
      const tampered = await sign(request, source, NOW, "tamper");
      expect(await judge(source, tampered), name).toEqual({ ok: false, refusal: "mismatch" });
      if (adapter.format === "json") expect(() => JSON.parse(new TextDecoder().decode(tampered.body)), name).not.toThrow();
    }
  });
});
