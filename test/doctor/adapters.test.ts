/**
 * Of a webhook that was tampered with no likely cause is named, whatever the adapter.
 */
import { describe, expect, test } from "vitest";
import type { Fixture } from "../../src/cli/recorded.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { diagnose } from "../../src/doctor/diagnose.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { judge, NOW, requestOf, sourceFor } from "../support/requests.ts";

const account = accountOf(Array.from(ADAPTERS.values(), (adapter) => sourceOf(adapter)));

/** A fixture of the adapter whose vendor signs the body; none where no body is signed. */
function signedFixture(adapter: Adapter): Fixture | undefined {
  return fixturesOf(adapter.id).find(
    (fixture) => sourceFor(adapter, fixture).configured.verifier.covers === "body" && requestOf(adapter, fixture).body.length > 2,
  );
}

describe.each([...ADAPTERS.values()])("$id", (adapter) => {
  const fixture = signedFixture(adapter);

  test.skipIf(fixture === undefined)("nothing is said of a tampered webhook", async () => {
    if (fixture === undefined) throw new TypeError("there is no such fixture");
    const source = sourceFor(adapter, fixture);
    const [secret = ""] = source.secrets;
    const { verifier } = source.configured;
    const signed = await verifier.sign(requestOf(adapter, fixture), secret, NOW);
    const middle = Math.floor(signed.body.length / 2);
    const tampered = { ...signed, body: signed.body.map((byte, index) => (index === middle ? byte ^ 1 : byte)) };
    expect((await judge(verifier, tampered, source.secrets)).ok).toBe(false);
    expect(await diagnose(tampered, source, account, NOW)).toEqual([]);
  });
});
