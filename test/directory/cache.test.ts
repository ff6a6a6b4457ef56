/**
 * What looking accounts up costs: calls of the directory's object are counted, in virtual time.
 */
import { describe, expect, test } from "vitest";
import { createCache, hashOf } from "../../src/config/directory/cache.ts";
import type { DirectoryIndex, DirectoryRecord } from "../../src/config/directory/record.ts";
import { accountOf } from "../support/accounts.ts";

/** A directory of many accounts in memory, one isolate's cache over it, and the calls between them. */
async function directoryOf(count: number) {
  let now = 1_795_000_000_000;
  let revision = 1;
  let isDown = false;
  const calls: string[] = [];
  const records = new Map<string, DirectoryRecord>();
  const put = (name: string, tokens: readonly string[] = [], was: readonly string[] = [], expiresAt: number | null = null) => {
    revision += 1;
    const kept = tokens.map((hash, index) => ({ number: index + 1, scope: "read" as const, hash, addedAt: 0, expiresAt }));
    records.set(name, {
      ...{ uid: `uid-${name}`, id: `${name}~1`, name, was: [...was], declaration: { region: "us" } },
      ...{ secrets: [], tokens: kept, next: 1, revision, addedAt: 0, changedAt: 0 },
    });
  };
  for (let number = 0; number < count; number += 1) put(`acme-${number}`, [await hashOf(`token-${number}`)]);
  const index = (): DirectoryIndex => ({
    revision,
    accounts: Array.from(records.values(), ({ uid, id, name, was, tokens }) => ({ uid, id, name, region: "us", was, tokens })),
  });
  const cache = createCache({
    object: () => ({
      look: async (key, known) => {
        calls.push(key ?? "");
        await Promise.resolve();
        if (isDown) throw new Error("the object does not answer");
        const record = [...records.values()].find(
          ({ name, was, id }) => name === key || was.includes(key ?? "") || `=${id}` === key,
        );
        const same = record?.revision === known.record ? ("same" as const) : (record ?? null);
        return { index: known.index === revision ? null : index(), record: same };
      },
    }),
    open: async ({ name, id, revision: holdUnknown }) => ({
      state: { ok: true, account: accountOf([], { name, id, holdUnknown }) },
      findings: [],
    }),
    isDeclared: (name) => name === "declared",
    now: () => now,
  });
  return {
    cache,
    put,
    drop: (name: string) => {
      revision += 1;
      records.delete(name);
    },
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
    now: () => now,
    fail: (down: boolean) => {
      isDown = down;
    },
    /** How many calls there were since it was last asked. */
    counted: () => calls.splice(0).length,
  };
}

/** The revision of an account as it is served; `null` if it is unknown. */
async function revisionOf({ cache }: Awaited<ReturnType<typeof directoryOf>>, name: string): Promise<number | null> {
  const found = await cache.find(name);
  if (found === null) return null;
  return found.ok ? found.account.holdUnknown : Number.NaN;
}

describe("200 accounts", () => {
  test("are asked for once each in half a minute, however many webhooks there are", async () => {
    const directory = await directoryOf(200);
    for (let round = 0; round < 20; round += 1) {
      for (let number = 0; number < 200; number += 1)
        expect(await directory.cache.find(`acme-${number}`)).toMatchObject({ account: { name: `acme-${number}` } });
      directory.wait(1_000);
    }
    // The first look brings every name, so that each further account is one call too.
    expect(directory.counted()).toBe(200);
    // When they are older than half a minute, one call says of all of them that nothing has changed.
    for (let round = 0; round < 10; round += 1) {
      directory.wait(31_000);
      for (let number = 0; number < 200; number += 1)
        expect(await directory.cache.find(`acme-${number}`)).toMatchObject({ account: { name: `acme-${number}` } });
      expect(directory.counted()).toBe(1);
    }
    // After a change of one each is asked for once more.
    directory.put("acme-7");
    directory.wait(31_000);
    for (let round = 0; round < 3; round += 1) {
      for (let number = 0; number < 200; number += 1) await directory.cache.find(`acme-${number}`);
      directory.wait(1_000);
    }
    expect(directory.counted()).toBe(200);
  });

  test("and a thousand: all that a directory takes are remembered", async () => {
    const directory = await directoryOf(1_000);
    for (let number = 0; number < 1_000; number += 1) await directory.cache.find(`acme-${number}`);
    directory.counted();
    for (let number = 0; number < 1_000; number += 1) await directory.cache.find(`acme-${number}`);
    expect(directory.counted()).toBe(0);
  });

  test("and a scanner that invents names: one call in two seconds", async () => {
    const directory = await directoryOf(200);
    expect(await directory.cache.find("nobody")).toBe(null);
    directory.counted();
    for (let attempt = 0; attempt < 10_000; attempt += 1) {
      expect(await directory.cache.find(`nobody-${attempt}`)).toBe(null);
      directory.wait(1);
    }
    expect(directory.counted()).toBeLessThanOrEqual(5);
  });

  test("and a scanner that invents tokens: one call in two seconds", async () => {
    const directory = await directoryOf(200);
    expect(await directory.cache.callerOf("token-7")).toEqual({ name: "token 1 of acme-7", account: "acme-7", scope: "read" });
    directory.counted();
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      expect(await directory.cache.callerOf(`nothing-${attempt}`)).toBe(null);
      directory.wait(10);
    }
    expect(directory.counted()).toBeLessThanOrEqual(5);
  });
});

