/**
 * Declared accounts that had another name before.
 */
import { describe, expect, test } from "vitest";
import { accountOfId, findAccount } from "../src/config/account.ts";
import { readConfig } from "../src/config/load.ts";
import type { Config } from "../src/config/model.ts";
import { ENV, REGISTRY } from "./ingest/vendors.ts";

const configOf = (accounts: Readonly<Record<string, object>>): Config => {
  const declared = Object.entries(accounts).map(([name, given]) => [name, { region: "us", ...given }] as const);
  return readConfig({ ...ENV, ACCOUNTS: Object.fromEntries(declared) }, REGISTRY);
};
const problemsIn = ({ findings }: Config) =>
  findings.filter(({ code }) => code === "same_name").map(({ path }) => path.join("."));

describe("an account that was renamed", () => {
  test("keeps what is stored, and is found by both names", async () => {
    const config = configOf({ "acme-inc": { was: "acme" } });
    const found = await findAccount(config, "acme-inc");
    expect(found).toMatchObject({ ok: true, account: { name: "acme-inc", id: "acme" } });
    expect(await findAccount(config, "acme")).toBe(found);
    expect(await accountOfId(config, "acme")).toMatchObject({ name: "acme-inc" });
    expect(await accountOfId(config, "acme-inc")).toBe(null);
  });

  test("keeps its own name's id where it had no other", async () => {
    expect(await accountOfId(configOf({ acme: {} }), "acme")).toMatchObject({ name: "acme", id: "acme" });
  });

  test.each([
    ["what another account is called", { acme: {}, other: { was: "acme" } }, ["ACCOUNTS.other.was"]],
    ["what another account was, too", { one: { was: "acme" }, two: { was: "acme" } }, ["ACCOUNTS.one.was", "ACCOUNTS.two.was"]],
    ["its present name", { acme: { was: "acme" } }, ["ACCOUNTS.acme.was"]],
  ])("cannot have been %s", (_, accounts, places) => {
    expect(problemsIn(configOf(accounts))).toEqual(places);
  });
});
