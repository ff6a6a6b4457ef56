import { expect, test } from "vitest";
import { diagnose } from "../../src/doctor/diagnose.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { ADAPTERS } from "../support/registry.ts";
import { judge, NOW, requestOf, sourceFor } from "../support/requests.ts";

const account = accountOf(Array.from(ADAPTERS.values(), (adapter) => sourceOf(adapter)));

/** A fixture of each adapter whose vendor signs the body. */
const cases = Array.from(ADAPTERS.values(), (adapter) => {
  const signed = fixturesOf(adapter.id).filter(
    (fixture) => sourceFor(adapter, fixture).configured.verifier.covers === "body" && requestOf(adapter, fixture).body.length > 2,
  );
  return signed.slice(0, 1).map((fixture) => ({ adapter, fixture }));
}).flat();

test.each(cases)("of a tampered webhook nothing is said: $adapter.id", async ({ adapter, fixture }) => {
  const source = sourceFor(adapter, fixture);
  const [secret = ""] = source.secrets;
  const { verifier } = source.configured;
  const signed = await verifier.sign(requestOf(adapter, fixture), secret, NOW);
  const middle = Math.floor(signed.body.length / 2);
  const tampered = { ...signed, body: signed.body.map((byte, index) => (index === middle ? byte ^ 1 : byte)) };
  expect((await judge(verifier, tampered, source.secrets)).ok).toBe(false);
  expect(await diagnose(tampered, source, account, NOW)).toEqual([]);
});