test("a token opens nothing from the moment when it expires", async () => {
  const directory = await directoryOf(0);
  directory.put("acme", [await hashOf("a-token")], [], directory.now() + 10_000);
  expect(await directory.cache.callerOf("a-token")).toMatchObject({ account: "acme", scope: "read" });
  directory.wait(9_999);
  expect(await directory.cache.callerOf("a-token")).toMatchObject({ account: "acme" });
  directory.wait(1);
  expect(await directory.cache.callerOf("a-token")).toBe(null);
});

describe("a change", () => {
  test("counts within a minute, however often the account is asked for", async () => {
    const directory = await directoryOf(1);
    const before = await revisionOf(directory, "acme-0");
    directory.put("acme-0");
    for (let waited = 0; waited <= 60_000 && (await revisionOf(directory, "acme-0")) === before; waited += 500) {
      expect(waited).toBeLessThan(60_000);
      directory.wait(500);
    }
    expect(await revisionOf(directory, "acme-0")).not.toBe(before);
  });

  test("counts at once where it was made", async () => {
    const directory = await directoryOf(1);
    const before = await revisionOf(directory, "acme-0");
    directory.put("acme-0");
    directory.cache.forget();
    expect(await revisionOf(directory, "acme-0")).not.toBe(before);
  });

  test("an account that is new is known two seconds later, one that is gone is unknown within a minute", async () => {
    const directory = await directoryOf(1);
    expect(await directory.cache.find("later")).toBe(null);
    directory.put("later");
    directory.wait(2_000);
    expect(await directory.cache.find("later")).toMatchObject({ ok: true });
    directory.drop("later");
    directory.wait(60_000);
    expect(await directory.cache.find("later")).toBe(null);
  });

  test("while one request asks, others are served what is known, for a minute at most", async () => {
    const directory = await directoryOf(1);
    await directory.cache.find("acme-0");
    directory.counted();
    directory.wait(31_000);
    await Promise.all(Array.from({ length: 50 }, () => directory.cache.find("acme-0")));
    expect(directory.counted()).toBe(1);
  });
});

describe("a directory that does not answer", () => {
  test("is not an unknown account: the vendor must try again", async () => {
    const directory = await directoryOf(1);
    directory.fail(true);
    expect(await directory.cache.find("acme-0")).toMatchObject({ ok: false, isUnknown: true });
    expect(await directory.cache.callerOf("token-0")).toBe(null);
  });

  test("is covered for a minute by what is known, and asked once in a second", async () => {
    const directory = await directoryOf(1);
    const before = await revisionOf(directory, "acme-0");
    directory.fail(true);
    directory.counted();
    for (let waited = 0; waited < 59_000; waited += 100) {
      expect(await revisionOf(directory, "acme-0")).toBe(before);
      directory.wait(100);
    }
    expect(directory.counted()).toBeLessThanOrEqual(30);
    directory.wait(1_000);
    expect(await directory.cache.find("acme-0")).toMatchObject({ ok: false, isUnknown: true });
    directory.fail(false);
    directory.wait(1_000);
    expect(await revisionOf(directory, "acme-0")).toBe(before);
  });
});

test("the token of an account whose name is declared opens nothing", async () => {
  const directory = await directoryOf(0);
  directory.put("declared", [await hashOf("theirs")]);
  expect(await directory.cache.callerOf("theirs")).toBe(null);
});
