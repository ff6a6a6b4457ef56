/**
 * The memory of imported keys: large enough for all sources of a Worker, and bounded.
 */
import { expect, test } from "vitest";
import { keyMemory } from "../../src/contract/verify/keys.ts";

test("the keys of 200 accounts with ten sources are imported once, and those of strangers are not kept for ever", async () => {
  const memory = keyMemory<object>();
  let imports = 0;
  const use = (account: number, source: number) =>
    memory(`account-${account}/source-${source}`, async () => {
      imports += 1;
      return {};
    });
  const useAll = async (accounts: number) => {
    for (let account = 0; account < accounts; account += 1)
      for (let source = 0; source < 10; source += 1) await use(account, source);
  };
  await useAll(200);
  await useAll(200);
  expect(imports).toBe(2_000);
  await useAll(1_000);
  imports = 0;
  await use(0, 0);
  expect(imports).toBe(1);
});
