/**
 * Where an account's object is made. Plain workerd has no jurisdictions, so a double of the namespace says what it was asked.
 */
import { expect, test } from "vitest";
import { copyFor } from "../../src/account/compaction/copy-stub.ts";
import { accountObject } from "../../src/account/stub.ts";
import { proofBindings } from "../../src/cli/proof.ts";
import { readConfig } from "../../src/config/load.ts";
import { accountOf } from "../support/accounts.ts";

/** What the namespaces were asked for by an account of this region, by its copy, and by the directory. */
async function askedFor(region: "us" | "eu", variables: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const asked: string[] = [];
  const namespace = {
    jurisdiction: (name: string) => {
      asked.push(name);
      return namespace;
    },
    getByName: () => ({ look: async () => ({ index: { revision: 1, accounts: [] }, record: null }) }),
  };
  const env = {
    ACCOUNT: namespace,
    ACCOUNT_COPY: namespace,
    DIRECTORY: namespace,
    DIRECTORY_KEY: btoa("k".repeat(32)),
    REGION: region,
    ...variables,
  };
  accountObject(accountOf([], { region }), env);
  copyFor("owner", env);
  await readConfig(env, new Map()).directory?.places();
  return asked;
}

test.each([
  {},
  { RUNTIME: "local" },
  { RUNTIME: "selfhost" },
  { RUNTIME_KEY: "5a".repeat(32), RUNTIME_PROOF: `selfhost:${"5a".repeat(32)}` },
  { ...proofBindings("local"), RUNTIME_PROOF: "local" },
])("without a proof an EU account, its copy and the directory stay in the EU (%#)", async (variables) => {
  expect(await askedFor("eu", variables)).toEqual(["eu", "eu", "eu"]);
  expect(await askedFor("us", variables)).toEqual([]);
});

test.each(["local", "selfhost"] as const)("with a proof of %s no jurisdiction is asked for", async (runtime) => {
  expect(await askedFor("eu", proofBindings(runtime))).toEqual([]);
});
