/**
 * Where an account's object is made. Plain workerd has no jurisdictions, so a double of the namespace says what it was asked.
 */
import { expect, test } from "vitest";
import { copyFor } from "../../src/account/compaction/copy-stub.ts";
import { accountObject } from "../../src/account/stub.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import { accountOf } from "../support/accounts.ts";

/** What the namespaces were asked for by an account of this region and by its copy. */
function askedFor(region: "us" | "eu", variables: Readonly<Record<string, unknown>>): readonly string[] {
  const asked: string[] = [];
  const namespace = {
    jurisdiction: (name: string) => {
      asked.push(name);
      return namespace;
    },
    getByName: () => ({}),
  };
  const env = { ACCOUNT: namespace, ACCOUNT_COPY: namespace, REGION: region, ...variables };
  accountObject(accountOf([], { region }), env);
  copyFor("owner", env);
  return asked;
}

test.each([
  {},
  { RUNTIME: "local" },
  { RUNTIME: "selfhost" },
  { RUNTIME_KEY: "5a".repeat(32), RUNTIME_PROOF: `selfhost:${"5a".repeat(32)}` },
  { ...proofBindings("local"), RUNTIME_PROOF: "local" },
])("without a proof an EU account and its copy stay in the EU (%#)", (variables) => {
  expect(askedFor("eu", variables)).toEqual(["eu", "eu"]);
  expect(askedFor("us", variables)).toEqual([]);
});

test.each(["local", "selfhost"] as const)("with a proof of %s no jurisdiction is asked for", (runtime) => {
  expect(askedFor("eu", proofBindings(runtime))).toEqual([]);
});
